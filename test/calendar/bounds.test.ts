// If these fail, a calendar on a network share that is gone holds up whatever else the controller asks of disks and names,
// and its end with the water; or one event that takes for ever takes every meeting with it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Files } from '../../src/calendar/file.ts';
import { Reader } from '../../src/calendar/read.ts';
import { ScaledClock } from '../../src/clock/scaled.ts';
import { SystemClock } from '../../src/clock/system.ts';
import { VirtualClock } from '../../src/clock/virtual.ts';

const folder = mkdtempSync(join(tmpdir(), 'ebb-ics-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const file = join(folder, 'work.ics');
const other = join(folder, 'other.ics');
writeFileSync(file, 'work');
writeFileSync(other, 'other');

/** Lets everything run that waits for nothing outside. */
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
};

test('a file that does not come within 10 s is left; while its reading cannot be ended there is no other', async () => {
  const clock = new VirtualClock();
  const files = new Files(clock);
  const late = files.get(file, null);
  const told = expect(late).rejects.toThrow('no answer within 10 s; is it on a network share that is gone?');
  await settled();
  // Killed, and not ended for longer than it should take to: it has had no time to, in this test.
  clock.runUntil(11_500);
  await told;
  await expect(files.get(other, null)).rejects.toThrow(`${file} has to answer first`);
  await expect(files.get(file, null)).rejects.toThrow('no answer within 10 s');
  // And once it has ended everything is as before.
  await expect
    .poll(() => files.get(other, null).catch(() => null), { timeout: 10_000 })
    .toMatchObject({ text: 'other' });
  const { had } = (await files.get(other, null)) ?? { had: null };
  expect(await files.get(other, had)).toBeNull();
});

test('whoever ends waits for no file', async () => {
  const files = new Files(new SystemClock());
  const left = files.get(file, null);
  await settled();
  files.close();
  await expect(left).rejects.toThrow('no longer of interest');
  await expect(files.get(other, null)).rejects.toThrow('no longer of interest');
});

test('a folder, and what is larger than 20 MB, are refused', async () => {
  const files = new Files(new SystemClock());
  await expect(files.get(folder, null)).rejects.toThrow('it is no file, but a folder');
  writeFileSync(file, Buffer.alloc(20 * 1024 * 1024 + 1));
  await expect(files.get(file, null)).rejects.toThrow('larger than 20 MB');
});

test('an event that takes for ever is left out and named, and the others are read', async () => {
  const event = (at: string, more: string): string =>
    `BEGIN:VEVENT\r\nUID:${at}\r\nDTSTART:${at}\r\n${more}\r\nEND:VEVENT\r\n`;
  const text = `BEGIN:VCALENDAR\r\n${event('20260101T080000Z', 'DURATION:PT1H')}${event(
    '20260101T090000Z',
    'DURATION:PT1H\r\nRRULE:FREQ=DAILY;INTERVAL=99999999999',
  )}${event('20260101T100000Z', 'DURATION:PT1H')}END:VCALENDAR\r\n`;
  const clock = new ScaledClock(10);
  const reader = new Reader(clock);
  const fromMs = Date.parse('2026-01-01');
  const { spans, problems } = await reader.read(text, { fromMs, toMs: fromMs + 86_400_000, zone: 'UTC' });
  expect(spans.map((span) => new Date(span.fromMs).toISOString().slice(11, 16))).toEqual(['08:00', '10:00']);
  expect(problems).toEqual([{ line: 7, message: 'this event takes too long to work out: left out' }]);
  const left = reader.read(text, { fromMs, toMs: fromMs, zone: 'UTC' });
  await settled();
  reader.close();
  await expect(left).rejects.toThrow('no longer of interest');
});
