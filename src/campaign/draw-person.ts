import type { Random } from '../random/random.ts';
import type { House } from './house.ts';
import { formatMoment } from './moment.ts';
import type { Moment } from './moment.ts';
import type { PastSession } from './past.ts';
import type { Act, ScenarioPerson } from './scenario.ts';

/** Who comes, and what they do: half of them let the session run, the others pause, stop, come back or stay away. */
export function drawPerson(random: Random, { station }: House): ScenarioPerson {
  const hasButton = station.devices.some(({ role }) => role === 'button');
  const profile = random.chance(0.15) && station.kind !== 'shower' ? 'limited' : 'standard';
  const begins = hasButton && random.chance(0.6) ? 'button' : 'page';
  const presses = !random.chance(0.03);
  const answers = !random.chance(0.05);
  const acts = random.chance(0.5) ? [] : drawActs(random, begins);
  const screened = random.chance(0.04) ? { screening: pickOf(random, UNSCREENED) } : {};
  const past = random.chance(0.3) ? { past: drawPast(random) } : {};
  // The last draws, so that they move no other. Only what has a line of its own is flushed.
  const hasLine = station.plumbing !== 'cues' && station.vessel === 'stream';
  const idle = random.chance(0.1) && hasLine ? { idleMs: random.int(24, 30 * 24) * 3_600_000 } : {};
  const hot = random.chance(0.04) ? { past: drawHotDay(random) } : {};
  // Nobody has confirmed yet that a clinician was asked.
  const asks = random.chance(0.01) ? { screening: 'acknowledge' as const } : {};
  return { begins, profile, presses, answers, acts, ...asks, ...screened, ...past, ...idle, ...hot };
}

/**
 * Somebody who twice had far too warm water for less than a minute: sessions that do not count (L9), and heat that does.
 * The dose of the day (L12) is all but used up, so that water as warm as planned just fits and warmer water does not.
 */
function drawHotDay(random: Random): readonly PastSession[] {
  return [random.between(13, 23), random.between(1, 12)].map((agoH): PastSession => ({
    endedAgoMs: Math.round(agoH * 3_600_000),
    contactMs: 50_000,
    coldMs: null,
    completed: false,
    symptom: false,
    dose: Math.round(random.between(0.28, 0.296) * 1_000) / 1_000,
  }));
}

const UNSCREENED = ['blocked', 'expired', 'missing'] as const;

/** Up to a month of earlier sessions, oldest first: mostly as they should be, sometimes too many or too close. */
function drawPast(random: Random): readonly PastSession[] {
  const gapH = pickOf(random, [7, 26, 26, 60, 60, 80, 400, 800]);
  const count = random.int(1, 6);
  return Array.from({ length: count }, (_, n): PastSession => {
    // Somebody who turned back within the first minute: no session that counts, and none that is complete.
    const short = random.chance(0.15);
    const cold = random.chance(0.1) ? null : random.int(3, 12) * 5_000;
    const completed = random.chance(0.85);
    return {
      endedAgoMs: Math.round((count - n) * gapH * random.between(0.95, 1.05) * 3_600_000),
      contactMs: short ? 30_000 : random.int(300, 900) * 1_000,
      coldMs: short ? null : cold,
      completed: completed && !short,
      symptom: random.chance(0.04) && !short,
    };
  }).toSorted((a, b) => b.endedAgoMs - a.endedAgoMs);
}

function pickOf<T>(random: Random, list: readonly [T, ...T[]]): T {
  return list[random.int(0, list.length - 1)] ?? list[0];
}

type Pattern = (random: Random, source: Act['source']) => readonly Act[];

/** What people do, as wholes: a pause without an end and a stop without a way back are among them. */
const PATTERNS: readonly Pattern[] = [
  (random, source) => {
    const at = contactMoment(random);
    return [
      act(at, 'pause', source),
      act({ ...at, plusMs: at.plusMs + random.int(500, 70_000) }, 'resume', source),
    ];
  },
  (random, source) => {
    const at = contactMoment(random);
    const again = { from: 'end', nth: 1, plusMs: random.int(1_000, 60_000) } as const;
    return [
      act(at, 'stop', source),
      act(again, 'clear', source),
      act({ ...again, plusMs: again.plusMs + 2_000 }, 'continue', source),
    ];
  },
  (random, source) => [act(contactMoment(random), 'stop', source)],
  (random, source) => [act({ from: 'at', nth: 1, plusMs: random.int(0, 40_000) }, 'begin', source)],
  (random, source) => [act({ from: 'at', nth: 1, plusMs: random.int(0, 40_000) }, 'pause', source)],
  // A symptom: in the water, while it is prepared, over a pause, afterwards.
  (random, source) => [act(contactMoment(random), 'report', source)],
  (random, source) => [act({ from: 'at', nth: 1, plusMs: random.int(0, 45_000) }, 'report', source)],
  (random, source) => {
    const at = contactMoment(random);
    const later = { ...at, plusMs: at.plusMs + random.int(50, 20_000) };
    return [act(at, random.chance(0.5) ? 'pause' : 'stop', source), act(later, 'report', source)];
  },
  // Somebody who pauses while it is prepared, comes back and stays away, or stops then.
  (random, source) => {
    const at: Moment = { from: 'at', nth: 1, plusMs: random.int(1_000, 45_000) };
    const back = at.plusMs + random.int(1_000, 40_000);
    const then = back + random.int(100, 60_000);
    return [
      act(at, 'pause', source),
      act({ ...at, plusMs: back }, 'resume', source),
      act({ ...at, plusMs: then }, random.chance(0.5) ? 'stop' : 'pause', source),
    ];
  },
  (random, source) => [act(contactMoment(random), 'start', source)],
  // Words from afar: they may stop and pause, and nothing more.
  (random) => [
    act({ from: 'ready', nth: 1, plusMs: random.int(0, 900) }, 'begin', random.chance(0.5) ? 'mqtt' : 'http'),
    act(contactMoment(random), random.chance(0.5) ? 'pause' : 'resume', random.chance(0.5) ? 'mqtt' : 'http'),
  ],
  (random) => {
    const at = contactMoment(random);
    const far = random.chance(0.5) ? 'mqtt' : 'http';
    return [act(at, 'pause', far), act({ ...at, plusMs: at.plusMs + 5_000 }, 'resume', far)];
  },
  (random, source) => {
    const at: Moment = { from: 'ready', nth: 1, plusMs: random.int(0, 1_000) };
    return [
      act(at, 'pause', source),
      act({ ...at, plusMs: at.plusMs + random.int(2_000, 50_000) }, 'resume', source),
    ];
  },
  (random, source) => {
    const at = contactMoment(random);
    const back = at.plusMs + random.int(3_000, 30_000);
    return [
      act(at, 'pause', source),
      act({ ...at, plusMs: back }, 'resume', source),
      act({ ...at, plusMs: back + random.int(100, 20_000) }, random.chance(0.5) ? 'pause' : 'stop', source),
    ];
  },
];

function drawActs(random: Random, source: Act['source']): readonly Act[] {
  const pattern = PATTERNS[random.int(0, PATTERNS.length - 1)];
  // At a bath's button every press during a session is STOP: who wants anything else goes to the page or the terminal.
  const channel = source === 'button' ? (random.chance(0.5) ? 'page' : 'cli') : source;
  return pattern?.(random, channel) ?? [];
}

function contactMoment(random: Random): Moment {
  const from = random.chance(0.6) ? 'warm' : random.chance(0.7) ? 'cold' : 'change';
  const within = { warm: 150_000, cold: 14_000, change: 3_000 }[from];
  return { from, nth: random.int(1, 3), plusMs: random.int(0, within) };
}

function act(at: Moment, word: Act['word'], source: Act['source']): Act {
  return { at: formatMoment(at), word, source };
}
