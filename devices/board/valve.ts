import type { Device, DeviceCommand, DeviceFault, Reading, Role } from '../../src/model/device.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import { fitLease, SOLENOID_TRAVEL_MS } from '../support.ts';
import type { Fields } from './codec.ts';
import { BOARD_LEASE, wholeOf } from './codec.ts';
import type { Ask, Effect, Event, Part, Reply } from './talk.ts';
import { boardDevice, needs, nothing } from './talk.ts';

/**
 * An output of the valve board. Each OPEN carries its deadline, which the board counts; it renews by the same words, so
 * once the board has said closed nothing is renewed. After an OPEN without an answer the board is asked what is before
 * another one is sent.
 */

/** How often the state is asked for; also what keeps the board's link lease of 3 s. */
const STAT_MS = 1_000;
/** From the output having switched to its answer being here: a lost answer, a question, and its answer. */
const REPORT_MS = 900;
/** The board wants half a second between hot and cold by its own clock, which is not ours. */
const INTERLOCK_RETRY_MS = 60;
const INTERLOCK_TRIES = 8;
/** A lease that is nearly over is no use to anybody. */
const LEAST_LEASE_MS = 200;
/** A press that stops the board is also told as a press, behind it. If the core has not closed by then, it has none. */
const STOP_GRACE_MS = 150;
/** The longest from one side to the other: an open this soon after a stop is the rest of a session, and no new one. */
const CHANGE_MS = 5_000;
/** What holds at the board until CLEAR. */
const LATCHES = ['stop', 'hot', 'sensor'] as const;
type Latch = (typeof LATCHES)[number];

interface ValveState {
  /** The lease last asked for, milliseconds; null once it was closed. */
  readonly wantedMs: number | null;
  /** When the open that began it went out, and by when its lease is over unless it was renewed. Monotonic. */
  readonly openedAtMs: number;
  readonly heldUntilMs: number;
  /** What was told last; null since the last command. */
  readonly told: 'open' | 'closed' | null;
  /** The board has said closed since the last open. */
  readonly shut: boolean;
  /** An OPEN had no answer: what is, is being asked. With the renewal that came meanwhile. */
  readonly doubt: { readonly renewMs: number | null } | null;
  readonly again: boolean;
  /** The other side was open a moment ago, by the board's clock. */
  readonly retry: { readonly atMs: number; readonly tries: number } | null;
  readonly latched: Latch | null;
  /** The board stopped by itself; if nobody closes before this, it is a fault. */
  readonly stoppedAtMs: number | null;
  /** Somebody stopped the board while this valve was shut, and it has not been told to close since. */
  readonly unheededAtMs: number | null;
}

const UNKNOWN: ValveState = {
  wantedMs: null,
  openedAtMs: 0,
  heldUntilMs: 0,
  told: null,
  shut: false,
  doubt: null,
  again: false,
  retry: null,
  latched: null,
  stoppedAtMs: null,
  unheededAtMs: null,
};

interface Valve {
  readonly id: DeviceId;
  readonly n: number;
}

export function valveDevice(
  id: DeviceId,
  role: Role,
  port: string,
  n: number,
  travelMs: number | null,
): Device {
  const self: Valve = { id, n };
  const part: Part<ValveState> = {
    id,
    role,
    port,
    digit: n,
    declaration: {
      deadline: 'per-command',
      lease: BOARD_LEASE,
      travelMs: travelMs ?? SOLENOID_TRAVEL_MS,
      reportMs: REPORT_MS,
      acknowledgesRenewals: true,
      sampleMs: null,
    },
    initial: UNKNOWN,
    beat: () => ({ request: 'STAT', everyMs: STAT_MS }),
    lacks: needs('valves', n),
    // The answer to this close is how we learn that it is closed.
    met: (state) => close(self, state),
    lost: () => UNKNOWN,
    command: (state, command, atMs) => commanded(self, state, command, atMs),
    reply: (state, reply, ask, atMs, waiting) => replied(self, state, reply, ask, { atMs, waiting }),
    late: (state, ask) => late(self, state, ask),
    event: (state, event, atMs, waiting) => happened(self, state, event, { atMs, waiting }),
    // Whoever lost the broker is not to be relied on for a close.
    broker: (state, up) => (up ? nothing(state) : close(self, state)),
    clock: (state, atMs) => clock(self, state, atMs),
    dueMs: ({ retry, stoppedAtMs }) => {
      const dueMs = Math.min(retry?.atMs ?? Infinity, stoppedAtMs ?? Infinity);
      return dueMs === Infinity ? null : dueMs;
    },
  };
  return boardDevice(part);
}

const openRequest = ({ n }: Valve, leaseMs: number): string => `OPEN ${n} ${leaseMs}`;
const refused = ({ id }: Valve, message: string): DeviceFault => ({ type: 'refused', device: id, message });

function close({ n }: Valve, state: ValveState): Effect<ValveState> {
  const { latched } = state;
  return { state: { ...UNKNOWN, latched }, asks: [`CLOSE ${n}`] };
}

function commanded(self: Valve, state: ValveState, command: DeviceCommand, atMs: number): Effect<ValveState> {
  switch (command.action) {
    case 'open': {
      // Pressed between two sides, when neither was open any more: nobody has noticed, and nobody has started again.
      if (state.unheededAtMs !== null && atMs - state.unheededAtMs <= CHANGE_MS)
        return { state: { ...UNKNOWN, latched: state.latched }, faults: [refused(self, STOPPED)] };
      const wantedMs = fitLease(command.leaseMs, BOARD_LEASE);
      const next = { ...UNKNOWN, wantedMs, openedAtMs: atMs, heldUntilMs: atMs + wantedMs };
      // The interlock lets an open out only once a person has started again: what holds at the board since before is
      // theirs to take back. The board refuses while its cause is still there.
      const asks = [...(state.latched === null ? [] : ['CLEAR']), openRequest(self, wantedMs)];
      return { state: next, asks };
    }
    case 'renew':
      return renew(self, state, fitLease(command.leaseMs, BOARD_LEASE), atMs);
    case 'close':
      return close(self, state);
    case 'sample':
    case 'cue':
      return { state };
  }
}

/** Left out where the board may have closed: it would be an open that the interlock did not judge. */
function renew(self: Valve, state: ValveState, leaseMs: number, atMs: number): Effect<ValveState> {
  if (state.wantedMs === null || state.shut || atMs >= state.heldUntilMs) return { state };
  if (state.doubt !== null) return { state: { ...state, doubt: { renewMs: leaseMs } } };
  return { state: { ...state, wantedMs: leaseMs }, asks: [openRequest(self, leaseMs)] };
}

interface Moment {
  readonly atMs: number;
  /** What is asked and not answered yet: what was seen before it was carried out says nothing. */
  readonly waiting: readonly Ask[];
}

function replied(
  self: Valve,
  state: ValveState,
  reply: Reply,
  { request, atMs: askedAtMs }: Ask,
  moment: Moment,
): Effect<ValveState> {
  const [verb] = request.split(' ');
  if (verb === 'OPEN') {
    if (reply.kind === 'err') return openRefused(self, state, reply, moment.atMs);
    if (state.wantedMs === null) return { state };
    const leaseMs = wholeOf(reply.fields, 'ms') ?? 0;
    return granted(self, { ...state, retry: null }, leaseMs, askedAtMs);
  }
  if (reply.kind === 'err') return { state };
  if (verb === 'CLOSE') return closed(self, state, moment);
  if (verb === 'STAT') return stat(self, state, reply.fields, moment);
  return { state };
}

/** Of several closes the last counts: an open may have been between them. */
function closed(self: Valve, state: ValveState, { waiting }: Moment): Effect<ValveState> {
  if (state.wantedMs !== null || underWay(waiting)) return { state };
  return tell(self, { ...state, shut: true }, 'closed');
}

const underWay = (waiting: readonly Ask[]): boolean =>
  waiting.some(({ request }) => /^(OPEN|CLOSE)/.test(request));

/** `sinceMs`: no lease counts from later than its request. */
function granted(self: Valve, state: ValveState, leaseMs: number, sinceMs: number): Effect<ValveState> {
  const heldUntilMs = sinceMs + leaseMs;
  const effect = tell(self, { ...state, heldUntilMs, shut: false }, 'open');
  return { ...effect, acks: [{ device: self.id, leaseMs, targetC: null }] };
}

function tell({ id }: Valve, state: ValveState, status: 'open' | 'closed'): Effect<ValveState> {
  if (state.told === status) return { state };
  const reading: Reading = { kind: 'valve', device: id, status };
  return { state: { ...state, told: status }, readings: [reading] };
}

function openRefused(
  self: Valve,
  state: ValveState,
  { code, text }: Extract<Reply, { kind: 'err' }>,
  atMs: number,
): Effect<ValveState> {
  if (state.wantedMs === null) return { state };
  const tries = (state.retry?.tries ?? 0) + 1;
  // Only what began just now: what is open does not meet the interlock.
  if (code === 'interlock' && tries <= INTERLOCK_TRIES)
    return { state: { ...state, retry: { atMs: atMs + INTERLOCK_RETRY_MS, tries } } };
  const latched = LATCHES.find((one) => one === code) ?? state.latched;
  return {
    state: { ...state, shut: true, retry: null, latched },
    faults: [refused(self, `the board does not open valve ${self.n}: ${code} (${text})`)],
    asks: ['STAT'],
  };
}

function late(self: Valve, state: ValveState, { request }: Ask): Effect<ValveState> {
  if (request.startsWith('CLOSE')) return state.wantedMs === null ? close(self, state) : { state };
  if (request.startsWith('OPEN') && state.wantedMs !== null && state.doubt === null)
    return { state: { ...state, doubt: { renewMs: null } }, asks: ['STAT'] };
  if (request === 'STAT' && state.doubt !== null) return { state, asks: ['STAT'] };
  return { state };
}

function stat(self: Valve, state: ValveState, fields: Fields, moment: Moment): Effect<ValveState> {
  const latched = LATCHES.find((one) => fields[one] === '1') ?? null;
  const leftMs = wholeOf(fields, `v${self.n}`);
  return leftMs === null ? { state } : seen(self, { ...state, latched }, leftMs, moment);
}

/** What the board says of the output: how long it is still open, milliseconds, or 0. */
function seen(self: Valve, state: ValveState, leftMs: number, { atMs, waiting }: Moment): Effect<ValveState> {
  // A command is on its way: this was before it.
  if (underWay(waiting) || state.retry !== null) return { state };
  if (state.wantedMs === null) {
    if (leftMs === 0) return tell(self, { ...state, shut: true }, 'closed');
    const told = tell(self, state, 'open');
    return { ...told, asks: [`CLOSE ${self.n}`] };
  }
  if (leftMs > 0) {
    if (state.doubt === null) return tell(self, state, 'open');
    const { renewMs } = state.doubt;
    const found = granted(self, { ...state, doubt: null }, leftMs, atMs);
    return renewMs === null ? found : { ...found, asks: [openRequest(self, renewMs)] };
  }
  const restMs = state.openedAtMs + state.wantedMs - atMs;
  if (state.doubt !== null && state.told !== 'open' && !state.again && restMs >= LEAST_LEASE_MS)
    return { state: { ...state, doubt: null, again: true }, asks: [openRequest(self, Math.floor(restMs))] };
  return tell(self, { ...state, doubt: null, shut: true }, 'closed');
}

function happened(self: Valve, state: ValveState, event: Event, moment: Moment): Effect<ValveState> {
  const why = event.fields['why'] ?? '';
  switch (event.name) {
    case 'closed':
      return wholeOf(event.fields, 'v') === self.n
        ? closedByItself(self, state, why, moment.atMs)
        : { state };
    case 'stop':
      return {
        state: {
          ...state,
          latched: 'stop',
          stoppedAtMs: graceEnd(state, moment.atMs),
          unheededAtMs: state.wantedMs === null ? moment.atMs : null,
        },
      };
    case 'trip':
      return tripped(self, state, event);
    case 'tele': {
      const bits = wholeOf(event.fields, 'v');
      if (bits === null || state.doubt !== null) return { state };
      return seen(self, state, bits & (1 << (self.n - 1)) ? 1 : 0, moment);
    }
    default:
      return { state };
  }
}

const STOPPED = 'somebody stopped the water at the board itself';

const graceEnd = ({ wantedMs, stoppedAtMs }: ValveState, atMs: number): number | null =>
  wantedMs === null ? null : (stoppedAtMs ?? atMs + STOP_GRACE_MS);

const WHY: Readonly<Record<string, string>> = {
  hot: 'the board closed hot: too hot at its own thermometer',
  sensor: 'the board closed hot: its own thermometer is broken or off',
  cap: 'the board closed it: open for as long as it allows without a break',
};

function closedByItself(self: Valve, state: ValveState, why: string, atMs: number): Effect<ValveState> {
  const closed = { ...state, shut: true, retry: null, doubt: null };
  if (why === 'stop') return tell(self, { ...closed, stoppedAtMs: graceEnd(state, atMs) }, 'closed');
  const message = WHY[why];
  const told = tell(self, closed, 'closed');
  // A trip is told first, with its temperature.
  return message === undefined || state.wantedMs === null || state.latched === why
    ? told
    : { ...told, faults: [refused(self, message)] };
}

function tripped(self: Valve, state: ValveState, { fields }: Event): Effect<ValveState> {
  const latched = fields['why'] === 'hot' ? 'hot' : 'sensor';
  if (self.n !== HOT) return { state: { ...state, latched } };
  const found = fields['t'] === undefined || fields['t'] === 'na' ? '' : ` (${fields['t']} C)`;
  const message = `${WHY[latched] ?? ''}${found}`;
  return { state: { ...state, latched }, faults: [refused(self, message)] };
}
const HOT = 1;

function clock(self: Valve, state: ValveState, atMs: number): Effect<ValveState> {
  const { retry, stoppedAtMs, wantedMs } = state;
  if (stoppedAtMs !== null && atMs >= stoppedAtMs) {
    const faults = [refused(self, STOPPED)];
    return { state: { ...state, stoppedAtMs: null }, faults: wantedMs === null ? [] : faults };
  }
  if (retry === null || atMs < retry.atMs || wantedMs === null) return { state };
  const restMs = Math.floor(state.openedAtMs + wantedMs - atMs);
  const waits = { ...state, retry: { ...retry, atMs: Infinity } };
  if (restMs < LEAST_LEASE_MS) return { state: { ...waits, retry: null, shut: true } };
  return { state: waits, asks: [openRequest(self, restMs)] };
}
