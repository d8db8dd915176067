import { DeskPerson } from '../../../firmware-sim/people/desk-person.ts';
import type { DeskHabits } from '../../../firmware-sim/people/desk-person.ts';
import { VirtualClock } from '../../clock/virtual.ts';
import type { Controller, ControllerOptions } from '../../controller/index.ts';
import { MemoryJournal } from '../../journal/index.ts';
import type { DeskSettings } from '../../model/desk.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../model/units.ts';
import { Random } from '../../random/random.ts';
import { MemoryBroker } from '../../transports/memory.ts';
import type { Broken, DeskRow } from './budgets.ts';
import { DeskHours, shifted } from './hours.ts';
import { Offences, measureRecords } from './measure.ts';

/** The topics of the plain devices that a desk is tried with, and what they say. */
export const SIM_TOPICS = {
  ...{ light: 'sim/light', button: 'sim/button', presence: 'sim/presence', busy: 'sim/busy' },
} as const;

export interface DeskTrial {
  /** With plain devices on `SIM_TOPICS` in place of its own. */
  readonly desk: DeskSettings;
  readonly habits: DeskHabits;
  readonly days: number;
  readonly seed: number;
  readonly controller: (
    desk: DeskSettings,
    parts: Pick<ControllerOptions, 'clock' | 'bus' | 'journal' | 'history' | 'newId' | 'boot'>,
  ) => Controller;
}

/** From coming back until anything may be shown. */
const SETTLE_MS = 5 * MINUTE_MS;
/** Who was away for less was not away. */
const BRIEF_MS = 30 * SECOND_MS;
/** A light that goes out for less than this blinks. */
const BLINK_MS = 5 * SECOND_MS;
/** A message to be on its way. */
const SLACK_MS = SECOND_MS;

/** Somebody lives with a desk for so many days of virtual time, and sees and counts what is shown to them. */
export function liveAtDesk({ desk: given, habits, days, seed, controller: make }: DeskTrial): {
  readonly row: DeskRow;
  readonly broken: readonly Broken[];
} {
  const desk = shifted(given, habits.shiftMin);
  const clock = new VirtualClock();
  const broker = new MemoryBroker({ clock, random: new Random(seed, 'bus') });
  const journal = new MemoryJournal({ clock, random: new Random(seed, 'journal') });
  const room = broker.connect({ clientId: 'room' });
  const light = new SeenLight();
  room.subscribe([SIM_TOPICS.light]);
  room.onMessage(({ payload }) => {
    light.said(payload === 'on', clock.nowMs(), clock.wallMs());
  });
  const say = (topic: string, payload: string): void => {
    room.publish({ topic, payload, qos: 0, retain: topic !== SIM_TOPICS.button });
  };
  make(desk, {
    ...{ clock, journal, history: journal.history, boot: `sim-${seed}`, newId: () => `s-${seed}` },
    bus: broker.connect({ clientId: 'ebb' }),
  });
  const person = new DeskPerson(
    habits,
    {
      press: (how) => {
        say(SIM_TOPICS.button, how);
      },
      presence: (here) => {
        say(SIM_TOPICS.presence, here ? 'here' : 'gone');
      },
      busy: (on) => {
        say(SIM_TOPICS.busy, on ? 'ON' : 'OFF');
      },
      lit: () => light.isLit(clock.nowMs()),
    },
    new Random(seed, habits.name),
  );
  const hours = new DeskHours(desk);
  const offences = new Offences();
  const watched = { backMs: -Infinity, goneMs: -Infinity };
  for (let minute = 0; minute < days * (DAY_MS / MINUTE_MS); minute += 1) {
    const fromMs = minute * MINUTE_MS;
    const wasHere = person.here;
    person.minute(isAtWork(habits, hours, clock.wallMs(), minute), clock.nowMs());
    if (wasHere && !person.here) watched.goneMs = fromMs;
    if (!wasHere && person.here && fromMs - watched.goneMs >= BRIEF_MS) watched.backMs = fromMs;
    clock.runUntil(fromMs + MINUTE_MS);
    judge(light, person, watched.backMs, hours, clock, offences);
    person.look();
  }
  const records = journal.history.records({ types: ['reminder'], limit: 100_000 });
  const counts = measureRecords(records, light.onsets, offences);
  const row: DeskRow = {
    person: habits.name,
    hours: Math.round(person.hereMs / HOUR_MS),
    ...counts,
    budgets: offences.values,
  };
  return { row, broken: offences.brokenBy(habits.name) };
}

/** What was seen in the minute that is over. */
function judge(
  light: SeenLight,
  person: DeskPerson,
  backMs: number,
  hours: DeskHours,
  clock: VirtualClock,
  offences: Offences,
): void {
  const [nowMs, wallMs] = [clock.nowMs(), clock.wallMs()];
  for (const onset of light.newOnsets()) {
    if (!hours.mayShow(onset.wallMs)) offences.add('outOfHours', onset.wallMs);
    if (onset.atMs < backMs + SETTLE_MS - SLACK_MS) offences.add('afterReturn', onset.wallMs);
  }
  if (!light.isLit(nowMs)) return;
  if (!person.here && nowMs > person.sinceMs + SLACK_MS) offences.add('onEmptyChair', wallMs);
  if (person.busyUntilMs > nowMs && nowMs > person.busySinceMs + SLACK_MS) offences.add('whileBusy', wallMs);
}

function isAtWork({ away }: DeskHabits, hours: DeskHours, wallMs: number, minute: number): boolean {
  const week = Math.floor(minute / ((7 * DAY_MS) / MINUTE_MS)) % 52;
  return !away.includes(week) && hours.isWork(wallMs);
}

/** A light as somebody sees it who sits beside it. */
class SeenLight {
  /** When it came on, wall time. */
  readonly onsets: number[] = [];
  #fresh: { readonly atMs: number; readonly wallMs: number }[] = [];
  #on = false;
  #offMs = -Infinity;

  said(on: boolean, atMs: number, wallMs: number): void {
    if (on && !this.#on && atMs - this.#offMs >= BLINK_MS) {
      this.onsets.push(wallMs);
      this.#fresh.push({ atMs, wallMs });
    }
    if (!on && this.#on) this.#offMs = atMs;
    this.#on = on;
  }

  /** Those since this was asked last. */
  newOnsets(): readonly { readonly atMs: number; readonly wallMs: number }[] {
    const fresh = this.#fresh;
    this.#fresh = [];
    return fresh;
  }

  isLit(atMs: number): boolean {
    return this.#on || atMs - this.#offMs < BLINK_MS - SLACK_MS;
  }
}
