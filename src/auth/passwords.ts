import { createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { ConfigError, messageOf } from '../model/errors.ts';
import { OneAtATime } from './one-at-a-time.ts';
import { hashOf, isHash, matches } from './phc.ts';

/** What a password protects: the page and its API, or the embedded broker. */
export type Account = 'http' | 'mqtt';
const ACCOUNTS: readonly Account[] = ['http', 'mqtt'];

/**
 * The passwords of a home. One that `ebb passwd` sets while a controller runs counts from the next question on.
 */
export interface Passwords {
  /** As of the last look at the file; each question looks again, so the next one knows. */
  has(account: Account): boolean;
  /**
   * False also where none is set, and where the file became unusable. One hash at a time; never blocks the event loop.
   * @throws RefusedError login_busy where too many wait already
   */
  verify(account: Account, password: string): Promise<boolean>;
  /**
   * Replaces it; file mode 0600, written to a temp file in the same folder, fsync, rename, fsync of the folder.
   * @throws ConfigError where it is shorter than 8 characters or longer than 200, or the file cannot be written
   */
  set(account: Account, password: string): Promise<void>;
  /** Reads the file again, so that `has` knows and `onChange` tells. `verify` does so by itself. */
  look(): Promise<void>;
  /** A password was set, changed or taken away, here or by another process: logins made with the old one are over. */
  onChange(listener: (account: Account) => void): void;
}

/** In characters, after normalisation. */
export const MIN_PASSWORD = 8;
export const MAX_PASSWORD = 200;

/** In UTF-16 units as it is typed: every character may be two, and decomposed into more before normalisation. */
const LONGEST_TEXT = 8 * MAX_PASSWORD;

const FILE_NAME = 'passwords.json';
const FORMAT = 'ebb-passwords';
/** Two hashes of 100 characters are all it holds. */
const MAX_FILE_BYTES = 10_000;
/** About half a second of hashing; whoever floods waits no longer than that for a no. */
const MAX_WAITING = 16;
/** Of the process: whoever asks, one hash is computed at a time. */
const QUEUE = new OneAtATime<Account>(MAX_WAITING);
/** Anything for group or others. */
const OTHERS = 0o077;

const hash = z.string().refine(isHash);
const fileSchema = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(1),
  accounts: z.strictObject({ http: hash.optional(), mqtt: hash.optional() }),
});
type Hashes = z.infer<typeof fileSchema>['accounts'];

/** `passwords.json` beside the journal. */
export function passwordsFile(journalPath: string): string {
  return join(dirname(journalPath), FILE_NAME);
}

/** @throws ConfigError where the file is there and is none of ours, or others may read it. A missing file is an empty store. */
export async function openPasswords(file: string): Promise<Passwords> {
  return new Store(file, await read(file));
}

class Store implements Passwords {
  readonly #file: string;
  readonly #listeners: ((account: Account) => void)[] = [];
  /** What was right last, so that whoever knows the password gets in without a hash while others flood. */
  readonly #right = new Map<Account, { readonly kept: string; readonly mac: Buffer }>();
  readonly #key = randomBytes(32);
  #hashes: Hashes;
  /** Counts looks and writes: a slow look must not bring back what was there before a newer one. */
  #asked = 0;
  #told = 0;

  constructor(file: string, hashes: Hashes) {
    this.#file = file;
    this.#hashes = hashes;
  }

  has(account: Account): boolean {
    void this.look();
    return this.#hashes[account] !== undefined;
  }

  async verify(account: Account, password: string): Promise<boolean> {
    // What cannot be one costs nobody a hash.
    if (password.length > LONGEST_TEXT || !fits(normal(password))) return false;
    const text = normal(password);
    await this.look();
    const mac = createHmac('sha256', this.#key).update(text).digest();
    if (this.#wasRight(account, mac)) return true;
    if (this.#hashes[account] === undefined) return false;
    return QUEUE.run(account, async () => {
      // A house full of devices comes back at once: only the first of them costs a hash.
      if (this.#wasRight(account, mac)) return true;
      const kept = this.#hashes[account];
      if (kept === undefined || !(await matches(text, kept))) return false;
      this.#right.set(account, { kept, mac });
      return true;
    });
  }

  #wasRight(account: Account, mac: Buffer): boolean {
    const right = this.#right.get(account);
    return right !== undefined && right.kept === this.#hashes[account] && timingSafeEqual(right.mac, mac);
  }

  set(account: Account, password: string): Promise<void> {
    const text = normal(password);
    if (!fits(text)) {
      const message = `a password has ${MIN_PASSWORD} to ${MAX_PASSWORD} characters, not ${lengthOf(text)}; nothing was changed`;
      return Promise.reject(new ConfigError('usage', message));
    }
    return QUEUE.run(account, async () => {
      const kept = { ...(await read(this.#file)), [account]: await hashOf(text) };
      await write(this.#file, kept);
      this.#put((this.#asked += 1), kept);
    });
  }

  onChange(listener: (account: Account) => void): void {
    this.#listeners.push(listener);
  }

  /** What became unusable lets nobody in. */
  async look(): Promise<void> {
    const asked = (this.#asked += 1);
    this.#put(asked, await read(this.#file).catch((): Hashes => ({})));
  }

  #put(asked: number, hashes: Hashes): void {
    if (asked < this.#told) return;
    this.#told = asked;
    const before = this.#hashes;
    this.#hashes = hashes;
    for (const account of ACCOUNTS) {
      if (before[account] === hashes[account]) continue;
      for (const listener of this.#listeners) listener(account);
    }
  }
}

/** Typed on different keyboards, the same characters may come as different code points. */
function normal(password: string): string {
  return password.normalize('NFKC');
}

function fits(text: string): boolean {
  const length = lengthOf(text);
  return length >= MIN_PASSWORD && length <= MAX_PASSWORD;
}

function lengthOf(text: string): number {
  return Array.from(text).length;
}

async function read(file: string): Promise<Hashes> {
  const text = await textOf(file);
  if (text === null) return {};
  const parsed = fileSchema.safeParse(json(text));
  if (parsed.success) return parsed.data.accounts;
  throw new ConfigError(
    'passwords_unusable',
    `${file} is no file of passwords of Ebb; it was left as it is`,
    {
      file,
      remedy: 'move it away, and set the passwords again with "ebb passwd" and "ebb passwd --mqtt"',
    },
  );
}

/** null: there is none. */
async function textOf(file: string): Promise<string | null> {
  let handle;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw unusable(file, messageOf(error), error);
  }
  try {
    const { mode, size } = await handle.stat();
    // Windows keeps no such bits.
    if (process.platform !== 'win32' && (mode & OTHERS) !== 0) {
      throw new ConfigError('passwords_unusable', `others may read or write ${file}; nothing was started`, {
        file,
        remedy: `chmod 600 ${file}, and set new passwords if somebody may have read it`,
      });
    }
    return size > MAX_FILE_BYTES ? '' : await handle.readFile('utf8');
  } catch (error) {
    throw error instanceof ConfigError ? error : unusable(file, messageOf(error), error);
  } finally {
    await handle.close();
  }
}

function unusable(file: string, why: string, cause: unknown): ConfigError {
  return new ConfigError('passwords_unusable', `${file} cannot be used: ${why}`, { file }, cause);
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A power cut leaves the old file or the new one, never half of one. */
async function write(file: string, accounts: Hashes): Promise<void> {
  const folder = dirname(file);
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify({ format: FORMAT, version: 1, accounts })}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    await syncFolder(folder);
  } catch (error) {
    await rm(temporary, { force: true });
    throw unusable(file, messageOf(error), error);
  }
}

async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open a folder for it.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
