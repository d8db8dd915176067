import type { ButtonAction, Device, DriverInput, DriverStep, Role } from '../../src/model/device.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import { holdsDue, nextHoldMs, press, RELEASED, type Held } from './hold.ts';
import { plainDeclaration, stepTo } from '../support.ts';
import { inputComplaint, inputState } from './codec.ts';
import {
  address,
  answerOf,
  ask,
  isDue,
  isSilent,
  NO_TALK,
  notificationOf,
  onlineWord,
  presence,
  refused,
  startTalk,
  talkDeadline,
  topicsOf,
  type Address,
  type ComponentEvent,
  type Talk,
} from './rpc.ts';

/**
 * A button at the input of a Shelly. Of an input of type button the device tells `btn_down` and `btn_up` at once, and
 * half a second after the last of them what it takes them for (`single_push`, `double_push`, `long_push`). The press
 * counts when it is down; what is made of it later counts only where its beginning was not heard. An input of type
 * switch tells its state: any change is a press, because STOP must work there too.
 * Source: shelly-api-docs.shelly.cloud gen2, Input.
 */

/** Whether it is still there, and still a button. */
const POLL_MS = 10_000;
/** A flip of a switch may be told twice, as an event and as a state. */
const SAME_FLIP_MS = 300;
/** What the device makes of a press arrives this soon after its last edge; later it is of one we did not hear. */
const MADE_OF_IT_MS = 2_000;

interface ButtonState extends Held {
  readonly talk: Talk<'config' | 'status'>;
  readonly there: boolean;
  /** When `btn_down` or `btn_up` was heard last: what the device makes of that press is no press of its own. */
  readonly edgeAtMs: number;
  /** The last event, to know one that is delivered twice. */
  readonly seen: { readonly event: string; readonly ts: number } | null;
  /** The state of an input of type switch; null while nobody knows. */
  readonly level: boolean | null;
  readonly flippedAtMs: number;
}

interface Button {
  readonly id: DeviceId;
  readonly at: Address;
  readonly part: number;
}
type ButtonStep = DriverStep<ButtonState>;

const QUIET = { ...RELEASED, edgeAtMs: -Infinity } as const;

export function buttonDevice(id: DeviceId, role: Role, prefix: string, part: number): Device<ButtonState> {
  const self: Button = { id, at: address(prefix, id), part };
  const init = {
    ...QUIET,
    talk: NO_TALK,
    there: false,
    seen: null,
    level: null,
    flippedAtMs: -Infinity,
  };
  return {
    id,
    role,
    driver: 'shelly',
    declaration: plainDeclaration(null),
    topics: topicsOf(self.at),
    init: () => stepTo(init),
    step: (state, input, atMs) => {
      const due = holdsDue(state, atMs);
      const next = buttonStep(self, { ...state, ...due.held }, input, atMs);
      const readings = [...due.actions.map((action) => pressed(self, action)), ...next.readings];
      const deadlines = [nextHoldMs(next.state), talkDeadline(next.state.talk, next.state.there)];
      const known = deadlines.filter((each) => each !== null);
      return { ...next, readings, nextDeadlineMs: known.length === 0 ? null : Math.min(...known) };
    },
  };
}

const pressed = ({ id }: Button, action: ButtonAction) => ({ kind: 'button', device: id, action }) as const;

function buttonStep(self: Button, state: ButtonState, input: DriverInput, atMs: number): ButtonStep {
  switch (input.type) {
    case 'link': {
      // Without a link nobody can tell how long it is held.
      const met = { ...state, ...QUIET, talk: startTalk(state.talk, input.up), there: false, level: null };
      return input.up ? greet(self, met, atMs) : stepTo(met);
    }
    case 'command':
      return stepTo(state);
    case 'clock': {
      const silent = state.there && isSilent(state.talk, atMs);
      const known = silent ? { ...state, ...QUIET, there: false, level: null } : state;
      const next = isDue(known.talk, atMs) ? greet(self, known, atMs) : stepTo(known);
      return silent ? { ...next, faults: [presence(self.id, false)] } : next;
    }
    case 'message':
      return message(self, state, input, atMs);
  }
}

function greet({ at, part }: Button, state: ButtonState, atMs: number): ButtonStep {
  const params = { id: part };
  const status = { kind: 'status', method: 'Input.GetStatus', params } as const;
  const config = { kind: 'config', method: 'Input.GetConfig', params } as const;
  const { talk, out } = ask(at, state.talk, state.there ? [status] : [config, status], atMs, POLL_MS);
  return stepTo({ ...state, talk }, { out });
}

function message(
  self: Button,
  state: ButtonState,
  { topic, payload, retained }: { topic: string; payload: string; retained: boolean },
  atMs: number,
): ButtonStep {
  const { at, id, part } = self;
  // A retained press is somebody's from long ago.
  if (retained || !state.talk.linkUp) return stepTo(state);
  if (topic === at.online) {
    const word = onlineWord(payload);
    const gone = { ...state, ...QUIET, there: false, level: null };
    if (word === null) return stepTo(state);
    return word ? greet(self, gone, atMs) : stepTo(gone, { faults: [presence(id, false)] });
  }
  if (topic === at.replies) return reply(self, state, payload);
  const said = topic === at.events ? notificationOf(payload, `input:${part}`) : null;
  if (said === null) return stepTo(state);
  const level = said.status === null ? null : inputState(said.status);
  let next: ButtonStep = level === null ? stepTo(state) : flipped(self, state, level, said.full, atMs);
  for (const event of said.events) {
    const then = happened(self, next.state, event, atMs);
    next = { ...then, readings: [...next.readings, ...then.readings] };
  }
  return next;
}

function reply({ at, id }: Button, state: ButtonState, payload: string): ButtonStep {
  const heard = answerOf(at, state.talk, payload);
  if (heard === null) return stepTo(state);
  const { kind, result, error } = heard.answer;
  const known = { ...state, talk: heard.talk };
  const complaint = error === null ? (kind === 'config' ? inputComplaint(result) : null) : `it says ${error}`;
  const faults = complaint === null ? [] : [refused(id, complaint)];
  if (error !== null) return stepTo(known, { faults: state.there || kind === 'config' ? faults : [] });
  const level = kind === 'status' ? (inputState(result) ?? state.level) : state.level;
  return stepTo(
    { ...known, there: true, level },
    { faults: state.there ? faults : [presence(id, true), ...faults] },
  );
}

/** An input of type switch. What it is at the beginning is no press; a change is, whatever it was before. */
function flipped(self: Button, state: ButtonState, level: boolean, full: boolean, atMs: number): ButtonStep {
  if (full || level === state.level) return stepTo({ ...state, level });
  return flip(self, { ...state, level }, atMs);
}

function flip(self: Button, state: ButtonState, atMs: number): ButtonStep {
  if (atMs - state.flippedAtMs < SAME_FLIP_MS) return stepTo(state);
  return stepTo({ ...state, flippedAtMs: atMs }, { readings: [pressed(self, { type: 'press' })] });
}

function happened(
  self: Button,
  before: ButtonState,
  { event, ts }: ComponentEvent,
  atMs: number,
): ButtonStep {
  const { seen } = before;
  if (seen !== null && seen.event === event && seen.ts === ts) return stepTo(before);
  const state: ButtonState = { ...before, seen: ts === null ? null : { event, ts } };
  if (event === 'btn_down') {
    // Down again without an up in between: the up was lost, and this is another press.
    const readings = [pressed(self, { type: 'press' })];
    return stepTo({ ...state, ...press(atMs), edgeAtMs: atMs }, { readings });
  }
  if (event === 'btn_up') return stepTo({ ...state, ...RELEASED, edgeAtMs: atMs });
  if (event.endsWith('_push')) {
    // All but a long push are made of presses that are over.
    const known = event === 'long_push' ? state : { ...state, ...RELEASED };
    if (state.sinceMs !== null || atMs - state.edgeAtMs < MADE_OF_IT_MS) return stepTo(known);
    return stepTo(known, {
      readings: [pressed(self, { type: event === 'double_push' ? 'double' : 'press' })],
    });
  }
  return event.startsWith('toggle') ? flip(self, state, atMs) : stepTo(state);
}
