// If these fail, a desk blinks in a meeting that its calendar has, because a server was away for a moment or a file was
// written anew; or the secret address of a calendar stands in a log.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { busyTimes } from '../../src/calendar/busy-times.ts';
import { Calendars } from '../../src/calendar/follow.ts';
import type { FollowOptions } from '../../src/calendar/follow.ts';
import { Files } from '../../src/calendar/file.ts';
import { Reader } from '../../src/calendar/read.ts';
import { SystemClock } from '../../src/clock/system.ts';
import { VirtualClock } from '../../src/clock/virtual.ts';
import type { CalendarNews } from '../../src/model/calendar.ts';
import type { Log } from '../../src/model/log.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** At once, as an editor does it: whoever reads meanwhile reads the one or the other. */
function put(file: string, text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

const DAY = '2026-01-01';
const ics = (from: string): string =>
  `BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20260101T${from}00Z\r\nDURATION:PT1H\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`;

/** A calendar that is followed in virtual time; its network and its threads are real. */
function following(from: string, instead: Partial<Pick<FollowOptions, 'file' | 'read'>> = {}) {
  const clock = new VirtualClock();
  const network = new SystemClock();
  const told: CalendarNews[] = [];
  const logged: string[] = [];
  const write = (...parts: readonly unknown[]): void => {
    logged.push(JSON.stringify(parts));
  };
  const log: Log = { debug: write, info: write, warn: write, error: write };
  const files = new Files(network);
  const reader = new Reader(network);
  const counts = { read: 0, worked: 0, underWay: 0 };
  /** Virtual time stands still while something real is waited for. */
  const during = async <T>(act: () => Promise<T>): Promise<T> => {
    counts.underWay += 1;
    try {
      return await act();
    } finally {
      counts.underWay -= 1;
    }
  };
  const calendars = new Calendars(
    [{ from, everyMs: 600_000 }],
    {
      ...{ clock, network, log, zone: 'UTC' },
      file: async (file, had) => {
        const got = await during(() => (instead.file ?? ((...what) => files.get(...what)))(file, had));
        if (got !== null) counts.read += 1;
        return got;
      },
      read: (text, window) => {
        counts.worked += 1;
        return during(() => (instead.read ?? ((...what) => reader.read(...what)))(text, window));
      },
    },
    (news) => {
      told.push(news);
    },
  );
  closers.push(() => {
    calendars.close();
    files.close();
    reader.close();
  });
  /** Lets time pass, half a minute at once, until it is so. */
  const until = (enough: () => boolean): Promise<void> =>
    expect
      .poll(
        () => {
          if (counts.underWay === 0) clock.runUntil(clock.nowMs() + 30_000);
          return enough();
        },
        { timeout: 10_000, interval: 5 },
      )
      .toBe(true);
  return { clock, told, logged, until, counts };
}
const starts = (news: CalendarNews | undefined): readonly string[] | undefined =>
  news?.spans?.map(({ fromMs }) => new Date(fromMs).toISOString().slice(11, 16));

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
async function serving(first: Answer) {
  const server: { answer: Answer; asked: IncomingMessage[] } = { answer: first, asked: [] };
  const http = createServer((request, response) => {
    server.asked.push(request);
    server.answer(request, response);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    http.closeAllConnections();
    http.close();
  });
  const { port } = z.object({ port: z.number() }).parse(http.address());
  return Object.assign(server, { url: `http://127.0.0.1:${port}/private-a1b2c3/basic.ics`, port });
}

test('a file that is written anew is read again; one that is broken, or gone, keeps what was known', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ebb-ics-'));
  closers.push(() => {
    rmSync(folder, { recursive: true });
  });
  const file = join(folder, 'work.ics');
  put(file, ics('0800'));
  const { clock, told, logged, until, counts } = following(file);
  await until(() => told.length === 1);
  expect(starts(told[0])).toEqual(['08:00']);
  put(file, `${ics('0930')} `);
  await until(() => starts(told.at(-1))?.[0] === '09:30');
  expect(told.at(-1)?.trouble).toBeNull();
  put(file, 'oops');
  await until(() => told.at(-1)?.trouble !== null);
  expect(told.at(-1)?.trouble).toContain('the first line must be BEGIN:VCALENDAR, and it begins with "oops"');
  expect(starts(told.at(-1))).toEqual(['09:30']);
  // It is looked at again and again, and told once.
  const lines = logged.length;
  const laterMs = clock.nowMs() + 2 * 60_000;
  await until(() => clock.nowMs() > laterMs);
  expect(logged).toHaveLength(lines);
  // The same bytes, written anew, are read and not worked out again.
  const { read, worked } = { ...counts };
  utimesSync(file, 1, 1);
  await until(() => counts.read > read);
  expect(counts.worked).toBe(worked);
  rmSync(file);
  await until(() => told.at(-1)?.trouble?.includes('there is no such file') === true);
  expect(starts(told.at(-1))).toEqual(['09:30']);
  // Nobody is waited for at the other end of a pipe.
  execFileSync('mkfifo', [file]);
  await until(() => told.at(-1)?.trouble?.includes('it is no file, but a pipe') === true);
  expect(starts(told.at(-1))).toEqual(['09:30']);
  rmSync(file);
  put(file, 'oops');
  await until(() => told.at(-1)?.trouble?.includes('begins with "oops"') === true);
  expect(counts.worked).toBe(worked);
});

test('a server is asked for changes only, and one that is away is told once and keeps what was known', async () => {
  const server = await serving((request, response) => {
    if (request.headers['if-none-match'] === '"v1"') response.writeHead(304).end();
    else response.writeHead(200, { etag: '"v1"' }).end(ics('0800'));
  });
  const { told, logged, until } = following(server.url);
  await until(() => told.length === 1);
  await until(() => server.asked.length === 2);
  server.answer = (_, response) => {
    response.writeHead(404).end();
  };
  await until(() => told.length === 2);
  expect(told[1]?.trouble).toBe(
    `the calendar at 127.0.0.1:${server.port} cannot be read: the server says 404: take the secret address of the calendar (iCal format) from its settings anew`,
  );
  expect(starts(told[1])).toEqual(['08:00']);
  await until(() => server.asked.length === 4);
  expect(told).toHaveLength(2);
  server.answer = (_, response) => {
    response.writeHead(200, { etag: '"v2"' }).end(ics('1000'));
  };
  await until(() => starts(told.at(-1))?.[0] === '10:00');
  await expect.poll(() => told.at(-1)?.trouble).toBeNull();
  expect(logged.join()).not.toContain('private-a1b2c3');
});

test('it follows a server elsewhere, with its login for nobody else, and not for ever', async () => {
  const other = await serving((_, response) => response.writeHead(200).end(ics('0800')));
  const server = await serving((_, response) => response.writeHead(302, { location: other.url }).end());
  const { told, until } = following(server.url.replace('http://', 'http://sam:pass@'));
  await until(() => told.length === 1);
  expect(starts(told[0])).toEqual(['08:00']);
  expect(server.asked[0]?.headers.authorization).toBe(`Basic ${btoa('sam:pass')}`);
  expect(other.asked[0]?.headers.authorization).toBeUndefined();
  const circle = await serving((_, response) => response.writeHead(302, { location: '/again' }).end());
  const lost = following(circle.url);
  await lost.until(() => lost.told.length === 1);
  expect(lost.told[0]).toMatchObject({
    spans: null,
    trouble: expect.stringContaining('leads on to others more than 5') as unknown,
  });
});

test('a calendar without end is left at 20 MB', async () => {
  const server = await serving((_, response) => {
    response.writeHead(200);
    const more = (): void => {
      while (response.write('x'.repeat(1_000_000)));
      response.once('drain', more);
    };
    more();
  });
  const { told, until } = following(server.url);
  await until(() => told.length === 1);
  expect(told[0]?.trouble).toContain('larger than 20 MB');
});

test('time goes on, the file does not: what comes is worked out again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ebb-ics-'));
  closers.push(() => {
    rmSync(folder, { recursive: true });
  });
  const file = join(folder, 'work.ics');
  put(file, ics('0800').replace('DURATION', 'RRULE:FREQ=DAILY\r\nDURATION'));
  const { clock, told, until } = following(file);
  await until(() => told.length === 1);
  clock.stepWall(20 * 86_400_000);
  await until(() => told.length === 2);
  const nowMs = clock.wallMs();
  expect(told[1]?.spans?.some(({ fromMs }) => fromMs > nowMs)).toBe(true);
  expect(told[1]?.spans?.length).toBe(
    busyTimes(ics('0800'), { fromMs: Date.parse(DAY), toMs: Date.parse(DAY) + 9 * 86_400_000, zone: 'UTC' })
      .spans.length * 9,
  );
});

test('a pipe is not waited at, and what cannot be read is not tried again until it changes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ebb-ics-'));
  closers.push(() => {
    rmSync(folder, { recursive: true });
  });
  const pipe = join(folder, 'pipe.ics');
  execFileSync('mkfifo', [pipe]);
  const waiting = following(pipe);
  await waiting.until(() => waiting.told.length === 1);
  expect(waiting.told[0]?.trouble).toContain('it is no file');
  let text = ics('0800');
  const { clock, told, until, counts } = following('/work.ics', {
    file: () => Promise.resolve({ text, had: { tag: 'as it was' } }),
    read: () => Promise.reject(new Error('it takes longer than 60 s to read')),
  });
  const pass = (ms: number): Promise<void> => {
    const untilMs = clock.nowMs() + ms;
    return until(() => clock.nowMs() >= untilMs);
  };
  await pass(30 * 60_000);
  expect(counts.worked).toBe(1);
  text = `${ics('0800')} `;
  await pass(10 * 60_000);
  expect(counts.worked).toBe(2);
  await pass(65 * 60_000);
  expect(counts.worked).toBe(3);
  expect(told).toHaveLength(1);
});
