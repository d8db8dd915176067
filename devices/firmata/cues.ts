import type { Cue, Device, DriverInput, DriverStep, Role } from '../../src/model/device.ts';
import { advance, startBeat, type Played, type Playing } from '../beat.ts';
import { plainDeclaration, stepTo } from '../support.ts';
import { AWAY, hear, saying, sooner, topicsOf, type Pin, type PinState } from './wire.ts';

/** A lamp or a buzzer at a pin: on and off, so the driver plays the beat. */
interface CueState {
  readonly pin: PinState;
  readonly playing: Playing | null;
}

export function cueDevice(role: Role, self: Pin): Device<CueState> {
  const begin = ({ light, sound }: Cue, atMs: number): Played | null => {
    if (role === 'light') return light === null ? null : startBeat(light, light.then, atMs);
    return sound === null ? null : startBeat(sound, 'off', atMs);
  };
  return {
    id: self.id,
    role,
    driver: 'firmata',
    declaration: plainDeclaration(null),
    topics: topicsOf(self),
    init: () => stepTo({ pin: AWAY, playing: null }),
    step: (state, input, atMs) => {
      const next = cueStep(self, begin, state, input, atMs);
      const { pin, playing } = next.state;
      return { ...next, nextDeadlineMs: sooner(pin.aliveMs, playing?.nextMs ?? null) };
    },
  };
}

function cueStep(
  self: Pin,
  begin: (cue: Cue, atMs: number) => Played | null,
  state: CueState,
  input: DriverInput,
  atMs: number,
): DriverStep<CueState> {
  const { state: pin, out, faults, turned } = hear(self, state.pin, input, atMs);
  // A board that was away has let go of everything; nobody wants the rest of an old beat.
  const before = { pin, playing: turned === null ? state.playing : null };
  const played = ({ playing, on }: Played): DriverStep<CueState> =>
    stepTo(
      { pin, playing },
      { out: on === null ? out : [...out, saying(self, { do: 'set', pin: self.use.pin, on })], faults },
    );
  if (input.type === 'clock' && before.playing !== null) return played(advance(before.playing, atMs));
  if (input.type !== 'command' || input.command.action !== 'cue' || !pin.ready)
    return stepTo(before, { out, faults });
  const { cue } = input.command;
  if (cue.name === 'off') return played({ playing: null, on: false });
  const begun = begin(cue, atMs);
  return begun === null ? stepTo(before, { out, faults }) : played(begun);
}
