import type { Cue, Device, DriverInput, DriverStep, Role } from '../../src/model/device.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import { plainDeclaration, stepTo } from '../support.ts';
import { asking, hear, topicOf } from './wire.ts';

const TITLE = 'Ebb';
const TEXT = 'Time to get up.';
/** What is worth a notification: beats of an exercise are not. */
const WORTH: Readonly<Partial<Record<Cue['name'], 'light' | 'buzzer'>>> = {
  remind: 'light',
  'remind-again': 'buzzer',
};

interface NoticeState {
  readonly up: boolean | null;
  /** What is shown, as far as is known; null: nothing. */
  readonly shown: string | null;
}

/** A notification: as a light it comes with the light, as a buzzer a minute later. What is over is taken back. */
export function noticeDevice(id: DeviceId, role: Role, message: string | null): Device<NoticeState> {
  return {
    ...{ id, role, driver: 'desktop', declaration: plainDeclaration(null) },
    topics: [topicOf('notification', id)],
    init: () => stepTo({ up: null, shown: null }),
    step: (state, input) => noticeStep(id, role, message, state, input),
  };
}

function noticeStep(
  id: DeviceId,
  role: Role,
  message: string | null,
  state: NoticeState,
  input: DriverInput,
): DriverStep<NoticeState> {
  if (input.type !== 'command') {
    const { up, faults } = hear('notification', id, state.up, input);
    // What could not be shown may be tried again.
    return stepTo({ up, shown: up === false ? null : state.shown }, { faults });
  }
  if (input.command.action !== 'cue') return stepTo(state);
  const { name, words } = input.command.cue;
  if (name === 'off') {
    const out = state.shown === null ? [] : [asking('notification', id, { do: 'clear' })];
    return stepTo({ ...state, shown: null }, { out });
  }
  if (WORTH[name] !== role) return stepTo(state);
  const ask = { do: 'show', title: words?.title ?? TITLE, text: message ?? words?.text ?? TEXT } as const;
  const shown = JSON.stringify(ask);
  // A broker that comes back has every cue given again: a lamp may need it, and nobody wants to read it twice.
  if (shown === state.shown) return stepTo(state);
  // Though it could not be shown before: whoever shows it says when it can.
  return stepTo({ ...state, shown }, { out: [asking('notification', id, ask)] });
}
