import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { RefusedError } from '../../model/errors.ts';
import { answers } from '../../transports/control.ts';

/** `controller.json`, beside the journal: how other commands find the controller that runs. */
const controllerFileSchema = z.object({
  pid: z.int().positive(),
  started_at: z.iso.datetime(),
  /** The broker. */
  mqtt: z.string().nullable(),
  /** The page; null where it is not served. */
  http: z.string().nullable(),
  /** The control socket. */
  socket: z.string(),
  site: z.string(),
  simulated: z.boolean(),
  version: z.string(),
});
export type ControllerFile = z.infer<typeof controllerFileSchema>;

export function controllerFilePath(journalPath: string): string {
  return join(dirname(journalPath), 'controller.json');
}

/** Written beside and renamed, so that nobody reads half of it. Readable by the user alone. */
export function writeControllerFile(path: string, content: ControllerFile): void {
  const draft = `${path}.${content.pid}`;
  writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, path);
}

/** null where there is none, or none that can be read: a file that a crash left half deleted is no controller. */
export function readControllerFile(path: string): ControllerFile | null {
  try {
    return controllerFileSchema.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data ?? null;
  } catch {
    return null;
  }
}

/** Takes the file away, unless it is another controller's by now. */
export function removeControllerFile(path: string, pid: number): void {
  if (readControllerFile(path)?.pid === pid) rmSync(path, { force: true });
}

/** The controller that runs on this journal: its file is there and its socket answers. */
export async function runningController(journalPath: string): Promise<ControllerFile | null> {
  const file = readControllerFile(controllerFilePath(journalPath));
  return file !== null && (await answers(file.socket)) ? file : null;
}

/** @throws RefusedError controller_running */
export function refuseSecond({ pid, socket }: ControllerFile): never {
  throw new RefusedError('controller_running', `a controller of this config runs already, process ${pid}`, {
    pid,
    socket,
    remedy: 'use it ("ebb status", "ebb run"), or end it first',
  });
}
