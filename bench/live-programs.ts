import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { freePort, newFolder, runEbb, runNode } from '../test/support/process.ts';
import { findProgram } from '../test/support/programs.ts';

/** The programs of a home, each in a process of its own, as people run them. */

/** A Mosquitto where one is installed; else the broker that Ebb brings. */
export interface Broker {
  readonly name: string;
  readonly url: string;
  stop(): Promise<void>;
}

export async function startBrokerProgram(): Promise<Broker> {
  const mosquitto = findProgram('mosquitto');
  if (mosquitto !== null) return startMosquitto(mosquitto);
  const child = runNode([programOf('live-broker')], process.cwd());
  const url = await firstLine(child);
  return { name: 'the embedded broker (no mosquitto is installed)', url, stop: () => ended(child) };
}

/** As a hub runs it: without the log of each packet that the tests have of theirs. */
async function startMosquitto(program: string): Promise<Broker> {
  const port = await freePort();
  const file = join(newFolder(), 'mosquitto.conf');
  const lines = [
    // Started by root it would become another user, who cannot read this file.
    `user ${userInfo().username}`,
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
    'persistence false',
    // Without it each acknowledged message takes 40 ms.
    'set_tcp_nodelay true',
    'log_dest none',
  ];
  writeFileSync(file, [...lines, ''].join('\n'));
  const child = spawn(program, ['-c', file], { stdio: 'ignore' });
  const gone = once(child, 'exit');
  process.once('exit', () => child.kill('SIGKILL'));
  const url = `mqtt://127.0.0.1:${port}`;
  // Connects again until somebody listens.
  const client = await connectAsync(url, { reconnectPeriod: 50 });
  await client.endAsync();
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await gone;
  };
  return { name: 'Mosquitto', url, stop };
}

/** A foot bath on two valves of a Tasmota. */
function stationOf(id: string): string {
  return `  ${id}:
    kind: bath
    vessel: stream
    hot: { driver: tasmota, topic: ${id}-valves, relay: 1 }
    cold: { driver: tasmota, topic: ${id}-valves, relay: 2 }
    thermometer: { driver: esphome, node: ${id}-probe, sensor: water }
    button: { driver: esphome, node: ${id}-probe, binary_sensor: button }
    scald_guard: { by: valve, max: 41 C }
    prepare_from: [button, page, cli, mqtt]
`;
}

/** A config of `stations` foot baths, as `ebb.yaml` in a folder of its own. */
export function writeHome(
  mqtt: string,
  { simulated, stations = ['bath'], http = 0, more = '' }: HomeOptions,
): { readonly folder: string; readonly file: string } {
  const folder = newFolder();
  const file = join(folder, 'ebb.yaml');
  const text = `simulated: ${simulated}
mqtt: { ${mqtt} }
http: { port: ${http} }
stations:
${stations.map(stationOf).join('')}${more}`;
  writeFileSync(file, text);
  return { folder, file };
}

interface HomeOptions {
  readonly simulated: boolean;
  readonly stations?: readonly string[];
  /** The port of the page; 0: any that is free. */
  readonly http?: number;
  readonly more?: string;
}

type Child = ReturnType<typeof runNode>;

/** `ebb devices simulate`, once it has the broker. */
export async function startDevices(folder: string, speed: number): Promise<Child> {
  const args = ['devices', 'simulate', '--json', '--speed', String(speed), '--seed', '3'];
  const child = runEbb(args, folder);
  await child.waitFor(/"type":"up"/);
  return child;
}

/** `ebb serve`, once it serves. */
export async function startServe(folder: string, speed: number): Promise<Child> {
  const child = runEbb(['serve', '--speed', String(speed)], folder);
  await child.waitFor(/end it/);
  return child;
}

/** A program of this folder. */
export function programOf(name: string): string {
  return join(import.meta.dirname, `${name}.ts`);
}

/** What it says first, once it has said it. */
export async function firstLine(child: Child): Promise<string> {
  await child.waitFor(/\n/);
  return child.out().split('\n')[0] ?? '';
}

export async function ended(...children: readonly Child[]): Promise<void> {
  for (const child of children) child.kill('SIGTERM');
  await Promise.all(children.map(({ exit }) => exit));
}
