import type { Device, DriverInput, DriverStep, Role } from '../../src/model/device.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import { advance, startBeat, type Playing } from '../beat.ts';
import { plainDeclaration, stepTo } from '../support.ts';
import { asking, hear, topicOf } from './wire.ts';

interface BellState {
  readonly up: boolean | null;
  readonly playing: Playing | null;
}

/** The bell of a terminal: it rings once for each beep, and how long and how loud is the terminal's affair. */
export function bellDevice(id: DeviceId, role: Role): Device<BellState> {
  return {
    ...{ id, role, driver: 'desktop', declaration: plainDeclaration(null), topics: [topicOf('bell', id)] },
    init: () => stepTo({ up: null, playing: null }),
    step: (state, input, atMs) => {
      const next = bellStep(id, state, input, atMs);
      return { ...next, nextDeadlineMs: next.state.playing?.nextMs ?? null };
    },
  };
}

function bellStep(id: DeviceId, state: BellState, input: DriverInput, atMs: number): DriverStep<BellState> {
  if (input.type === 'clock')
    return state.playing === null ? stepTo(state) : rung(id, state, advance(state.playing, atMs));
  if (input.type !== 'command') {
    const { up, faults } = hear('bell', id, state.up, input);
    return stepTo({ ...state, up }, { faults });
  }
  if (input.command.action !== 'cue') return stepTo(state);
  const { name, sound } = input.command.cue;
  if (name === 'off') return stepTo({ ...state, playing: null });
  return sound === null ? stepTo(state) : rung(id, state, startBeat(sound, 'off', atMs));
}

function rung(
  id: DeviceId,
  state: BellState,
  { playing, on }: ReturnType<typeof advance>,
): DriverStep<BellState> {
  return stepTo({ ...state, playing }, { out: on === true ? [asking('bell', id, { do: 'ring' })] : [] });
}
