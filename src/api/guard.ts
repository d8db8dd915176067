import { BlockList, isIP } from 'node:net';
import type { Socket } from 'node:net';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Source } from '../model/command.ts';

/*
 * Who may ask at all. A browser reaches loopback too: a page of another site could send commands, and a name that
 * points here (DNS rebinding) would make that page one of ours. So the name a request was sent to must be one of this
 * controller, and what changes something must come from its own page or from no page at all.
 */

const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');
/** An IPv4 address as a socket that listens on both shows it. */
loopback.addSubnet('::ffff:127.0.0.0', 104, 'ipv6');

/** What a request says of where it came from. */
export interface Asked {
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[];
  readonly headers: IncomingHttpHeaders;
  readonly httpVersion: string;
  readonly remoteAddress: string | undefined;
  /** The address of this computer that it arrived at. */
  readonly localAddress: string | undefined;
  readonly localPort: number | undefined;
}

/** The part of a request that counts here. */
export function askedOf({
  headers,
  raw,
  socket,
}: {
  readonly raw: Pick<IncomingMessage, 'rawHeaders' | 'httpVersion'>;
  readonly headers: IncomingHttpHeaders;
  readonly socket: Pick<Socket, 'remoteAddress' | 'localAddress' | 'localPort'>;
}): Asked {
  const { remoteAddress, localAddress, localPort } = socket;
  const { rawHeaders, httpVersion } = raw;
  return { headers, rawHeaders, httpVersion, remoteAddress, localAddress, localPort };
}

export function isLoopback(address: string | undefined): boolean {
  if (address === undefined) return false;
  const version = isIP(address);
  return version !== 0 && loopback.check(address, version === 4 ? 'ipv4' : 'ipv6');
}

/**
 * Whether the `Host` is one of ours: a loopback name or the address the request arrived at, with the port that is
 * listened on; or one of `hosts` (names of the config, lower-case), with any port, since something may map it.
 */
export function isOwnHost(
  { headers, rawHeaders, localAddress, localPort }: Asked,
  hosts: ReadonlySet<string>,
): boolean {
  // Of two, a proxy might have looked at the other one.
  if (rawHeaders.filter((name, index) => index % 2 === 0 && /^host$/i.test(name)).length > 1) return false;
  const host = splitHost(headers.host);
  if (host === null) return false;
  if (hosts.has(host.name)) return true;
  if ((host.port ?? 80) !== localPort) return false;
  return LOOPBACK_NAMES.has(host.name) || isSameAddress(host.name, localAddress);
}

function splitHost(text: string | undefined): { name: string; port: number | null } | null {
  const groups = /^(?<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:(?<port>\d{1,5}))?$/i.exec(text ?? '')?.groups;
  const name = groups?.['name']?.toLowerCase();
  if (name === undefined) return null;
  const port = groups?.['port'];
  return { name, port: port === undefined ? null : Number(port) };
}

function isSameAddress(name: string, address: string | undefined): boolean {
  const bare = name.replace(/^\[|\]$/g, '');
  return isIP(bare) !== 0 && address?.replace(/^::ffff:(?=\d+\.)/, '') === bare;
}

/** Whether it comes from a page of this controller, or from no page: browsers name the page they act for. */
export function isOwnOrigin({ headers }: Pick<Asked, 'headers'>): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  const { origin, host } = headers;
  if (origin === undefined) return true;
  // The host is one of ours already; over a proxy with TLS the scheme may differ, and says nothing of who asks.
  return (
    /^https?:\/\//.test(origin) && origin.replace(/^https?:\/\//, '').toLowerCase() === host?.toLowerCase()
  );
}

/**
 * Headers that proxies and tunnels set and browsers do not: Forwarded and Via (RFC 7239, 9110), whatever names the
 * address of a client (X-Real-IP, X-Client-IP, True-Client-IP …), and those of Cloudflare, Fly, Tailscale and Envoy.
 */
const OF_A_PROXY = /^(via|cdn-loop|(cf|fly|tailscale|x-original|x-envoy)-.*|.*forwarded.*|.*-ip)$/;

/**
 * `page` counts as being at the station, so only a request of this very computer, sent to it by name and through
 * nobody, is one.
 */
export function sourceOf(asked: Asked): Extract<Source, 'page' | 'http'> {
  const name = splitHost(asked.headers.host)?.name ?? '';
  return isLoopback(asked.remoteAddress) && LOOPBACK_NAMES.has(name) && !wasHandedOn(asked) ? 'page' : 'http';
}

/** Every browser speaks 1.1; what speaks less is a proxy, nginx without further settings among them. */
function wasHandedOn({ headers, httpVersion }: Asked): boolean {
  return Number(httpVersion) < 1.1 || Object.keys(headers).some((name) => OF_A_PROXY.test(name));
}
