import { TIMER_0_INTERRUPTS } from '../../../firmware-sim/boards/avr/cures.ts';
import type { BoardPin } from '../../../firmware-sim/boards/board.ts';
import { Random } from '../../../src/random/random.ts';
import { manifest } from '../../firmware/compiler.ts';
import { HEX, avrBody } from './body.ts';
import { settled, type Bench } from './conformance.ts';
import { bytesOf, framed, type Talk } from './talk.ts';

/** Trials that break the chip, the wire or the water, each on a chip of its own that has settled. */
export type AvrBody = ReturnType<typeof avrBody>;
export interface AvrBench extends Bench {
  readonly body: AvrBody;
}

export async function started(seed: number, hex = HEX): Promise<AvrBench> {
  const body = avrBody(seed, hex);
  return { body, talk: await settled(body) };
}

/** When a pin went low last; Infinity while it is high, NaN if it never was. */
export function lowAtMs(body: AvrBody, pin: BoardPin): number {
  if (body.rig.high(pin)) return Infinity;
  return body.rig.edges.findLast((edge) => edge.pin === pin && !edge.high)?.atMs ?? NaN;
}

/** How long hot stayed open after something broke, milliseconds: Infinity if it was open at the end. */
export async function timeToShut(
  { body, talk }: AvrBench,
  random: Random,
  breakIt: (body: AvrBody) => void,
  forMs: number,
  chat: ((talk: Talk) => void) | null = null,
): Promise<number> {
  await talk.ask('OPEN 1 30000');
  await talk.pass(random.between(0, 40));
  if (!body.rig.high('v1')) return NaN;
  const fromMs = body.nowMs();
  breakIt(body);
  for (let ms = 0; ms < forMs; ms += 5) {
    chat?.(talk);
    await talk.pass(5);
  }
  return lowAtMs(body, 'v1') - fromMs;
}

/** Of many trials the worst. */
export async function worstOf(
  trials: number,
  one: (random: Random, seed: number) => Promise<number>,
): Promise<number> {
  let worst = 0;
  for (let seed = 1; seed <= trials; seed += 1) {
    const ms = await one(new Random(seed, 'campaign'), seed);
    if (Number.isNaN(ms)) throw new Error(`trial ${seed} opened nothing`);
    worst = Math.max(worst, ms);
  }
  return worst;
}

export const frozenCpu = (trials: number, hex = HEX): Promise<number> =>
  worstOf(trials, async (random, seed) =>
    timeToShut(
      await started(seed, hex),
      random,
      ({ board }) => {
        board.chip.freeze();
      },
      150,
    ),
  );

/** The host is silent, or says something every 5 ms, so that the chip is never asleep for long. */
export const deadTimer = (trials: number, chatting: boolean, hex = HEX): Promise<number> =>
  worstOf(trials, async (random, seed) =>
    timeToShut(
      await started(seed, hex),
      random,
      ({ board }) => {
        board.chip.write(TIMER_0_INTERRUPTS, 0);
      },
      150,
      chatting
        ? (talk) => {
            talk.tell('BEAT');
          }
        : null,
    ),
  );

export const overTemperature = (trials: number, hex = HEX): Promise<number> =>
  worstOf(trials, async (random, seed) =>
    timeToShut(
      await started(seed, hex),
      random,
      ({ rig }) => {
        rig.thermistorC = random.between(43.2, 80);
      },
      100,
    ),
  );

export const stopButton = (trials: number, hex = HEX): Promise<number> =>
  worstOf(trials, async (random, seed) =>
    timeToShut(
      await started(seed, hex),
      random,
      ({ rig }) => {
        rig.press(true);
      },
      50,
    ),
  );

export interface Leases {
  /** Open time minus lease. */
  readonly least: number;
  readonly most: number;
  /** From the last byte on the wire plus the lease to the pin. */
  readonly latest: number;
}

export async function leases(trials: number): Promise<Leases> {
  const random = new Random(1, 'leases');
  const { body, talk } = await started(1);
  const seen = { least: Infinity, most: -Infinity, latest: -Infinity };
  for (let i = 0; i < trials; i += 1) {
    await talk.pass(random.between(0, 3));
    const ms = random.int(20, 400);
    const heardMs = talk.tell(`OPEN 3 ${ms}`);
    await talk.pass(ms + 12);
    const edges = body.rig.edges.filter(({ pin }) => pin === 'v3').slice(-2);
    const open = (edges[1]?.atMs ?? NaN) - (edges[0]?.atMs ?? NaN) - ms;
    seen.least = Math.min(seen.least, open);
    seen.most = Math.max(seen.most, open);
    seen.latest = Math.max(seen.latest, (edges[1]?.atMs ?? Infinity) - heardMs - ms);
  }
  return seen;
}

/** The same request, whichever case its checksum is written in. */
const same = (a: string, b: string): boolean =>
  a.slice(0, -4) === b.slice(0, -4) && a.slice(-4).toUpperCase() === b.slice(-4).toUpperCase();

/** One to three flipped bits, or a byte that is another. */
function corrupted(random: Random, line: string): string {
  const bytes = bytesOf(line);
  const flips = random.int(0, 3);
  for (let i = 0; i < Math.max(1, flips); i += 1) {
    const at = random.int(0, bytes.length - 1);
    bytes[at] = flips === 0 ? random.int(0, 255) : (bytes[at] ?? 0) ^ (1 << random.int(0, 7));
  }
  return String.fromCharCode(...bytes);
}

/** How many of so many crippled OPENs opened something. */
export async function corruptFrames(frames: number, hex = HEX): Promise<{ sent: number; accepted: number }> {
  const random = new Random(1, 'frames');
  const { body, talk } = await started(1, hex);
  let sent = 0;
  while (sent < frames) {
    const right = framed(
      `@${random.int(0, 9_999)} OPEN ${random.int(1, 4)} ${random.int(100, 30_000)}`,
    ).trimEnd();
    const wrong = corrupted(random, right);
    // A line end within it makes two lines of it, and a CR at its end is none of its bytes.
    if (same(wrong, right) || /[\n\r]/.test(wrong)) continue;
    talk.write(`${wrong}\n`);
    sent += 1;
    await talk.pass(6);
    // A byte that became a STOP would make everything that follows harmless.
    if (wrong.includes('\x18')) await talk.ask('CLEAR');
  }
  await talk.pass(20);
  return { sent, accepted: body.rig.edges.filter(({ pin, high }) => pin.startsWith('v') && high).length };
}

export interface Flooded {
  /** From the reply to the lease plus its length to the pin. */
  readonly lateMs: number;
  readonly resets: number;
  readonly answersAfterwards: boolean;
}

/** Random bytes as fast as the wire takes them, while a lease of a second runs. */
export async function flood(seed: number, hex = HEX): Promise<Flooded> {
  const random = new Random(seed, 'flood');
  const { body, talk } = await started(seed, hex);
  await talk.ask('OPEN 1 1000');
  const openedMs = body.rig.edges.findLast(({ pin, high }) => pin === 'v1' && high)?.atMs ?? NaN;
  for (let ms = 0; ms < 1_500; ms += 10) {
    const noise = Array.from({ length: 115 }, () => random.int(0, 254)).map((byte) =>
      byte === 0x18 ? 0xff : byte,
    );
    body.send(Uint8Array.from(noise));
    await talk.pass(10);
  }
  talk.write('\n');
  await talk.pass(30);
  const answer = await talk.ask('BEAT');
  return {
    lateMs: lowAtMs(body, 'v1') - openedMs - 1_000,
    resets: body.board.chip.resets,
    answersAfterwards: answer.startsWith('ok'),
  };
}

const IO_FROM = 0x20;
const RAM_FROM = 0x100;
const RAM_UNTIL = 0x900;
const STACK_BYTES = 32;
const LEASE_MS = 200;
/** A lease, or a watchdog and a reset. */
const SHUT_BY_MS = LEASE_MS + 76;

export interface Flips {
  readonly flips: number;
  readonly escapes: readonly string[];
  readonly worstMs: number;
}

/** Every bit of static memory, and of the top of the stack as it was when the bit was flipped. */
export function places(ramBytes: number): { at: number; bit: number }[] {
  const bits = (from: number, count: number): { at: number; bit: number }[] =>
    Array.from({ length: count * 8 }, (_, index) => ({ at: from + (index >> 3), bit: index & 7 }));
  return [...bits(RAM_FROM, ramBytes), ...bits(RAM_UNTIL - STACK_BYTES, STACK_BYTES)];
}

/** A board before the flip, to come back to without another start: its registers and its memory while it sleeps. */
interface Clean {
  readonly bench: AvrBench;
  readonly resets: number;
  readonly stackPointer: number;
  readonly data: Uint8Array;
}

async function asleep({ body, talk }: AvrBench): Promise<boolean> {
  for (let tries = 0; tries < 50 && !body.board.chip.asleep; tries += 1) await talk.pass(0.02);
  return body.board.chip.asleep;
}

async function clean(seed: number, hex: string): Promise<Clean> {
  const bench = await started(seed, hex);
  if (!(await asleep(bench))) throw new Error('it never sleeps');
  const { chip } = bench.body.board;
  return { bench, resets: chip.resets, stackPointer: chip.stackPointer, data: chip.data.slice() };
}

/** Puts everything back as it was, or starts another board where that cannot be done. */
async function cleaned(before: Clean, seed: number, hex: string): Promise<Clean> {
  const { chip } = before.bench.body.board;
  const same = (await asleep(before.bench)) && chip.resets === before.resets;
  if (!same || chip.stackPointer !== before.stackPointer || before.bench.body.rig.high('v1')) {
    await before.bench.body.close();
    return clean(seed, hex);
  }
  chip.data.set(before.data.subarray(0, 0x20));
  chip.data.set(before.data.subarray(RAM_FROM), RAM_FROM);
  return before;
}

/** When hot shut and neither side opened again, from the last byte of the request; Infinity if one is open at the end. */
function shutAfter(body: AvrBody, heardMs: number): number {
  if (body.rig.high('v1') || body.rig.high('v2')) return Infinity;
  return Math.max(lowAtMs(body, 'v1'), lowAtMs(body, 'v2') || 0) - heardMs;
}

/** Hot open on a lease, the host silent, one bit flipped: shut all the same. */
export async function bitFlips(chosen: readonly { at: number; bit: number }[], hex = HEX): Promise<Flips> {
  const escapes: string[] = [];
  let worstMs = 0;
  let now = await clean(1, hex);
  for (const [index, { at, bit }] of chosen.entries()) {
    now = await cleaned(now, index, hex);
    const { body, talk } = now.bench;
    const heardMs = talk.tell(`OPEN 1 ${LEASE_MS}`);
    await talk.pass(20 + (index % 150) + (index % 7) / 7);
    if (!body.rig.high('v1')) throw new Error('nothing to flip in: hot is not open');
    const { chip } = body.board;
    chip.data[at] = (chip.data[at] ?? 0) ^ (1 << bit);
    await talk.pass(heardMs + SHUT_BY_MS + 20 - body.nowMs());
    const ms = shutAfter(body, heardMs);
    worstMs = Math.max(worstMs, ms);
    if (ms > SHUT_BY_MS) escapes.push(`0x${at.toString(16)} bit ${bit}: ${ms.toFixed(1)} ms`);
  }
  return { flips: chosen.length, escapes, worstMs };
}

/** Something else is flipped, on a board of its own. */
async function flipped(
  seed: number,
  hex: string,
  flip: (chip: AvrBody['board']['chip'], random: Random) => string,
): Promise<{ name: string; ms: number }> {
  const random = new Random(seed, 'flips');
  const { body, talk } = await started(seed, hex);
  const heardMs = talk.tell(`OPEN 1 ${LEASE_MS}`);
  await talk.pass(random.between(15, LEASE_MS - 20));
  const name = flip(body.board.chip, random);
  await talk.pass(heardMs + SHUT_BY_MS + 100 - body.nowMs());
  await body.close();
  return { name, ms: shutAfter(body, heardMs) };
}

async function flipsOf(trials: AsyncIterable<{ name: string; ms: number }>): Promise<Flips> {
  const escapes: string[] = [];
  let [worstMs, flips] = [0, 0];
  for await (const { name, ms } of trials) {
    flips += 1;
    worstMs = Math.max(worstMs, ms);
    if (ms > SHUT_BY_MS) escapes.push(`${name}: ${ms.toFixed(1)} ms`);
  }
  return { flips, escapes, worstMs };
}

/** Any bit of registers, I/O, RAM and stack, or of the program counter. */
export async function randomFlips(count: number, hex = HEX): Promise<Flips> {
  return flipsOf(
    (async function* () {
      for (let seed = 1; seed <= count; seed += 1) {
        yield await flipped(seed, hex, (chip, random) => {
          if (random.int(0, 9) === 0) {
            const bit = random.int(0, 13);
            chip.flipProgramCounter(bit);
            return `program counter, bit ${bit}`;
          }
          return flipAt(chip, random.int(0, RAM_UNTIL - 1), random.int(0, 7));
        });
      }
    })(),
  );
}

/** Every bit of every I/O register, as if it had been written. */
export async function ioFlips(hex = HEX): Promise<Flips> {
  return flipsOf(
    (async function* () {
      for (let at = IO_FROM; at < RAM_FROM; at += 1)
        for (let bit = 0; bit < 8; bit += 1)
          yield await flipped(at * 8 + bit, hex, (chip) => flipAt(chip, at, bit));
    })(),
  );
}

/** An I/O register is written, so that what it controls hears of it. */
function flipAt(chip: AvrBody['board']['chip'], at: number, bit: number): string {
  const value = (chip.data[at] ?? 0) ^ (1 << bit);
  if (at >= IO_FROM && at < RAM_FROM) chip.write(at, value);
  else chip.data[at] = value;
  return `0x${at.toString(16)} bit ${bit}`;
}

/** A figure for whoever reads the run. */
export function figure(text: string): void {
  process.stdout.write(`firmware: ${text}\n`);
}

export const manifestRam = (): number => manifest.ramBytes;
