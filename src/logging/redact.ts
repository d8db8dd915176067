import { z } from 'zod';

const SECRET_KEY = /passw(?:or)?d|passphrase|token|secret|authorization|cookie|api_?key|credential/i;
/** `scheme://user:password@host`, in any text. */
const URL_LOGIN = /([a-z][a-z0-9+.-]*:\/\/)[^\s/"'\\]+@/gi;
const HIDDEN = '[hidden]';

/**
 * Takes the secrets out of one log line of JSON, at whatever depth they are: works on what is about to be written,
 * so that no way of logging gets around it. Lines without anything suspicious, nearly all, pass as they are.
 */
export function redactLine(line: string): string {
  if (!SECRET_KEY.test(line) && !line.includes('@')) return line;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return line.replaceAll(URL_LOGIN, `$1${HIDDEN}@`);
  }
  return `${JSON.stringify(redact(value))}\n`;
}

const objectSchema = z.record(z.string(), z.unknown());

function redact(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(URL_LOGIN, `$1${HIDDEN}@`);
  if (Array.isArray(value)) return value.map(redact);
  const object = objectSchema.safeParse(value);
  if (!object.success) return value;
  return Object.fromEntries(
    Object.entries(object.data).map(([key, inner]) => [
      key,
      SECRET_KEY.test(key) && inner !== null && inner !== undefined ? HIDDEN : redact(inner),
    ]),
  );
}
