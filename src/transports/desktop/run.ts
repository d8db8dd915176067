import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Call } from './programs.ts';

export type Ran =
  | { readonly ok: true; readonly out: string }
  | { readonly ok: false; readonly missing: boolean; readonly why: string };
export type Run = (call: Call, signal: AbortSignal) => Promise<Ran>;

/** A desktop that does not answer is left alone after so long. */
const MAX_MS = 5_000;
const MAX_BYTES = 16_384;
/** What a program needs to find the desktop. Nothing else of ours is its affair: there are passwords among it. */
const ENV = [
  'PATH',
  'HOME',
  'USER',
  'DISPLAY',
  'WAYLAND_DISPLAY',
  'XAUTHORITY',
  'XDG_RUNTIME_DIR',
  'DBUS_SESSION_BUS_ADDRESS',
] as const;

type Env = Readonly<Record<string, string | undefined>>;

/** Programs of this computer, without a shell, and killed when they take too long. */
export function runHere(env: Env): Run {
  const own = Object.fromEntries(ENV.map((name) => [name, env[name]]));
  return ({ file, args }, signal) =>
    new Promise((resolve) => {
      const options = {
        ...({
          signal,
          timeout: MAX_MS,
          killSignal: 'SIGKILL',
          maxBuffer: MAX_BYTES,
          windowsHide: true,
        } as const),
        // Without it arguments that are not ASCII get lost where Ebb runs as a service, and errors are in any language.
        env: { ...own, LC_ALL: 'C.UTF-8' },
      };
      execFile(file, [...args], options, (error, out, err) => {
        if (error === null) resolve({ ok: true, out });
        else
          resolve({
            ok: false,
            missing: error.code === 'ENOENT' || error.code === 'EACCES',
            why:
              error.killed === true ? `it did not end in ${MAX_MS / 1_000} s` : firstLine(err, error.message),
          });
      });
    });
}

function firstLine(err: string, otherwise: string): string {
  const line = err.split('\n').find((one) => one.trim() !== '') ?? otherwise;
  return line
    .replace(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, 300);
}

/** Whether a program is on the PATH. */
export async function isHere(file: string, env: Env): Promise<boolean> {
  for (const dir of (env['PATH'] ?? '').split(delimiter)) {
    if (dir === '') continue;
    try {
      await access(join(dir, file), constants.X_OK);
      return true;
    } catch {
      // Not in this one.
    }
  }
  return false;
}
