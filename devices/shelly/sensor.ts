import type { Device, DeviceFault, DriverInput, DriverStep, Reading, Role } from '../../src/model/device.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import { plainDeclaration, stepTo } from '../support.ts';
import { temperatureC } from './codec.ts';
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
 * A probe at the add-on of a Shelly. By itself the device tells a change of at least `report_thr_C` (0.5 K), and
 * everything once a minute, so while water is wanted the driver asks `Temperature.GetStatus` each second. It gives no
 * time of measurement: a reading counts as one period old on arrival. How often the add-on measures is documented
 * nowhere; the proof test sees it as lag (L22).
 */
const SAMPLE_MS = 1_000;
/** Between sessions, so that it is known to be there. */
const REST_MS = 5_000;
/** The same figure again sooner than this is the same measurement, told and asked for: it counts once. */
const SAME_MS = 800;

/** On a slow network the answers to the last three questions count, not only to the newest. */
const TURNS = ['status-0', 'status-1', 'status-2'] as const;

interface SensorState {
  readonly talk: Talk<(typeof TURNS)[number]>;
  readonly there: boolean;
  readonly sampling: boolean;
  readonly last: { readonly valueC: number | null; readonly atMs: number } | null;
  /** That it has no such sensor has been said. */
  readonly complained: boolean;
}

interface Sensor {
  readonly id: DeviceId;
  readonly at: Address;
  readonly part: number;
}
type SensorStep = DriverStep<SensorState>;

export function sensorDevice(id: DeviceId, role: Role, prefix: string, part: number): Device<SensorState> {
  const self: Sensor = { id, at: address(prefix, id), part };
  return {
    id,
    role,
    driver: 'shelly',
    declaration: plainDeclaration(SAMPLE_MS),
    topics: topicsOf(self.at),
    init: () => stepTo({ talk: NO_TALK, there: false, sampling: false, last: null, complained: false }),
    step: (state, input, atMs) => {
      const next = sensorStep(self, state, input, atMs);
      return { ...next, nextDeadlineMs: talkDeadline(next.state.talk, next.state.there) };
    },
  };
}

function sensorStep(self: Sensor, state: SensorState, input: DriverInput, atMs: number): SensorStep {
  switch (input.type) {
    case 'link': {
      const met = { ...state, talk: startTalk(state.talk, input.up), there: false, complained: false };
      return input.up ? poll(self, met, atMs) : stepTo(met);
    }
    case 'command':
      if (input.command.action !== 'sample' || input.command.on === state.sampling) return stepTo(state);
      return input.command.on && state.talk.linkUp
        ? poll(self, { ...state, sampling: true }, atMs)
        : stepTo({ ...state, sampling: input.command.on });
    case 'clock': {
      const silent = state.there && isSilent(state.talk, atMs);
      const known = silent ? { ...state, there: false } : state;
      const next = isDue(known.talk, atMs) ? poll(self, known, atMs) : stepTo(known);
      return silent ? { ...next, faults: [presence(self.id, false)] } : next;
    }
    case 'message':
      return message(self, state, input, atMs);
  }
}

/** Asks, and keeps to the grid; after a stall it asks once and starts a new one. */
function poll({ at, part }: Sensor, state: SensorState, atMs: number): SensorStep {
  const periodMs = state.sampling ? SAMPLE_MS : REST_MS;
  const lateMs = Math.max(0, atMs - (state.talk.pollMs ?? atMs));
  const kind = TURNS[state.talk.nextId % TURNS.length] ?? TURNS[0];
  const question = { kind, method: 'Temperature.GetStatus', params: { id: part } };
  const nextInMs = lateMs < periodMs ? periodMs - lateMs : periodMs;
  const { talk, out } = ask(at, state.talk, [question], atMs, nextInMs);
  return stepTo({ ...state, talk }, { out });
}

function message(
  self: Sensor,
  state: SensorState,
  { topic, payload, retained }: { topic: string; payload: string; retained: boolean },
  atMs: number,
): SensorStep {
  const { at, id, part } = self;
  // A retained reading has no age, so it counts as none; retained presence may be from long ago.
  if (retained || !state.talk.linkUp) return stepTo(state);
  if (topic === at.online) {
    const word = onlineWord(payload);
    if (word === false) return stepTo({ ...state, there: false }, { faults: [presence(id, false)] });
    return word === true ? poll(self, state, atMs) : stepTo(state);
  }
  if (topic === at.events) {
    const status = notificationOf(payload, `temperature:${part}`)?.status;
    const valueC = status === null || status === undefined ? undefined : temperatureC(status);
    return valueC === undefined ? stepTo(state) : reading(self, state, valueC, atMs, atMs);
  }
  const reply = topic === at.replies ? answerOf(at, state.talk, payload) : null;
  if (reply === null) return stepTo(state);
  const known = { ...state, talk: reply.talk };
  const { result, error, askedAtMs } = reply.answer;
  if (error === null) return reading(self, known, temperatureC(result) ?? null, askedAtMs, atMs);
  const next = reading(self, { ...known, complained: true }, null, askedAtMs, atMs);
  const text = `temperature ${part} cannot be read: it says ${error}; look at the add-on in the app of the Shelly`;
  return state.complained ? next : { ...next, faults: [...next.faults, refused(id, text)] };
}

/** An answer that was long under way was measured no later than it was asked for, as far as anybody knows. */
function reading(
  { id }: Sensor,
  state: SensorState,
  valueC: number | null,
  askedAtMs: number,
  atMs: number,
): SensorStep {
  const faults: DeviceFault[] = state.there ? [] : [presence(id, true)];
  const met = { ...state, there: true };
  const { last } = state;
  if (last !== null && last.valueC === valueC && atMs - last.atMs < SAME_MS) return stepTo(met, { faults });
  const takenAtMs = Math.min(atMs - SAMPLE_MS, askedAtMs);
  const readings: readonly Reading[] = [{ kind: 'temperature', device: id, valueC, takenAtMs }];
  return stepTo({ ...met, last: { valueC, atMs } }, { readings, faults });
}
