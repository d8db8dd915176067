// If this fails, a device that talks without end stands between a STOP and the valves, or its last word is lost.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Bucket } from '../../src/controller/bucket.ts';
import { Inflow } from '../../src/controller/inflow.ts';
import { Repeats } from '../../src/controller/repeats.ts';
import type { BusMessage } from '../../src/model/bus.ts';

const said = (topic: string, payload: string): BusMessage => ({ topic, payload, retained: false });

/** What goes on, with its time, of messages that come one each `everyMs`; the clock wakes where it is asked to. */
function pass(messages: readonly BusMessage[], everyMs: number): { atMs: number; message: BusMessage }[] {
  const inflow = new Inflow();
  const out: { atMs: number; message: BusMessage }[] = [];
  const wakeUntil = (atMs: number): void => {
    for (let due = inflow.dueMs; due !== null && due <= atMs; due = inflow.dueMs) {
      const dueMs = due;
      out.push(...inflow.due(dueMs).map((message) => ({ atMs: dueMs, message })));
    }
  };
  messages.forEach((message, index) => {
    const atMs = index * everyMs;
    wakeUntil(atMs);
    if (inflow.admit(message, atMs)) out.push({ atMs, message });
  });
  wakeUntil(messages.length * everyMs + 10_000);
  return out;
}

test('what devices say in earnest goes on at once, in order', () => {
  const messages = Array.from({ length: 500 }, (_, index) => said(`t/${index % 5}`, String(index)));
  const out = pass(messages, 20);
  expect(out.map(({ message }) => message)).toEqual(messages);
  expect(out.map(({ atMs }) => atMs)).toEqual(messages.map((_, index) => index * 20));
});

test('ten thousand a second on one topic become a hundred, the newest of each moment, and the last one arrives', () => {
  const messages = Array.from({ length: 20_000 }, (_, index) => said('t', String(index)));
  const out = pass(messages, 0.1);
  expect(out.length).toBeLessThan(50 + 2 * 110);
  expect(out.at(-1)?.message.payload).toBe('19999');
  for (const { atMs, message } of out) expect(atMs - Number(message.payload) * 0.1).toBeLessThanOrEqual(21);
});

test('one device in a flood does not hold up another', () => {
  const inflow = new Inflow();
  for (let index = 0; index < 10_000; index += 1) inflow.admit(said('mad', String(index)), index * 0.1);
  expect(inflow.admit(said('valve', 'OFF'), 1_000)).toBe(true);
});

test('however it comes, no topic goes back to an older word', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(3), fc.integer({ min: 0, max: 30 })), { minLength: 1, maxLength: 600 }),
      (steps) => {
        const inflow = new Inflow();
        const last = new Map<string, number>();
        const see = ({ topic, payload }: BusMessage): void => {
          expect(Number(payload)).toBeGreaterThan(last.get(topic) ?? -1);
          last.set(topic, Number(payload));
        };
        const sent = new Map<string, number>();
        let atMs = 0;
        steps.forEach(([device, waitMs], index) => {
          atMs += waitMs / 10;
          for (const message of inflow.due(atMs)) see(message);
          const message = said(`t/${device}`, String(index));
          sent.set(message.topic, index);
          if (inflow.admit(message, atMs)) see(message);
        });
        for (let due = inflow.dueMs; due !== null; due = inflow.dueMs) inflow.due(due).forEach(see);
        expect(last).toEqual(sent);
      },
    ),
    { numRuns: 200, seed: 4 },
  );
});

test('a flood of made-up topics stays bounded', () => {
  const messages = Array.from({ length: 20_000 }, (_, index) => said(`t/${index}`, ''));
  expect(pass(messages, 0.1).length).toBeLessThan(500 + 2 * 500 + 300);
});

test('a budget: a burst, then so many a second', () => {
  const bucket = new Bucket({ burst: 3, perSecond: 2 });
  expect([0, 0, 0, 0, 400, 500.1].map((atMs) => bucket.take(atMs))).toEqual([
    true,
    true,
    true,
    false,
    false,
    true,
  ]);
  // A clock that steps back gives nothing away.
  expect(bucket.take(0)).toBe(false);
});

test('a stop is passed over only right behind another one, with nothing in between', () => {
  const repeats = new Repeats();
  expect(repeats.isRepeat(false, 0)).toBe(false);
  repeats.stopped(0);
  expect([repeats.isRepeat(false, 100), repeats.isRepeat(false, 250)]).toEqual([true, false]);
  repeats.stopped(250);
  repeats.other();
  expect(repeats.isRepeat(true, 260)).toBe(false);
});
