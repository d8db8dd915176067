import { avrBody, twinBody, type Edge } from './body.ts';
import { figure } from './campaign.ts';
import { HANG_MS, script, type Act } from './script.ts';
import { Talk, type Line } from './talk.ts';

/** How far the two may be apart, milliseconds: water; light, sound and lines, which come from the main loop. */
const WATER_MS = 1;
const LOOP_MS = 6;
/** The watchdog has an oscillator of its own. */
const WATCHDOG_MS = 5;
/** What counts milliseconds, and what is measured in degrees. */
const COUNTS_MS = 3;
const DEGREES_K = 0.15;

interface Compared {
  readonly lines: number;
  readonly edges: number;
  /** The furthest that an edge of a valve was apart, milliseconds; where a watchdog made it, it is not counted. */
  readonly worstMs: number;
  /** The first thing in which they differ. */
  readonly difference: string | null;
}

interface Lived {
  readonly lines: readonly Line[];
  readonly edges: readonly Edge[];
  readonly untilMs: number;
}

/** A board from its start through a script, and the second after it. */
async function lived(
  body: ReturnType<typeof avrBody> | ReturnType<typeof twinBody>,
  acts: readonly Act[],
): Promise<Lived> {
  const talk = new Talk(body);
  // The first start of all takes longer: its EEPROM is blank.
  await talk.pass(100);
  body.rig.power(false);
  body.rig.power(true);
  const fromMs = body.nowMs();
  for (const { atMs, kind, run } of acts) {
    await talk.pass(Math.max(0, fromMs + atMs - body.nowMs()));
    run(body, body.rig);
    if (kind !== 'restart') continue;
    // A line that it was in the middle of has no end.
    await talk.pass(1);
    talk.forget();
  }
  await talk.pass(1_000);
  const untilMs = body.nowMs() - fromMs;
  await body.close();
  const since = <T extends { readonly atMs: number }>(list: readonly T[]): T[] =>
    list.filter(({ atMs }) => atMs >= fromMs).map((one) => ({ ...one, atMs: one.atMs - fromMs }));
  return { lines: since(talk.lines), edges: since(body.rig.edges), untilMs };
}

/** Where two texts may differ: boot ids, and figures by a little. */
function sameText(one: string, other: string): boolean {
  const [a, b] = [one.split(' '), other.split(' ')];
  return a.length === b.length && a.every((part, index) => samePart(part, b[index] ?? ''));
}

function samePart(one: string, other: string): boolean {
  if (one === other) return true;
  const [key, value] = one.split('=');
  const [otherKey, otherValue] = other.split('=');
  if (key === undefined || key !== otherKey) return false;
  if (key === 'boot' || key === 'a1') return true;
  const apart = Math.abs(Number(value) - Number(otherValue));
  if (/^(v[1-4]|up|a2)$/.test(key))
    return apart <= COUNTS_MS && (Number(value) === 0) === (Number(otherValue) === 0);
  return /^t1?$/.test(key) && apart <= DEGREES_K;
}

const shown = (what: { readonly atMs: number } | undefined, text: string | undefined): string =>
  what === undefined ? 'nothing' : `${text ?? ''} at ${what.atMs.toFixed(2)}`;

/** What comes in the last moment on one of them may come after it on the other. */
const afterwards = (one: { readonly atMs: number } | undefined, untilMs: number): boolean =>
  one === undefined || one.atMs > untilMs - LOOP_MS;

function compareLines(avr: readonly Line[], twin: readonly Line[], untilMs: number): string | null {
  for (let index = 0; index < Math.max(avr.length, twin.length); index += 1) {
    const [a, b] = [avr[index], twin[index]];
    if (afterwards(a, untilMs) && afterwards(b, untilMs)) return null;
    const same = a !== undefined && b !== undefined && sameText(a.text, b.text);
    if (!same || Math.abs(a.atMs - b.atMs) > LOOP_MS)
      return `line ${index}: the firmware says ${shown(a, a?.text)}, its twin ${shown(b, b?.text)}`;
  }
  return null;
}

function comparePin(
  pin: Edge['pin'],
  avr: Lived,
  twin: Lived,
  acts: readonly Act[],
): { worstMs: number; difference: string | null } {
  const of = (edges: readonly Edge[]): Edge[] => edges.filter((edge) => edge.pin === pin);
  const [as, bs] = [of(avr.edges), of(twin.edges)];
  const hangs = acts.filter(({ kind }) => kind === 'hang').map(({ atMs }) => atMs);
  const tolerance = (atMs: number): number => {
    if (!pin.startsWith('v')) return LOOP_MS;
    return hangs.some((hangMs) => atMs >= hangMs && atMs < hangMs + HANG_MS) ? WATCHDOG_MS : WATER_MS;
  };
  let worstMs = 0;
  for (let index = 0; index < Math.max(as.length, bs.length); index += 1) {
    const [a, b] = [as[index], bs[index]];
    if (afterwards(a, avr.untilMs) && afterwards(b, avr.untilMs)) break;
    const apart = Math.abs((a?.atMs ?? NaN) - (b?.atMs ?? NaN));
    if (a?.high !== b?.high || !(apart <= tolerance(a?.atMs ?? NaN))) {
      const level = (edge: Edge | undefined): string => shown(edge, edge?.high === true ? 'high' : 'low');
      return { worstMs, difference: `edge ${index} of ${pin}: firmware ${level(a)}, twin ${level(b)}` };
    }
    if (tolerance(a?.atMs ?? NaN) === WATER_MS) worstMs = Math.max(worstMs, apart);
  }
  return { worstMs, difference: null };
}

/** The same script on the firmware in the emulator and on its twin. */
async function compare(seed: number, count: number): Promise<Compared> {
  const acts = script(seed, count);
  const avr = await lived(avrBody(seed), acts);
  const twin = await lived(twinBody(seed), acts);
  const pins = (['v1', 'v2', 'v3', 'v4', 'light'] as const).map((pin) => comparePin(pin, avr, twin, acts));
  const differences = [
    compareLines(avr.lines, twin.lines, avr.untilMs),
    ...pins.map(({ difference }) => difference),
  ];
  return {
    lines: avr.lines.length,
    edges: avr.edges.length,
    worstMs: Math.max(...pins.slice(0, 4).map(({ worstMs }) => worstMs)),
    difference: differences.find((one) => one !== null) ?? null,
  };
}

/** What differs, by seed; the figures are printed. */
export async function compareAll(run: {
  readonly from: number;
  readonly lives: number;
  readonly acts: number;
}): Promise<string[]> {
  const sum = { lines: 0, edges: 0, worstMs: 0 };
  const differences: string[] = [];
  for (let seed = run.from; seed < run.from + run.lives; seed += 1) {
    const { lines, edges, worstMs, difference } = await compare(seed, run.acts);
    sum.lines += lines;
    sum.edges += edges;
    sum.worstMs = Math.max(sum.worstMs, worstMs);
    if (difference !== null) differences.push(`seed ${seed}: ${difference}`);
  }
  figure(
    `twin against firmware: ${run.lives} lives of ${run.acts} acts, ${sum.lines} lines, ${sum.edges} edges; valves ` +
      `${sum.worstMs.toFixed(2)} ms apart at most; ${differences.length} differ`,
  );
  return differences;
}
