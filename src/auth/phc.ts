import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * A password as it is kept: argon2id in the PHC string format, parameters and salt beside the hash, so that they can
 * be raised later without a password being lost. 19 MiB, 2 passes, 1 lane: the OWASP password storage minimum.
 */
const MEMORY_KIB = 19_456;
const PASSES = 2;
const LANES = 1;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** Argon2 1.3, the only version node:crypto has. */
const VERSION = 19;

/** Dearer ones in a file are not computed: somebody may want this computer busy. */
const MAX_MEMORY_KIB = 262_144;
const MAX_PASSES = 10;
const MAX_LANES = 4;

const PHC =
  /^\$argon2id\$v=(?<version>\d{1,3})\$m=(?<memory>\d{1,7}),t=(?<passes>\d{1,3}),p=(?<lanes>\d{1,3})\$(?<salt>[A-Za-z0-9+/]{11,86})\$(?<hash>[A-Za-z0-9+/]{22,86})$/;

interface Hashed {
  readonly memoryKib: number;
  readonly passes: number;
  readonly lanes: number;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** Whether this is a hash that `matches` can check. */
export function isHash(text: string): boolean {
  return parse(text) !== null;
}

/** About 30 ms on a thread of Node's pool; the event loop goes on meanwhile. */
export async function hashOf(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const made = { memoryKib: MEMORY_KIB, passes: PASSES, lanes: LANES, salt };
  const hash = await derive(password, made, HASH_BYTES);
  return `$argon2id$v=${VERSION}$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${base64(salt)}$${base64(hash)}`;
}

/** Compares in constant time. False where the text is no hash. */
export async function matches(password: string, text: string): Promise<boolean> {
  const kept = parse(text);
  return kept !== null && timingSafeEqual(await derive(password, kept, kept.hash.length), kept.hash);
}

function parse(text: string): Hashed | null {
  const groups = PHC.exec(text)?.groups;
  if (groups === undefined) return null;
  const number = (name: string): number => Number(groups[name]);
  const [memoryKib, passes, lanes] = [number('memory'), number('passes'), number('lanes')];
  const affordable =
    memoryKib >= 8 * lanes &&
    memoryKib <= MAX_MEMORY_KIB &&
    passes >= 1 &&
    passes <= MAX_PASSES &&
    lanes >= 1 &&
    lanes <= MAX_LANES;
  if (number('version') !== VERSION || !affordable) return null;
  const [salt, hash] = [groups['salt'] ?? '', groups['hash'] ?? ''].map((part) =>
    Buffer.from(part, 'base64'),
  );
  return salt === undefined || hash === undefined ? null : { memoryKib, passes, lanes, salt, hash };
}

function derive(
  password: string,
  { memoryKib, passes, lanes, salt }: Omit<Hashed, 'hash'>,
  tagLength: number,
): Promise<Buffer> {
  const parameters = {
    message: password,
    nonce: salt,
    memory: memoryKib,
    passes,
    parallelism: lanes,
    tagLength,
  };
  return new Promise((resolve, reject) => {
    argon2('argon2id', parameters, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

/** The PHC format leaves the padding out. */
function base64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}
