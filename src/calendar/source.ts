import type { Clock } from '../clock/clock.ts';
import { messageOf } from '../model/errors.ts';
import { SECOND_MS } from '../model/units.ts';

/** What a source had last, so that it need not be had again. */
export interface Had {
  readonly tag: string;
}

/** null: it is what it was. */
export type Got = { readonly text: string; readonly had: Had } | null;

/** A calendar of a person, with all that they ever did in it. */
export const MAX_BYTES = 20 * 1024 * 1024;
const MOST_MS = 20 * SECOND_MS;
const MAX_HOPS = 5;

/** A file, or an address; what is said of an address names its host alone: the rest of it may be a secret. */
export const isAddress = (from: string): boolean => /^https?:\/\//.test(from);
export const nameOf = (from: string): string => (isAddress(from) ? new URL(from).host : from);

/**
 * Asks for what has changed (`ETag`, else `Last-Modified`).
 * @throws Error with what is wrong, for people; never with the address
 */
export async function getAddress(
  address: string,
  had: Had | null,
  { clock, closing }: { readonly clock: Clock; readonly closing: AbortSignal },
): Promise<Got> {
  const patience = new AbortController();
  const late = clock.at(clock.nowMs() + MOST_MS, 'calendar', () => {
    patience.abort(new Error(`no answer within ${MOST_MS / SECOND_MS} s`));
  });
  try {
    const response = await ask(new URL(address), had, AbortSignal.any([patience.signal, closing]));
    if (response.status === 304) return null;
    if (!response.ok || response.body === null)
      throw new Error(`the server says ${response.status}${remedy(response.status)}`);
    const [etag, modified] = [response.headers.get('etag'), response.headers.get('last-modified')];
    const tag = etag === null ? (modified === null ? '' : `modified ${modified}`) : `etag ${etag}`;
    return { text: await textOf(response.body), had: { tag } };
  } catch (error) {
    throw new Error(causeOf(error), { cause: error });
  } finally {
    late.cancel();
  }
}

async function ask(first: URL, had: Had | null, signal: AbortSignal): Promise<Response> {
  let url = first;
  for (let hop = 0; hop <= MAX_HOPS; hop += 1) {
    const login = url.username === '' && url.password === '' ? null : `${url.username}:${url.password}`;
    const plain = new URL(url);
    plain.username = '';
    plain.password = '';
    const response = await fetch(plain, {
      signal,
      redirect: 'manual',
      headers: {
        accept: 'text/calendar, text/plain;q=0.5, */*;q=0.1',
        ...conditions(had),
        ...(login === null
          ? {}
          : { authorization: `Basic ${Buffer.from(decodeURIComponent(login)).toString('base64')}` }),
      },
    });
    const location = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || response.status === 304 || location === null)
      return response;
    await response.body?.cancel();
    const next = new URL(location, plain);
    if (next.protocol !== 'https:' && next.protocol !== url.protocol)
      throw new Error(`it leads on to ${next.protocol}//${next.host}, which is not as safe`);
    // A login is for the server that it was meant for.
    if (next.origin === plain.origin) [next.username, next.password] = [url.username, url.password];
    url = next;
  }
  throw new Error(`it leads on to others more than ${MAX_HOPS} times`);
}

function conditions(had: Had | null): Record<string, string> {
  const [kind, ...rest] = had?.tag.split(' ') ?? [];
  if (kind === 'etag') return { 'if-none-match': rest.join(' ') };
  return kind === 'modified' ? { 'if-modified-since': rest.join(' ') } : {};
}

async function textOf(bytes: AsyncIterable<unknown>): Promise<string> {
  const decoder = new TextDecoder();
  let [text, length] = ['', 0];
  for await (const chunk of bytes) {
    if (!(chunk instanceof Uint8Array)) continue;
    length += chunk.length;
    if (length > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES / 1024 / 1024} MB`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

const remedy = (status: number): string =>
  status === 401 || status === 403 || status === 404
    ? ': take the secret address of the calendar (iCal format) from its settings anew'
    : '';

/** `fetch failed` says nothing; what is behind it does. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.message === 'fetch failed' ? error.cause : error;
  if (cause instanceof AggregateError && cause.errors.length > 0) return messageOf(cause.errors[0]);
  return messageOf(cause);
}
