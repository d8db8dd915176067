import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { freePort } from './process.ts';
import { programPath } from './programs.ts';

/** A Mosquitto of a test's own: on loopback, its files in a folder that goes with it. */
export interface Mosquitto {
  /** `mqtt://127.0.0.1:PORT`, or `mqtts://localhost:PORT` with TLS. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** What it has logged so far: connections, refusals, and each packet. */
  log(): string;
  /** SIGSTOP and SIGCONT freeze it; SIGKILL is a crash. */
  signal(signal: NodeJS.Signals): void;
  /** Ends it, frozen or not, and removes its files. May be called twice. */
  stop(): Promise<void>;
}

export interface MosquittoOptions {
  /** A free one by default; give that of a broker that was stopped to restart it. */
  readonly port?: number;
  /** Names and passwords; without them anybody may connect. */
  readonly users?: Readonly<Record<string, string>>;
  /** PEM files, as `makeAuthority` of certificates.ts writes them. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** The text of an ACL file, as in mosquitto.conf(5). */
  readonly acl?: string;
  /** More lines of the config file. */
  readonly more?: readonly string[];
}

const START_MS = 10_000;
const STOP_MS = 2_000;

/** Resolves once it listens. Use it within `describeWith(['mosquitto'], …)`. */
export async function startMosquitto(options: MosquittoOptions = {}): Promise<Mosquitto> {
  const program = programPath('mosquitto');
  const port = options.port ?? (await freePort());
  const folder = mkdtempSync(join(tmpdir(), 'ebb-mosquitto-'));
  const config = join(folder, 'mosquitto.conf');
  writeFileSync(config, configOf(port, folder, options));
  const child = spawn(program, ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  let text = '';
  const exit = new Promise<void>((resolve) => {
    child.once('close', () => {
      resolve();
    });
  });
  const killed = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', killed);
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    child.kill('SIGCONT');
    const force = setTimeout(killed, STOP_MS);
    await exit;
    clearTimeout(force);
    process.removeListener('exit', killed);
    rmSync(folder, { recursive: true, force: true });
  };
  const listens = new Promise<boolean>((resolve) => {
    child.stderr.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (/mosquitto version .* running/.test(text)) resolve(true);
    });
    void exit.then(() => {
      resolve(false);
    });
    child.once('error', () => {
      resolve(false);
    });
    setTimeout(() => {
      resolve(false);
    }, START_MS).unref();
  });
  if (!(await listens)) {
    await stop();
    throw new Error(`mosquitto did not start on port ${port}:\n${text}`);
  }
  const url = options.tls === undefined ? `mqtt://127.0.0.1:${port}` : `mqtts://localhost:${port}`;
  const signal = (name: NodeJS.Signals): void => {
    child.kill(name);
  };
  return { url, port, pid: child.pid ?? 0, log: () => text, signal, stop };
}

function configOf(port: number, folder: string, { users, tls, acl, more = [] }: MosquittoOptions): string {
  const lines = [
    // Started by root it would become another user, who cannot read these files.
    `user ${userInfo().username}`,
    `listener ${port} 127.0.0.1`,
    'persistence false',
    // Without it each acknowledged message takes 40 ms.
    'set_tcp_nodelay true',
    'log_dest stderr',
    'log_type all',
    `allow_anonymous ${users === undefined ? 'true' : 'false'}`,
  ];
  if (users !== undefined) {
    const file = join(folder, 'users');
    writeFileSync(file, '', { mode: 0o600 });
    for (const [name, password] of Object.entries(users))
      execFileSync(programPath('mosquitto_passwd'), ['-b', file, name, password]);
    lines.push(`password_file ${file}`);
  }
  if (acl !== undefined) {
    const file = join(folder, 'acl');
    writeFileSync(file, acl, { mode: 0o600 });
    lines.push(`acl_file ${file}`);
  }
  if (tls !== undefined) lines.push(`certfile ${tls.cert}`, `keyfile ${tls.key}`, 'tls_version tlsv1.2');
  return [...lines, ...more, ''].join('\n');
}
