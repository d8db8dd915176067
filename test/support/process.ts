import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { accessSync, constants, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A child process that a test waits for by what it says. */
export interface Child {
  readonly pid: number;
  /** Everything on stdout and on stderr so far. */
  readonly out: () => string;
  readonly err: () => string;
  /** Resolves once stdout matches; rejects if the process ends first. */
  waitFor(pattern: RegExp): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  readonly exit: Promise<number | null>;
}

const children = new Set<Child>();
const folders = new Set<string>();

/** Runs a program of this repository with this Node; ended with the test by `cleanUp`. */
export function runNode(args: readonly string[], cwd: string): Child {
  const { EBB_LOG_LEVEL: _, ...env } = { ...process.env, NO_COLOR: '1' } as NodeJS.ProcessEnv;
  const child = spawn(process.execPath, [...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err, over] = ['', '', false];
  const looks = new Set<() => void>();
  const look = (): void => {
    for (const one of [...looks]) one();
  };
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
    look();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  const exit = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      over = true;
      look();
      resolve(code);
    });
  });
  const made: Child = {
    pid: child.pid ?? 0,
    out: () => out,
    err: () => err,
    waitFor: (pattern) =>
      new Promise((resolve, reject) => {
        const one = (): void => {
          if (pattern.test(out)) resolve();
          else if (over) reject(new Error(`ended without ${pattern.source}:\n${out}\n${err}`));
          else return;
          looks.delete(one);
        };
        looks.add(one);
        one();
      }),
    kill: (signal) => child.kill(signal),
    exit,
  };
  children.add(made);
  void exit.then(() => children.delete(made));
  return made;
}

const EBB = join(import.meta.dirname, '..', '..', 'bin', 'ebb.js');

export function runEbb(args: readonly string[], cwd: string): Child {
  return runNode([EBB, ...args], cwd);
}

/** The simulated hardware of a config in a process of its own; says `up` once it has the broker. */
export function runRig(config: string, options: { speed: number; seed: number }): Child {
  const { speed, seed } = options;
  const args = ['devices', 'simulate', '--config', config, '--speed', String(speed), '--seed', String(seed)];
  return runEbb(args, tmpdir());
}

/** Ends what a test started, and removes its folders. */
export async function cleanUp(): Promise<void> {
  const left = [...children];
  for (const child of left) child.kill('SIGKILL');
  await Promise.all(left.map((child) => child.exit));
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  folders.clear();
}

const MEMORY = '/dev/shm';
/** Journals of a few minutes, and room to spare: a container may have 64 MB there. */
const ENOUGH_BYTES = 32 * 2 ** 20;

/**
 * Where a test's journals go: into memory where there is some, since a disk that is busy with something else stands
 * still for longer than a journal may, and a session ends of it, as it should. What is shown of disks is shown elsewhere.
 */
function quickFolder(): string {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    accessSync(MEMORY, constants.W_OK);
    return bavail * bsize > ENOUGH_BYTES ? MEMORY : tmpdir();
  } catch {
    return tmpdir();
  }
}

export function newFolder(): string {
  const folder = mkdtempSync(join(quickFolder(), 'ebb-test-'));
  folders.add(folder);
  return folder;
}

/** A port nobody listens on right now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  });
}

const PLUMBING = {
  valves: `    hot: { driver: tasmota, topic: bath-valves, relay: 1 }
    cold: { driver: tasmota, topic: bath-valves, relay: 2 }`,
  mixer: '    mixer: { driver: esphome, node: bath-mixer, mixer: main }',
} as const;

/** A foot bath whose hardware is simulated elsewhere, as `ebb.yaml` in a folder of its own. */
export function writeHome(
  mqtt: string,
  more = '',
  plumbing: 'valves' | 'mixer' = 'valves',
  http = '{ port: 0 }',
): { folder: string; file: string } {
  const folder = newFolder();
  const file = join(folder, 'ebb.yaml');
  writeFileSync(
    file,
    `simulated: true
mqtt: { ${mqtt} }
http: ${http}
stations:
  foot-bath:
    kind: bath
    vessel: stream
${PLUMBING[plumbing]}
    thermometer: { driver: esphome, node: bath-probe, sensor: water }
    button: { driver: esphome, node: bath-probe, binary_sensor: button }
    scald_guard: { by: valve, max: 41 C }
    begin_from: [button, page, cli, mqtt]
${more}`,
  );
  return { folder, file };
}
