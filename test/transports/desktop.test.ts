// If these fail, what is due is taken for an option or for markup by the program that shows it, a program that hangs or
// is not there takes the controller with it, or a desk is told every half hour what it knows.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { SystemClock } from '../../src/clock/system.ts';
import { silentLog } from '../../src/model/log.ts';
import { bellOf } from '../../src/transports/desktop/bell.ts';
import { DesktopBus } from '../../src/transports/desktop/bus.ts';
import { noted } from '../../src/transports/desktop/noted.ts';
import { Notifications } from '../../src/transports/desktop/notifications.ts';
import { programsOf } from '../../src/transports/desktop/programs.ts';
import { isHere, runHere } from '../../src/transports/desktop/run.ts';
import { LoneBus } from '../../src/transports/lone-bus.ts';

const clock = new SystemClock();
let folder = '';
let close: (() => Promise<void>) | null = null;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ebb-desktop-'));
});
afterEach(async () => {
  await close?.();
  close = null;
  rmSync(folder, { recursive: true, force: true });
});

/** A program on the PATH that notes what it was called with, each argument whole, and then does `body`. */
function program(name: string, body: string): void {
  const file = join(folder, name);
  const note = `{ printf '%s' "${name}"; for one in "$@"; do printf '\\037%s' "$one"; done; printf '\\036'; } >> "${folder}/calls"`;
  writeFileSync(file, `#!/bin/sh\n${note}\n${body}\n`);
  chmodSync(file, 0o755);
}

function calls(): readonly (readonly string[])[] {
  try {
    const text = readFileSync(join(folder, 'calls'), 'utf8');
    return text
      .split('\u001e')
      .slice(0, -1)
      .map((call) => call.split('\u001f'));
  } catch {
    return [];
  }
}

function desktop(platform: NodeJS.Platform = 'linux') {
  // What the fake programs themselves need is behind the folder; the real ones must not be found.
  const env = { PATH: folder, SECRET: 'of ours' };
  const notifications = new Notifications({
    ...{ programs: programsOf(platform), platform, clock },
    run: runHere(env),
    isHere: (file) => isHere(file, env),
  });
  const bus = new DesktopBus(
    new LoneBus(),
    { bell: noted('bell', clock, silentLog), notification: notifications },
    silentLog,
  );
  close = () => bus.close();
  const news: unknown[] = [];
  bus.onMessage(({ payload }) => {
    news.push(JSON.parse(payload));
  });
  bus.subscribe(['desktop:notification/desk-light', 'ebb/other']);
  const ask = (what: object, device = 'desk-light'): void => {
    bus.publish({ topic: `desktop:notification/${device}/do`, payload: JSON.stringify(what), qos: 0 });
  };
  return { news, ask, bus };
}

const show = (title: string, text: string) => ({ do: 'show', title, text });
const soon = { timeout: 8_000, interval: 10 };

describe('notifications of a Linux desktop', () => {
  test('titles and texts are never options, markup or escapes; an answer takes it back', async () => {
    program('notify-send', 'echo 42');
    program('gdbus', '');
    const { news, ask } = desktop();
    await expect.poll(() => news, soon).toEqual([{ up: true }]);
    ask(show('--help "quoted" $(id) `id`', "Don't & <b>stop</b> C:\\new\u0000\nä 10–15"));
    await expect.poll(() => calls().length, soon).toBe(1);
    expect(calls()[0]).toEqual([
      ...['notify-send', '--app-name=Ebb', '--print-id', '--', '--help "quoted" $(id) `id`'],
      "Don't &amp; &lt;b&gt;stop&lt;/b&gt; C:\\\\new  ä 10–15",
    ]);
    ask(show('-', '-1'));
    await expect
      .poll(() => calls().at(-1), soon)
      .toEqual([...['notify-send', '--app-name=Ebb', '--print-id', '--replace-id=42', '--', '-', '-1']]);
    ask({ do: 'clear' });
    await expect.poll(() => calls().at(-1)?.at(0), soon).toBe('gdbus');
    expect(calls().at(-1)?.slice(-2)).toEqual([
      'org.freedesktop.Notifications.CloseNotification',
      'uint32 42',
    ]);
    ask({ do: 'clear' });
    await close?.();
    expect(calls()).toHaveLength(3);
    expect(news).toEqual([{ up: true }]);
  });

  test('where it is not there, that is told once, and it is used as soon as it is', async () => {
    const { news, ask } = desktop();
    const missing = {
      up: false,
      why: expect.stringContaining('there is no notify-send on this computer') as string,
    };
    await expect.poll(() => news, soon).toEqual([missing]);
    ask(show('a', 'a'));
    ask(show('b', 'b'));
    await new Promise((resolve) => setImmediate(resolve));
    program('notify-send', 'echo 1');
    ask(show('c', 'c'));
    await expect.poll(() => news, soon).toEqual([missing, { up: true }]);
  });

  test('a failure is told once in its own words, and the next success', async () => {
    program('notify-send', 'echo "Cannot autolaunch D-Bus without X11 DISPLAY" >&2; exit 1');
    const { news, ask } = desktop();
    ask(show('a', 'a'));
    await expect.poll(() => calls().length, soon).toBe(1);
    ask(show('b', 'b'));
    await expect.poll(() => calls().length, soon).toBe(2);
    const failed = {
      up: false,
      why: expect.stringMatching(
        /^notify-send failed: Cannot autolaunch D-Bus without X11 DISPLAY; Ebb has to run as the user/,
      ) as string,
    };
    await expect.poll(() => news.slice(1), soon).toEqual([failed]);
    program('notify-send', '');
    ask(show('c', 'c'));
    await expect.poll(() => news.slice(1), soon).toEqual([failed, { up: true }]);
  });

  test('an older one that tells no ids is asked without them, and never again with them', async () => {
    program('notify-send', 'case "$*" in *--print-id*) echo "Unknown option --print-id" >&2; exit 1;; esac');
    program('gdbus', '');
    const { news, ask } = desktop();
    ask(show('a', 'a'));
    ask({ do: 'clear' }, 'other');
    await expect.poll(() => calls().length, soon).toBe(2);
    ask(show('b', 'b'));
    await expect.poll(() => calls().at(-1), soon).toEqual(['notify-send', '--app-name=Ebb', '--', 'b', 'b']);
    ask({ do: 'clear' });
    await close?.();
    expect(calls()).toHaveLength(3);
    expect(news).toEqual([{ up: true }]);
  });

  test('one at a time, the newest of each device; ending does not wait for one that hangs', async () => {
    program('notify-send', 'exec /bin/sleep 30');
    const { ask, bus } = desktop();
    for (const title of ['a', 'b', 'c', 'd']) ask(show(title, ''));
    ask(show('e', ''), 'sofa-light');
    await expect.poll(() => calls().map((call) => call.at(-2)), soon).toEqual(['a']);
    const startMs = clock.nowMs();
    await bus.close();
    expect(clock.nowMs() - startMs).toBeLessThan(4_000);
    expect(calls()).toHaveLength(1);
  });

  test('nothing of our environment is handed on but what leads to the desktop', async () => {
    program('notify-send', `/usr/bin/env > "${folder}/env"; echo 1`);
    const { news, ask } = desktop();
    ask(show('a', 'a'));
    await expect.poll(() => news, soon).toEqual([{ up: true }]);
    await expect.poll(() => calls().length, soon).toBe(1);
    await close?.();
    const env = readFileSync(join(folder, 'env'), 'utf8');
    expect(env).toContain('LC_ALL=C.UTF-8');
    expect(env).not.toContain('SECRET');
  });
});

test('on macOS it is a script that takes both as arguments; elsewhere it is told that there is none', async () => {
  program('osascript', '');
  const { ask } = desktop('darwin');
  ask(show('-e "x"', '" & (do shell script "id") & "'));
  await expect.poll(() => calls().length, soon).toBe(1);
  expect(calls()[0]?.slice(-3)).toEqual(['--', '-e "x"', '" & (do shell script "id") & "']);
  expect(calls()[0]?.join(' ')).toContain(
    'display notification (item -1 of argv) with title (item -2 of argv)',
  );
  ask({ do: 'clear' });
  await close?.();
  expect(calls()).toHaveLength(1);
  const { news } = desktop('win32');
  await expect
    .poll(() => news, soon)
    .toEqual([{ up: false, why: expect.stringContaining('win32') as string }]);
});

describe('the bus', () => {
  test('the bell rings at the first terminal; a file or a pipe gets nothing, and that is told', async () => {
    const written: string[] = [];
    const output = (name: string, isTTY: boolean) => ({
      isTTY,
      write: (text: string) => written.push(`${name} ${text}`),
    });
    const told: (string | null)[] = [];
    for (const tty of [true, false]) {
      const bell = bellOf([output('err', false), output('out', tty)], clock);
      bell.follow('desk-buzzer', (why) => told.push(why));
      bell.ask('desk-buzzer', { do: 'ring' });
    }
    await expect.poll(() => told, soon).toEqual([null, expect.stringContaining('Ebb runs in no terminal')]);
    expect(written).toEqual(['out \u0007']);
  });

  test('nothing of the desktop reaches a broker, or is believed from there; a stand-in only notes', async () => {
    class Spy extends LoneBus {
      readonly heard: string[] = [];
      say: ((message: { topic: string; payload: string; retained: boolean }) => void) | null = null;
      override publish(message?: { readonly topic: string }): void {
        this.heard.push(message?.topic ?? '');
      }
      override subscribe(filters: readonly string[] = []): void {
        this.heard.push(...filters);
      }
      override onMessage(listener?: NonNullable<Spy['say']>): void {
        this.say = listener ?? null;
      }
    }
    const below = new Spy();
    const lines: object[] = [];
    const log = { ...silentLog, info: (fields: object) => lines.push(fields) };
    const parts = { bell: noted('bell', clock, log), notification: noted('notification', clock, log) };
    const bus = new DesktopBus(below, parts, log);
    const topics: string[] = [];
    bus.onMessage(({ topic, payload }) => topics.push(`${topic} ${z.string().parse(payload)}`));
    bus.subscribe(['a/b', 'desktop:bell/desk-buzzer', 'desktop:bell/desk-buzzer']);
    bus.publish({ topic: 'a/c', payload: '1', qos: 0 });
    bus.publish({ topic: 'desktop:bell/desk-buzzer/do', payload: '{"do":"ring"}', qos: 0 });
    below.say?.({ topic: 'desktop:bell/desk-buzzer', payload: '{"up":false,"why":"x"}', retained: false });
    below.say?.({ topic: 'a/b', payload: '2', retained: false });
    await expect.poll(() => topics, soon).toEqual(['a/b 2', 'desktop:bell/desk-buzzer {"up":true}']);
    expect(below.heard).toEqual(['a/b', 'a/c']);
    expect(lines).toEqual([{ device: 'desk-buzzer', do: 'ring' }]);
  });
});
