import type { Device, DriverInput, DriverStep, Role } from '../../src/model/device.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import { contactReading, goneReading } from '../sense.ts';
import { plainDeclaration, stepTo } from '../support.ts';
import { inputState } from './codec.ts';
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
  type Talk,
} from './rpc.ts';

/**
 * A leak sensor, a float or a mat at the input of a Shelly, which has to be of type switch: a button has no state. A
 * change is told at once; each second the driver asks, so that a float which nobody hears of any more counts as silent.
 * Source: shelly-api-docs.shelly.cloud gen2, Input.
 */
const SAMPLE_MS = 1_000;

interface ContactState {
  readonly talk: Talk<'status'>;
  readonly there: boolean;
  readonly complained: boolean;
}

interface Contact {
  readonly id: DeviceId;
  readonly role: Role;
  readonly at: Address;
  readonly part: number;
}
type ContactStep = DriverStep<ContactState>;

export function contactDevice(id: DeviceId, role: Role, prefix: string, part: number): Device<ContactState> {
  const self: Contact = { id, role, at: address(prefix, id), part };
  return {
    id,
    role,
    driver: 'shelly',
    declaration: plainDeclaration(SAMPLE_MS),
    topics: topicsOf(self.at),
    init: () => stepTo({ talk: NO_TALK, there: false, complained: false }),
    step: (state, input, atMs) => {
      const next = contactStep(self, state, input, atMs);
      return { ...next, nextDeadlineMs: talkDeadline(next.state.talk, next.state.there) };
    },
  };
}

function contactStep(self: Contact, state: ContactState, input: DriverInput, atMs: number): ContactStep {
  switch (input.type) {
    case 'link': {
      const met = { talk: startTalk(state.talk, input.up), there: false, complained: false };
      return input.up
        ? poll(self, met, atMs)
        : stepTo(met, { readings: [goneReading(self.role, self.id, atMs)] });
    }
    case 'command':
      return stepTo(state);
    case 'clock': {
      const silent = state.there && isSilent(state.talk, atMs);
      const known = silent ? { ...state, there: false } : state;
      const next = isDue(known.talk, atMs) ? poll(self, known, atMs) : stepTo(known);
      return silent ? { ...next, ...gone(self, atMs) } : next;
    }
    case 'message':
      return message(self, state, input, atMs);
  }
}

const gone = ({ id, role }: Contact, atMs: number) => ({
  faults: [presence(id, false)],
  readings: [goneReading(role, id, atMs)],
});

function poll({ at, part }: Contact, state: ContactState, atMs: number): ContactStep {
  const question = { kind: 'status', method: 'Input.GetStatus', params: { id: part } } as const;
  const { talk, out } = ask(at, state.talk, [question], atMs, SAMPLE_MS);
  return stepTo({ ...state, talk }, { out });
}

function message(
  self: Contact,
  state: ContactState,
  { topic, payload, retained }: { topic: string; payload: string; retained: boolean },
  atMs: number,
): ContactStep {
  const { at, id, role, part } = self;
  if (retained || !state.talk.linkUp) return stepTo(state);
  if (topic === at.online) {
    const word = onlineWord(payload);
    if (word === false) return stepTo({ ...state, there: false }, gone(self, atMs));
    return word === true ? poll(self, state, atMs) : stepTo(state);
  }
  if (topic === at.events) {
    const status = notificationOf(payload, `input:${part}`)?.status;
    const on = status === null || status === undefined ? null : inputState(status);
    return on === null ? stepTo(state) : stepTo(state, { readings: [contactReading(role, id, on, atMs)] });
  }
  const reply = topic === at.replies ? answerOf(at, state.talk, payload) : null;
  if (reply === null) return stepTo(state);
  const { result, error, askedAtMs } = reply.answer;
  const on = error === null ? inputState(result) : null;
  const faults = state.there ? [] : [presence(id, true)];
  const readings = [contactReading(role, id, on, Math.min(askedAtMs, atMs - SAMPLE_MS))];
  const known = { ...state, talk: reply.talk, there: true };
  if (on !== null) return stepTo({ ...known, complained: false }, { faults, readings });
  const why = error === null ? 'it has no state: set it to type switch' : `it says ${error}`;
  const text = `input ${part} cannot be read: ${why}`;
  const told = state.complained ? [] : [refused(id, text)];
  return stepTo({ ...known, complained: true }, { faults: [...faults, ...told], readings });
}
