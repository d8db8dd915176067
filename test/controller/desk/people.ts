import { MINUTE_MS } from '../../../src/model/units.ts';
import { Random } from '../../../src/random/random.ts';
import { DeskBench } from './bench.ts';

/** How somebody lives with their desk. Minutes of the desk's own day; shares from 0 to 1. */
export interface Person {
  readonly name: string;
  /** When they come and go; over midnight where they go earlier than they come. */
  readonly works: readonly [fromMin: number, toMin: number];
  /** Days of the week, 0 is Monday, on which they come. */
  readonly days: readonly number[];
  /** A minute at the desk: how likely they get up, and sit down again. */
  readonly leaves: number;
  readonly returns: number;
  /** How likely a minute begins a meeting at the desk: quiet for half an hour. */
  readonly meets: number;
  /** A minute in which something is shown: how likely they answer, and how likely that is a snooze. */
  readonly answers: number;
  readonly snoozes: number;
  /** Weeks of the year in which they are elsewhere altogether. */
  readonly away: readonly number[];
}

const OFFICE = { works: [535, 1_060], days: [0, 1, 2, 3, 4], leaves: 0.01, returns: 0.12, away: [] } as const;

export const PEOPLE: readonly Person[] = [
  { ...OFFICE, name: 'adherent', meets: 0.001, answers: 0.7, snoozes: 0.05 },
  { ...OFFICE, name: 'forgetful', meets: 0.001, answers: 0.03, snoozes: 0.3 },
  { ...OFFICE, name: 'meeting-heavy', meets: 0.012, answers: 0.5, snoozes: 0.2 },
  {
    ...{ name: 'night shift', works: [1_315, 370], days: [0, 1, 2, 5, 6], leaves: 0.012, returns: 0.1 },
    ...{ meets: 0.001, answers: 0.5, snoozes: 0.1, away: [] },
  },
  {
    ...OFFICE,
    name: 'traveller',
    meets: 0.004,
    answers: 0.5,
    snoozes: 0.1,
    away: [2, 3, 9, 14, 15, 22, 30, 31, 32, 40, 45, 51],
  },
];

/** What a year at a desk comes to. */
export interface Measured {
  readonly person: string;
  readonly hours: number;
  /** New ones, and how often one came back: after a snooze, or because somebody left in the middle of it. */
  readonly shown: number;
  readonly again: number;
  readonly done: number;
  readonly mostAnHour: number;
  readonly whileBusy: number;
  readonly whileAway: number;
  readonly afterReturn: number;
  readonly stacked: number;
  readonly outsideHours: number;
}

const yaml = ({ works: [from, to] }: Person): string => {
  // Half an hour less than they are there.
  const clock = (min: number): string =>
    `${String(Math.floor(min / 60) % 24).padStart(2, '0')}:${String(min % 60).padStart(2, '0')}`;
  const between = `${clock(from + 5)}-${clock(to - 10)}`;
  return `
timezone: Europe/Berlin
simulated: true
stations:
  desk:
    kind: desk
    light: { driver: mqtt, set: desk/light/set, payload: { on: "on", off: "off" } }
    button: { driver: mqtt, state: desk/button, map: { press: press, double: double, hold: hold } }
    presence: { driver: mqtt, state: desk/presence, map: { here: present, gone: absent } }
schedule:
  - { reminder: stand-walk, every: 30 min, between: "${between}" }
  - { reminder: [calf-raises, ankle-pumps], every: 60 min, between: "${between}" }
`;
};

const HOUR = 60;
/** From coming back until anything may be shown. */
const SETTLE = 5;

/** Lives with a desk, minute by minute, and looks at the light as they would. */
export function live(person: Person, days: number, seed = 1): Measured {
  const desk = new DeskBench({ yaml: yaml(person), at: '2026-01-05T00:00:00+01:00' });
  const random = new Random(seed, person.name);
  const chance = (share: number): boolean => random.between(0, 1) < share;
  const seen = { hours: 0, done: 0, whileBusy: 0, whileAway: 0, afterReturn: 0, stacked: 0, outsideHours: 0 };
  let shows = 0;
  let here = false;
  let backAt = -Infinity;
  let busyUntil = -Infinity;
  let lit = false;
  desk.person('gone');
  for (let minute = 0; minute < days * 1_440; minute += 1) {
    const should = isAtWork(person, minute);
    if (here && (!should || chance(person.leaves))) {
      here = false;
      desk.person('gone');
    } else if (!here && should && chance(person.returns)) {
      here = true;
      backAt = minute;
      desk.person('here');
    }
    if (here && minute >= busyUntil && chance(person.meets)) {
      busyUntil = minute + 30;
      desk.say({ command: 'quiet', for: '30 min' });
    }
    desk.run(Math.max(0, (minute + 1) * MINUTE_MS - desk.clock.nowMs()));
    if (here) seen.hours += 1 / HOUR;
    const { names } = desk;
    const now = names.some((name) => name.startsWith('cueing'));
    if (now && !lit) {
      shows += 1;
      if (!should) seen.outsideHours += 1;
    }
    if (now && !here) seen.whileAway += 1;
    if (now && minute < busyUntil - 1) seen.whileBusy += 1;
    if (now && minute < backAt + SETTLE - 1) seen.afterReturn += 1;
    if (now && names.includes('snoozed')) seen.stacked += 1;
    lit = now;
    if (now && here && chance(person.answers)) {
      desk.press(chance(person.snoozes) ? 'double' : 'press');
      if (!desk.names.includes('snoozed')) seen.done += 1;
      lit = false;
    }
  }
  const cues = newCues(desk);
  const counts = { shown: cues.length, again: shows - cues.length, mostAnHour: mostWithin(cues, HOUR) };
  return { person: person.name, ...seen, hours: Math.round(seen.hours), ...counts };
}

function isAtWork({ works: [from, to], days, away }: Person, minute: number): boolean {
  const [day, at] = [Math.floor(minute / 1_440), minute % 1_440];
  const began = from < to || at >= from ? day : day - 1;
  const isHour = from < to ? at >= from && at < to : at >= from || at < to;
  return isHour && days.includes(((began % 7) + 7) % 7) && !away.includes(Math.floor(began / 7));
}

/** The minutes in which something new was shown. What joins one that comes back is no light of its own. */
function newCues(desk: DeskBench): readonly number[] {
  const known = new Set<string>();
  const minutes = new Map<number, boolean>();
  for (const { at, body } of desk.journal.history.records({ types: ['reminder'], limit: 100_000 })) {
    if (body['event'] !== 'shown' || body['level'] !== 'light') continue;
    const one = JSON.stringify([body['reminder'], body['due_at']]);
    const minute = Math.floor(Date.parse(at) / MINUTE_MS);
    minutes.set(minute, (minutes.get(minute) ?? true) && !known.has(one));
    known.add(one);
  }
  return [...minutes].filter(([, isNew]) => isNew).map(([minute]) => minute);
}

function mostWithin(minutes: readonly number[], span: number): number {
  let most = 0;
  for (const [index, from] of minutes.entries())
    most = Math.max(most, minutes.slice(index).filter((minute) => minute < from + span).length);
  return most;
}
