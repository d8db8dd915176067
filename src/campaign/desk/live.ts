import { DeskPerson } from '../../../firmware-sim/people/desk-person.ts';
import type { DeskHabits } from '../../../firmware-sim/people/desk-person.ts';
import { VirtualClock } from '../../clock/virtual.ts';
import type { Controller } from '../../controller/index.ts';
import type { DeskSettings } from '../../model/desk.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../model/units.ts';
import { Random } from '../../random/random.ts';
import type { Broken, DeskRow } from './budgets.ts';
import { DeskFaults } from './faults.ts';
import { DeskHours, shifted } from './hours.ts';
import { DeskHouse } from './house.ts';
import type { ControllerParts } from './house.ts';
import { SLACK_MS } from './light.ts';
import type { Onset } from './light.ts';
import { Offences, measureRecords } from './measure.ts';

export interface DeskTrial {
  /** With devices of `simulatedDevices` in place of its own. */
  readonly desk: DeskSettings;
  readonly habits: DeskHabits;
  readonly days: number;
  readonly seed: number;
  readonly controller: (desk: DeskSettings, parts: ControllerParts) => Controller;
}

/** From coming back until anything may be shown. */
const SETTLE_MS = 5 * MINUTE_MS;
/** Who was away for less was not away. */
const BRIEF_MS = 30 * SECOND_MS;
/** What was said of being busy holds so long in silence, and no longer. */
const SILENT_MS = 5 * MINUTE_MS;
/** How likely somebody shuts the lid of their computer as they go. */
const SHUTS = 0.5;

/** Somebody lives with a desk for so many days of virtual time, and sees and counts what is shown to them. */
export function liveAtDesk(trial: DeskTrial): { readonly row: DeskRow; readonly broken: readonly Broken[] } {
  const { habits, days } = trial;
  const life = new Life(trial);
  for (let minute = 0; minute < days * (DAY_MS / MINUTE_MS); minute += 1) life.minute(minute);
  const { house, person, offences, faults } = life;
  const records = house.journal.history.records({ types: ['reminder'], limit: 100_000 });
  const counts = measureRecords(records, { lit: house.light.onsets, reached: house.reached }, offences);
  const row: DeskRow = {
    person: habits.name,
    hours: Math.round(person.hereMs / HOUR_MS),
    faults: faults.count,
    ...counts,
    budgets: offences.values,
  };
  return { row, broken: offences.brokenBy(habits.name) };
}

class Life {
  readonly house: DeskHouse;
  readonly person: DeskPerson;
  readonly faults: DeskFaults;
  readonly offences = new Offences();
  readonly #habits: DeskHabits;
  readonly #clock = new VirtualClock();
  readonly #hours: DeskHours;
  readonly #lids: Random;
  #lidShut = false;
  /** When they came back, where the desk could know of it; and when they went. */
  #backMs = -Infinity;
  #goneMs = -Infinity;
  /** That nobody is there, and that somebody is busy, was heard. */
  #heardGone = false;
  #heardBusy = false;

  constructor({ desk: given, habits, seed, controller: make }: DeskTrial) {
    const desk = shifted(given, habits.shiftMin);
    this.#habits = habits;
    this.#hours = new DeskHours(desk);
    this.#lids = new Random(seed, `lids-${habits.name}`);
    const house = new DeskHouse(this.#clock, seed, habits.hears === 'homeassistant', (parts) =>
      make(desk, parts),
    );
    this.house = house;
    this.person = new DeskPerson(
      habits,
      {
        press: (how) => {
          house.press(how);
        },
        presence: (here) => {
          house.presence(here);
        },
        busy: (on) => {
          house.busy(on);
        },
        lit: () => house.light.isLit(this.#clock.nowMs()),
      },
      new Random(seed, habits.name),
    );
    this.faults = new DeskFaults(house, habits, this.#clock, new Random(seed, `faults-${habits.name}`));
  }

  minute(minute: number): void {
    const { person } = this;
    const fromMs = minute * MINUTE_MS;
    const works = this.#isAtWork(minute);
    if (works) this.faults.minute();
    const wasHere = person.here;
    person.minute(works, this.#clock.nowMs());
    if (wasHere && !person.here) this.#goes(fromMs);
    if (!wasHere && person.here) this.#returns(fromMs);
    if (this.#habits.hears === 'helper') this.#helper();
    this.#clock.runUntil(fromMs + MINUTE_MS);
    this.#judge();
    person.look();
  }

  #isAtWork(minute: number): boolean {
    const week = Math.floor(minute / ((7 * DAY_MS) / MINUTE_MS)) % 52;
    return !this.#habits.away.includes(week) && this.#hours.isWork(this.#clock.wallMs());
  }

  #goes(fromMs: number): void {
    this.#goneMs = fromMs;
    this.#heardGone = false;
    const shuts = this.#lids.chance(SHUTS);
    this.#clock.at(fromMs + MINUTE_MS + SECOND_MS, 'lid', () => {
      // Shut before the helper could say so, nobody would know: that is no matter of a budget.
      this.#lidShut = shuts && !this.person.here && !this.faults.isDeaf;
    });
  }

  #returns(fromMs: number): void {
    this.#lidShut = false;
    if (fromMs - this.#goneMs >= BRIEF_MS && this.#heardGone) this.#backMs = fromMs;
  }

  /** `ebb presence` speaks each 30 s, and not while its computer sleeps. */
  #helper(): void {
    const say = (): void => {
      if (!this.#lidShut && !this.faults.helperDead) this.house.helper();
    };
    say();
    this.#clock.at(this.#clock.nowMs() + 30 * SECOND_MS, 'helper', say);
  }

  /** What was seen in the minute that is over. What a desk cannot know is no offence: it can know what was heard before. */
  #judge(): void {
    const { person, faults, house, offences } = this;
    const [nowMs, wallMs] = [this.#clock.nowMs(), this.#clock.wallMs()];
    const isBusy = person.busyUntilMs > nowMs;
    // By what had been heard before this minute: who is heard of within it may be heard of after the light.
    for (const onset of house.light.newOnsets()) this.#judgeOnset(onset, isBusy);
    this.#heardGone = !person.here && (this.#heardGone || !faults.isDeaf);
    // What was said of being busy is forgotten in a silence that is too long.
    const isLong = faults.deafMs > SILENT_MS - MINUTE_MS;
    this.#heardBusy = isBusy && !isLong && (this.#heardBusy || !faults.isDeaf);
    // A light that nobody can put out stays on.
    if (!house.light.isLit(nowMs) || house.isDark || faults.isDeaf) return;
    if (!person.here && nowMs > person.sinceMs + SLACK_MS) offences.add('onEmptyChair', wallMs);
    if (isBusy && nowMs > person.busySinceMs + SLACK_MS) offences.add('whileBusy', wallMs);
  }

  #judgeOnset({ atMs, wallMs }: Onset, isBusy: boolean): void {
    const { person, offences } = this;
    if (!this.#hours.mayShow(wallMs)) offences.add('outOfHours', wallMs);
    if (atMs < this.#backMs + SETTLE_MS - SLACK_MS) offences.add('afterReturn', wallMs);
    if (!person.here && this.#heardGone && atMs > person.sinceMs + MINUTE_MS)
      offences.add('onEmptyChair', wallMs);
    if (isBusy && this.#heardBusy && atMs > person.busySinceMs + MINUTE_MS) offences.add('whileBusy', wallMs);
  }
}
