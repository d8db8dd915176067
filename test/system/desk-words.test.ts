// If this fails, what somebody ticks off on their phone, in a terminal or from Home Assistant is lost, counts twice, or is
// asked for again although it is done: one controller in a process of its own, told by every way there is.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { SystemClock } from '../../src/clock/system.ts';
import { main } from '../../src/cli/index.ts';
import { openHistory } from '../../src/journal/index.ts';
import type { StoredRecord } from '../../src/journal/index.ts';
import { connectMqtt } from '../../src/transports/mqtt.ts';
import { cleanUp, freePort, newFolder, runEbb } from '../support/process.ts';

afterEach(cleanUp);

const homeOn = (mqtt: number, http: number): string => `
simulated: true
mqtt: { listen: "127.0.0.1:${mqtt}" }
http: { port: ${http} }
stations:
  desk: { kind: desk, light: { driver: mqtt, set: desk/light/set, payload: { on: "on", off: "off" } } }
schedule:
  - { reminder: brisk-walk, at: "23:59" }
`;

test('done, log and today by the command line, MQTT and HTTP are one day in one journal', async () => {
  const folder = newFolder();
  const [mqtt, http] = [await freePort(), await freePort()];
  writeFileSync(join(folder, 'ebb.yaml'), homeOn(mqtt, http));
  const serve = runEbb(['serve'], folder);
  await serve.waitFor(/page {5}http/);

  const ebb = async (...argv: readonly string[]) => {
    let [out, err] = ['', ''];
    const stdout = { write: (text: string) => (out += text) };
    const stderr = { write: (text: string) => (err += text) };
    const code = await main(argv, { stdin: process.stdin, stdout, stderr, env: {}, cwd: folder });
    return { code, out, err };
  };
  expect(await ebb('log', 'brisk-walk', '25', 'min')).toEqual({
    ...{ code: 0, out: 'Brisk walk: noted\n', err: '' },
  });

  const url = `http://127.0.0.1:${http}/api/v1/stations/desk/commands`;
  const body = JSON.stringify({ command: 'done', item: 'brisk-walk' });
  const headers = { 'content-type': 'application/json' };
  expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(202);

  const bus = connectMqtt({ clientId: 'phone', url: `mqtt://127.0.0.1:${mqtt}`, clock: new SystemClock() });
  const errors: string[] = [];
  bus.onMessage(({ payload }) => errors.push(payload));
  bus.subscribe(['ebb/desk/error']);
  await new Promise<void>((resolve) => {
    bus.onLink((up) => {
      if (up) resolve();
    });
  });
  const set = (command: object): void => {
    bus.publish({ topic: 'ebb/desk/set', payload: JSON.stringify(command), qos: 1 });
  };
  set({ command: 'log', item: 'brisk-walk', value: 'with the dog' });
  set({ command: 'done', item: 'brisk-walk', transaction: 't-2' });
  await expect.poll(() => errors.join('\n'), { timeout: 10_000 }).toContain('t-2');
  expect(errors.join('\n')).toContain('already_done');
  await bus.close();

  const again = await ebb('done', 'brisk-walk');
  expect(again.out).toContain('Brisk walk was done today already');
  const today: unknown = JSON.parse((await ebb('today', '--json')).out);
  expect(today).toMatchObject({
    running: true,
    done: [{ title: 'Brisk walk' }],
    noted: [{ text: '25 min' }, { text: 'with the dog' }],
    open: [],
  });
  serve.kill('SIGTERM');
  expect(await serve.exit).toBe(0);

  const history = openHistory(join(folder, '.ebb', 'journal.db'));
  const of = (type: string): readonly StoredRecord['body'][] =>
    history.records({ types: [type], limit: 20 }).map(({ body }) => body);
  const [ticks, reminders] = [of('tick'), of('reminder')];
  history.close();
  // A reminder of it is what was done; what no reminder is of stands by itself.
  expect(reminders.filter(({ event }) => event === 'done')).toMatchObject([
    { reminder: 'brisk-walk', source: 'page' },
  ]);
  expect(ticks.map(({ kind, source, value }) => ({ kind, source, value }))).toEqual([
    { kind: 'log', source: 'cli', value: '25 min' },
    { kind: 'log', source: 'mqtt', value: 'with the dog' },
  ]);
}, 60_000);
