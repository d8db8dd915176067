import { z } from 'zod';
import { parseJson } from '../support.ts';

/** The reference tokens of a JSON Pointer; null: no pointer, so the payload is the bare value. */
export type Pointer = readonly string[] | null;

const MAX_TOKENS = 16;

/** RFC 6901: `/water/temp`, with `~1` for `/` and `~0` for `~` within a name. The empty one is the whole document. */
export const pointerSchema = z
  .string()
  .max(200)
  .regex(
    /^(\/([^/~]|~[01])*)*$/,
    'a JSON Pointer begins with / and separates names with it, such as /water/temp; within a name ~1 is / and ~0 is ~',
  )
  .refine(
    (text) => text.split('/').length <= MAX_TOKENS + 1,
    `a JSON Pointer of ${MAX_TOKENS} names at most`,
  );

export function parsePointer(text: string | undefined): Pointer {
  if (text === undefined) return null;
  // `~1` first: `~01` is the name `~1` (RFC 6901, section 4).
  return text
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/**
 * The value that the tokens lead to, or undefined where there is none. Own members only: a message names its keys
 * itself, and `__proto__` or `length` are not among them.
 */
export function valueAt(document: unknown, tokens: readonly string[]): unknown {
  let value = document;
  for (const token of tokens) {
    if (typeof value !== 'object' || value === null) return undefined;
    const index = /^(0|[1-9]\d{0,8})$/.test(token);
    if ((Array.isArray(value) && !index) || !Object.hasOwn(value, token)) return undefined;
    value = Reflect.get(value, token);
  }
  return value;
}

/** What a payload says at a pointer: undefined where that is not in it, null where it cannot be read at all. */
export function readAt(payload: string, pointer: Pointer): unknown {
  if (pointer === null) return payload.trim();
  const document = parseJson(payload, z.unknown());
  return document === null ? null : valueAt(document, pointer);
}
