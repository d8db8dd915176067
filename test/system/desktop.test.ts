// If these fail, a desk without hardware says nothing on a real computer: no notification, or no bell in its terminal.
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { VirtualClock } from '../../src/clock/virtual.ts';
import { loadConfig } from '../../src/config/index.ts';
import { composeReal } from '../../src/main.ts';
import { silentLog } from '../../src/model/log.ts';
import { loadLibrary } from '../../src/protocols/index.ts';
import { cleanUp, freePort, newFolder } from '../support/process.ts';
import { describeWith } from '../support/programs.ts';
import { runInTerminal } from '../support/terminal.ts';

afterEach(async () => {
  vi.unstubAllEnvs();
  await cleanUp();
});

async function home(): Promise<{ readonly folder: string; readonly file: string }> {
  const folder = newFolder();
  const file = join(folder, 'ebb.yaml');
  const [mqtt, http] = [await freePort(), await freePort()];
  writeFileSync(
    file,
    `mqtt: { listen: "127.0.0.1:${mqtt}" }
http: { port: ${http} }
timezone: UTC
stations:
  desk:
    kind: desk
    light: { driver: desktop, as: notification }
    buzzer: { driver: desktop, as: bell }
schedule:
  - { reminder: ankle-pumps, every: 30 min, between: 00:00-23:00 }
`,
  );
  return { folder, file };
}

test('half an hour of sitting, a notification of a real program; the answer takes it back', async () => {
  const { folder, file } = await home();
  const calls = join(folder, 'calls');
  for (const name of ['notify-send', 'gdbus']) {
    const script = `#!/bin/sh\nfor one in "${name}" "$@"; do printf '%s|' "$one"; done >> "${calls}"\necho >> "${calls}"\necho 7\n`;
    writeFileSync(join(folder, name), script);
    chmodSync(join(folder, name), 0o755);
  }
  vi.stubEnv('PATH', folder);
  const { config } = loadConfig(file, { env: {} });
  if (config === null) throw new Error('the config of the test is wrong');
  const clock = new VirtualClock();
  const { protocols } = loadLibrary([]);
  const running = await composeReal({ config, protocols, log: silentLog }, { clock });
  const { controller } = running;
  const called = (): readonly string[] =>
    existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : [];
  const link = (): string =>
    String(controller.desks.desk('desk')?.equipment.devices.get('desk-light')?.link.value);
  await expect.poll(link, { timeout: 10_000, interval: 10 }).toBe('up');
  clock.runUntil(31 * 60_000);
  const title = protocols.find(({ id }) => id === 'ankle-pumps')?.title ?? '';
  await expect.poll(() => called().length, { timeout: 10_000, interval: 10 }).toBe(1);
  expect(called()[0]).toMatch(
    new RegExp(`^notify-send\\|--app-name=Ebb\\|--print-id\\|--\\|${title}\\|.{10,}\\|$`),
  );
  void controller.command('desk', { command: 'ack' }, 'cli');
  await expect.poll(() => called().length, { timeout: 10_000, interval: 10 }).toBe(2);
  expect(called()[1]).toMatch(
    /^gdbus\|call\|.*\|org\.freedesktop\.Notifications\.CloseNotification\|uint32 7\|$/,
  );
  await running.close();
  expect(called()).toHaveLength(2);
});

describeWith(['script'], 'in a terminal', () => {
  test('the bell of it rings for an exercise', async () => {
    const { file } = await home();
    const terminal = runInTerminal(['run', 'ankle-pumps', '--config', file]);
    // Nothing else that is printed has one.
    await terminal.reads(/\u0007[^\u0007]*\u0007/, 60_000);
    terminal.press('\u0003');
    expect(await terminal.exit).toBe(3);
  }, 90_000);
});
