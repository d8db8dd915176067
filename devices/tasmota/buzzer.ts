import type { Device, DriverInput, DriverStep, Role } from '../../src/model/device.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import { plainDeclaration, stepTo } from '../support.ts';
import { presence, type Address } from './address.ts';
import { encodeBuzzer } from './codec.ts';

/** Tasmota's own buzzer: it counts the beeps itself, so one command is a whole cue. */
export function buzzerDevice(id: DeviceId, role: Role, at: Address): Device<{ readonly linkUp: boolean }> {
  return {
    id,
    role,
    driver: 'tasmota',
    declaration: plainDeclaration(null),
    topics: [at.topic('tele', 'LWT')],
    init: () => stepTo({ linkUp: false }),
    step: (state, input) => buzzerStep(id, at, state, input),
  };
}

function buzzerStep(
  id: DeviceId,
  at: Address,
  state: { readonly linkUp: boolean },
  input: DriverInput,
): DriverStep<{ readonly linkUp: boolean }> {
  switch (input.type) {
    case 'link':
      return stepTo({ linkUp: input.up });
    case 'message': {
      const heard = presence(at, id, input.topic, input.payload);
      return stepTo(state, { faults: heard === null ? [] : [heard] });
    }
    case 'command': {
      if (input.command.action !== 'cue' || !state.linkUp) return stepTo(state);
      const { name, sound } = input.command.cue;
      if (name === 'off') return stepTo(state, { out: [at.command('Buzzer', '0')] });
      if (sound === null) return stepTo(state);
      const payload = encodeBuzzer(sound.count, sound.onMs, sound.offMs);
      return stepTo(state, { out: [at.command('Buzzer', payload)] });
    }
    case 'clock':
      return stepTo(state);
  }
}
