import { CUES } from '../../machines/cues.ts';
import { stateName } from '../../machines/engine.ts';
import { ENVELOPE } from '../../machines/envelope.ts';
import { session } from '../../machines/session.ts';
import { deadlineOf } from '../../machines/session-run.ts';
import type { SessionEvent } from '../../machines/session-run.ts';
import type { Tally } from '../../machines/tally.ts';
import {
  noTally,
  tallyExposed,
  tallyReading,
  tallyStep,
  tallyStepEnd,
  tallyUnseen,
} from '../../machines/tally.ts';
import type { Device } from '../model/device.ts';
import { isOutputRole } from '../model/device.ts';
import type { DeviceId } from '../model/ids.ts';
import type { Log } from '../model/log.ts';
import type { StationSettings } from '../model/station.ts';
import type { Trip, Want } from '../model/want.ts';
import type { CoreEffects } from './effects.ts';
import type { DeviceRuntime } from './equipment.ts';
import { seesStep, stepResultOf } from './records.ts';
import { Soonest } from './soonest.ts';
import type { CoreSettings } from './station-settings.ts';
import { coreSettings, SHOWN_MS } from './station-settings.ts';
import { Water } from './water.ts';
import type { WaterEvents } from './water.ts';

/**
 * Everything of one station between a decoded input and the bytes and records it causes: drivers, links, valves, watch,
 * interlock and session, wired as the picture in the architecture. No I/O and no clock; time comes in as data.
 */
export class StationCore {
  readonly station: StationSettings;
  readonly settings: CoreSettings;
  readonly #effects: CoreEffects;
  readonly water: Water;
  session: ReturnType<typeof session.initial>;
  /** The session machine. A test puts one in its place that ignores everything: the water must still close. */
  machine: Pick<typeof session, 'step'> = session;
  tally: Tally;
  #sampling = false;
  readonly #agenda: SessionEvent[] = [];
  #stepping = false;
  #clockedMs = -Infinity;

  constructor(
    station: StationSettings,
    devices: readonly Device[],
    effects: CoreEffects,
    log: Log,
    atMs: number,
  ) {
    this.station = station;
    this.settings = coreSettings(station, devices);
    this.#effects = effects;
    this.session = session.initial(this.settings.session);
    this.tally = this.#noTally();
    const events: WaterEvents = {
      session: (event) => {
        this.#session(event);
      },
      reading: (valueC, readAtMs) => {
        if (this.#seesWater()) this.tally = tallyReading(this.tally, valueC, readAtMs);
      },
    };
    this.water = new Water(this.settings, devices, effects, events, log, atMs);
  }

  get fault(): Water['fault'] {
    return this.water.fault;
  }

  get watch(): Water['watch'] {
    return this.water.watch;
  }

  get lastTrip(): Trip | null {
    return this.water.lastTrip;
  }

  get devices(): ReadonlyMap<DeviceId, DeviceRuntime> {
    return this.water.equipment.devices;
  }

  get valves(): Water['equipment']['valves'] {
    return this.water.equipment.valves;
  }

  /** Every water device is verified closed. */
  get allClosed(): boolean {
    return this.water.equipment.allClosed;
  }

  /** Every device that a session needs is there. */
  get ready(): boolean {
    return this.missing.length === 0;
  }

  /** The devices that a session needs and that have not answered, or are gone. */
  get missing(): readonly DeviceId[] {
    return [...this.devices.values()]
      .filter(({ device, link: way }) => way.value !== 'up' && this.#needs(device))
      .map(({ device }) => device.id);
  }

  /** What a session cannot do without: what it opens, what it looks at, and what its water is to be stopped by. */
  #needs({ id, role }: Device): boolean {
    return isOutputRole(role) || role === 'thermometer' || this.settings.stops.includes(id);
  }

  get sessionState(): string {
    return stateName(this.session);
  }

  deadlineMs(): number | null {
    const soonest = new Soonest(this.#clockedMs);
    this.water.deadlines(soonest);
    soonest.add(deadlineOf(this.session.context));
    soonest.add(this.#shownUntilMs());
    return soonest.ms;
  }

  /** When the temperature that people see has become too old to be shown; null once that has been said. */
  #shownUntilMs(): number | null {
    const { latest } = this.watch.facts;
    let takenMs = -Infinity;
    for (const id in latest) takenMs = Math.max(takenMs, latest[id]?.takenAtMs ?? -Infinity);
    const untilMs = takenMs + SHOWN_MS + 1;
    return untilMs > this.#clockedMs && Number.isFinite(untilMs) ? untilMs : null;
  }

  /** The broker connection came up or went down. */
  broker(up: boolean, atMs: number): void {
    this.water.equipment.broker(up, atMs);
    this.#settle(atMs);
  }

  /** A message of the bus. */
  message(
    input: { topic: string; payload: string; retained: boolean },
    to: readonly DeviceId[],
    atMs: number,
  ): void {
    this.water.equipment.message(input, to, atMs);
    this.#settle(atMs);
  }

  journalled(token: number, ok: boolean, atMs: number): void {
    this.water.journalled(token, ok, atMs);
    this.#settle(atMs);
  }

  /** T10. Water first; then the machine; the record last. */
  stop(source: Extract<SessionEvent, { type: 'stop' }>['source'], atMs: number): void {
    this.water.stop(atMs);
    this.sessionEvent({ type: 'stop', source, atMs });
    this.#effects.record({ type: 'stop', body: { source } });
  }

  /** A symptom stops as T10 does. What is recorded of the person is for the station, which knows them. */
  report(source: Extract<SessionEvent, { type: 'report' }>['source'], symptom: string, atMs: number): void {
    this.water.stop(atMs);
    this.sessionEvent({ type: 'report', source, symptom, atMs });
  }

  sessionEvent(event: SessionEvent): void {
    this.#session(event);
    this.#settle(event.atMs);
  }

  /** A trip that no detector of the watch makes: a clock that jumped, a journal that stalled. */
  trip(trip: Trip, atMs: number): void {
    this.water.trip(trip, atMs);
    this.#settle(atMs);
  }

  clock(atMs: number): void {
    this.#clockedMs = atMs;
    this.water.clock(atMs);
    // One moment may serve several deadlines of a state; each event serves one.
    for (let served = 0; served < 10; served += 1) {
      const before = this.session;
      const dueMs = deadlineOf(before.context);
      if (dueMs === null || dueMs > atMs) break;
      this.#session({ type: 'clock', atMs });
      if (this.session.context === before.context && this.session.value === before.value) break;
    }
    this.#settle(atMs);
  }

  // --- one layer after the other, in the order of the picture --------------------------------------------------

  /** One event after the other: what an event's wants cause waits until all of them have been carried out. */
  #session(event: SessionEvent): void {
    this.#agenda.push(event);
    if (this.#stepping) return;
    this.#stepping = true;
    try {
      for (let next = this.#agenda.shift(); next !== undefined; next = this.#agenda.shift()) {
        const step = this.machine.step(this.session, next);
        this.session = step.snapshot;
        for (const want of step.wants) this.#want(want, next.atMs);
      }
    } finally {
      this.#stepping = false;
      this.#agenda.length = 0;
    }
  }

  #want(want: Want, atMs: number): void {
    switch (want.type) {
      case 'water':
        // Cues only: the water is the person's own affair.
        if (this.station.plumbing !== 'cues') this.water.judge({ type: 'want', water: want.water }, atMs);
        return;
      case 'basins':
        this.water.basins.ask(want, atMs);
        return;
      case 'heat':
        this.water.judge({ type: 'heat', heat: want.heat }, atMs);
        return;
      case 'shut':
        this.water.judge({ type: 'shut', untilMs: want.untilMs }, atMs);
        return;
      case 'expect': {
        const was = this.water.expectation.exposed;
        const { exposed } = want.expectation;
        this.water.expect(want.expectation, atMs);
        if (!this.#seesWater()) this.tally = tallyUnseen(this.tally, atMs);
        this.tally = tallyExposed(this.tally, exposed, atMs);
        if (was !== exposed) this.#effects.record({ type: 'exposed', body: { on: exposed } });
        return;
      }
      case 'release':
        this.water.judge({ type: 'release' }, atMs);
        return;
      case 'cue':
        for (const { device } of this.devices.values()) {
          if (device.role === 'light' || device.role === 'buzzer')
            this.water.send(device.id, { action: 'cue', cue: CUES[want.cue] }, atMs);
        }
        this.#effects.news({ type: 'event', event: 'cue', detail: { cue: want.cue } });
        return;
      case 'step-began': {
        const { band, side } = this.watch.facts.expectation;
        const kind = this.session.context.run?.plan.steps[want.index]?.kind ?? side ?? 'warm';
        this.tally = tallyStep(this.tally, want.index, kind, band, atMs);
        this.#effects.record({ type: 'step', body: { index: want.index, kind, on: true } });
        return;
      }
      case 'step-ended':
        this.tally = tallyStepEnd(this.tally, want.elapsedMs, atMs);
        this.#recordStep(want.index, want.over);
        return;
      case 'flushed': {
        const sideS = want.sideMs / 1_000;
        const body = { idle_ms: want.idleMs, warm_s: sideS, cold_s: sideS };
        this.#effects.record({ type: 'flushed', body });
        return;
      }
      case 'ended':
        this.#effects.ended(want.outcome);
        return;
    }
  }

  /** What the thermometer says is the water that is stepped into now. */
  #seesWater(): boolean {
    const { side } = this.water.expectation;
    return side === null || seesStep(this.station, side);
  }

  /** A step that is over is recorded with its result, so that a crash later in the session does not lose it. */
  #recordStep(index: number, over: boolean): void {
    const { run } = this.session.context;
    const tally = this.tally.steps.find((step) => step.index === index);
    const result = run === null || tally === undefined ? null : stepResultOf(this.station, run, tally);
    this.#effects.record({ type: 'step', body: over ? { index, result } : { index, on: false } });
  }

  /** A session begins: sums begin again, unless it continues the one before. */
  beginSums(
    again: boolean,
    sums: { readonly cycles: number; readonly doseBefore: number },
    atMs: number,
  ): void {
    this.water.lastTrip = null;
    if (again) return;
    this.tally = this.#noTally();
    this.water.observe({ type: 'session', ...sums }, atMs);
  }

  #noTally(): Tally {
    const [{ basin }] = this.settings.vessels;
    return noTally(basin === null ? ENVELOPE.readingAgeMs : ENVELOPE.readingAgeBasinMs);
  }

  /** Says to the session what holds now: everything closed, or the side wanted open. Repeats until it rests. */
  #settle(atMs: number): void {
    for (let round = 0; round < 8; round += 1) {
      const before = this.session;
      const state = this.sessionState;
      if (AWAITS_CLOSED.has(state) && this.#isOver(state)) this.#session({ type: 'closed', atMs });
      else if (AWAITS_OPEN.has(state)) this.#sayOpened(atMs);
      if (this.session === before) break;
    }
    this.#sample(atMs);
  }

  /** A session at basins is over when they are empty; what aborts has no time for that, and they run empty after it. */
  #isOver(state: string): boolean {
    const drains = state === 'completing' || state === 'stopping';
    return this.allClosed && (!drains || this.water.basins.areEmpty);
  }

  #sayOpened(atMs: number): void {
    const { want } = this.water.lock;
    const target = this.settings.vessels[0].interlock.devices.find(
      ({ side }) => side === 'mixer' || side === want?.side,
    );
    if (want === null || target === undefined) return;
    const known = this.water.lock.devices[target.id];
    const isSet = known?.status === 'open' && (target.side !== 'mixer' || known.targetC === want.targetC);
    if (!isSet || known.sentAtMs === null || this.valves.get(target.id)?.value !== 'open') return;
    this.#session({ type: 'opened', side: want.side, sentAtMs: known.sentAtMs, atMs });
  }

  /** Thermometers sample from the start until the session is put away: a valve that leaks shows after its close. */
  #sample(atMs: number): void {
    const wanted = this.sessionState !== 'idle' || this.fault.matches('latched');
    if (wanted === this.#sampling) return;
    this.#sampling = wanted;
    for (const { device } of this.devices.values()) {
      if (device.role === 'thermometer') this.water.send(device.id, { action: 'sample', on: wanted }, atMs);
    }
  }
}

const AWAITS_CLOSED: ReadonlySet<string> = new Set([
  'starting.closing',
  'holding',
  'completing',
  'stopping',
  'aborting',
]);
const AWAITS_OPEN: ReadonlySet<string> = new Set(['running.switching', 'starting.flushing']);
/** The states in which no water is on or wanted. */
export const RESTING: ReadonlySet<string> = new Set(['idle', 'complete', 'stopped', 'aborted']);
