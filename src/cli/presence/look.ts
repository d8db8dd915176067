import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ConfigError } from '../../model/errors.ts';
import { SECOND_MS } from '../../model/units.ts';

/** What a computer knows of the person at it. */
export interface Look {
  /** Since when nobody has touched anything, milliseconds; null: it cannot tell. */
  readonly idleMs: number | null;
  /** null: it cannot tell. */
  readonly locked: boolean | null;
}

/** One look; `rejects` where it cannot be told just now. */
export type Looker = () => Promise<Look>;

/** A program that hangs is no answer. */
const MOST_MS = 5 * SECOND_MS;
const MAX_BYTES = 4 * 1024 * 1024;

/** Programs and never a shell: nothing of what they say is run. */
export type Run = (program: string, args: readonly string[]) => Promise<string>;

export function runner(env: Readonly<Record<string, string | undefined>>): Run {
  const run = promisify(execFile);
  return async (program, args) => {
    const { stdout } = await run(program, [...args], { timeout: MOST_MS, maxBuffer: MAX_BYTES, env });
    return stdout;
  };
}

/**
 * How it is known on this computer, tried once.
 * @throws ConfigError unsupported: nothing here can tell, and what to do instead.
 */
export async function lookerOf(
  platform: string,
  run: Run,
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ readonly by: string; readonly look: Looker }> {
  if (platform === 'linux') return linux(run, env);
  if (platform === 'darwin') return macos(run);
  throw cannot(`on ${platform} Ebb does not know how to ask`);
}

function cannot(why: string): ConfigError {
  return new ConfigError('unsupported', `whether somebody is at this computer cannot be told: ${why}`, {
    remedy:
      'let a program that knows tell it: `something | ebb presence --stdin`, a line for each change (present, away, locked, unlocked, idle 5 min)',
  });
}

/** A way of asking that works here; null where it does not. */
async function works<Value>(ask: () => Promise<Value>): Promise<(() => Promise<Value>) | null> {
  try {
    await ask();
    return ask;
  } catch {
    return null;
  }
}

const MUTTER = [
  ...['call', '--session', '--dest', 'org.gnome.Mutter.IdleMonitor'],
  ...['--object-path', '/org/gnome/Mutter/IdleMonitor/Core'],
  ...['--method', 'org.gnome.Mutter.IdleMonitor.GetIdletime'],
];

/** Under X11 `xprintidle`, under GNOME its own word; the lock, and at other desktops the idleness, from logind. */
async function linux(run: Run, env: Readonly<Record<string, string | undefined>>) {
  const session = env['XDG_SESSION_ID'] ?? 'self';
  const logind = await works(async () => logindOf(await run('loginctl', ['show-session', session])));
  const idle =
    (await works(async () => figureOf(await run('xprintidle', [])))) ??
    (await works(async () => figureOf(await run('gdbus', MUTTER), /uint64 (\d+)/)));
  if (logind === null && idle === null)
    throw cannot(
      'neither loginctl nor xprintidle nor the session bus of GNOME answers (apt install xprintidle)',
    );
  const by = [idle === null ? null : 'the idle time of the desktop', logind === null ? null : 'loginctl'];
  const look: Looker = async () => {
    const known = logind === null ? null : await logind();
    const idleMs = idle === null ? (known?.idleMs ?? null) : await idle();
    return { idleMs, locked: known?.locked ?? null };
  };
  return { by: by.filter((one) => one !== null).join(' and '), look };
}

function logindOf(text: string): Look {
  const fields = new Map(text.split('\n').map((line) => splitOnce(line)));
  const locked = fields.get('LockedHint');
  if (locked === undefined) throw new Error('loginctl says nothing of a lock');
  // logind says `yes` after its own time (IdleActionSec of the desktop): then that is long enough for us as well.
  return { locked: locked === 'yes', idleMs: fields.get('IdleHint') === 'yes' ? Infinity : null };
}

function splitOnce(line: string): [string, string] {
  const at = line.indexOf('=');
  return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1).trim()];
}

function figureOf(text: string, pattern = /^\s*(\d+)\s*$/): number {
  const ms = Number(pattern.exec(text)?.[1] ?? NaN);
  if (!Number.isFinite(ms)) throw new Error('no idle time');
  return ms;
}

const NS_PER_MS = 1_000_000;

async function macos(run: Run) {
  const idle = await works(
    async () =>
      figureOf(await run('ioreg', ['-c', 'IOHIDSystem', '-d', '4']), /"HIDIdleTime" = (\d+)/) / NS_PER_MS,
  );
  if (idle === null) throw cannot('ioreg does not tell the idle time');
  const look: Looker = async () => ({
    idleMs: await idle(),
    locked: /"CGSSessionScreenIsLocked"\s*=\s*Yes/.test(await run('ioreg', ['-n', 'Root', '-d', '1'])),
  });
  return { by: 'ioreg', look };
}
