import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { messageOf } from '../model/errors.ts';
import type { DeviceSettings } from '../model/station.ts';
import type { Report } from './report.ts';
import type { ConfigInput } from './schema.ts';

/** How Ebb reaches a broker, or runs one. */
export interface BrokerSettings {
  /** null: Ebb runs one of its own. */
  readonly url: string | null;
  readonly username: string | null;
  readonly password: string | null;
  /** PEM: the certificates that the broker's must come from, in place of those of the system. */
  readonly ca: string | null;
  /** Where the embedded one listens. */
  readonly listen: { readonly host: string; readonly port: number };
}

/** All certificates of a system take less. */
const MAX_CA_BYTES = 512 * 1024;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const LOOPBACK = /^(127(\.\d{1,3}){3}|localhost|::1)$/;

/** What the file says of the broker, with its mistakes told. */
export function brokerOf(
  input: ConfigInput,
  dir: string,
  devices: readonly DeviceSettings[],
  report: Report,
): BrokerSettings {
  const { url, username, password, listen, ca } = input.mqtt ?? {};
  const settings: BrokerSettings = {
    url: url ?? null,
    username: username ?? null,
    password: password ?? null,
    ca: ca === undefined ? null : certificates(ca, url, dir, report),
    listen: listen ?? { host: '127.0.0.1', port: 1883 },
  };
  if (settings.url !== null) {
    if (listen !== undefined) {
      report.warn(
        ['mqtt', 'listen'],
        'unused',
        'with a url Ebb runs no broker of its own; `listen` has no effect',
      );
    }
  } else if (LOOPBACK.test(settings.listen.host)) warnOfLoopback(input, devices, report);
  return settings;
}

/** Every device reaches Ebb over a broker, but for those at a serial port of this computer, and its own desktop. */
function warnOfLoopback(input: ConfigInput, devices: readonly DeviceSettings[], report: Report): void {
  if (
    input.simulated === true ||
    devices.every(({ driver, options }) => driver === 'desktop' || hasPort(options))
  )
    return;
  const message =
    'the embedded broker listens on loopback, where devices on the network cannot reach it: set mqtt.url to a broker ' +
    'that both reach, or let Ebb listen with `listen: 0.0.0.0:1883` and "ebb passwd --mqtt" (or `simulated: true` for a simulation)';
  report.warn(['mqtt'], 'broker', message);
}

/** The certificates of a file; null where something is wrong with it, which is told. */
function certificates(name: string, url: string | undefined, dir: string, report: Report): string | null {
  const wrong = (code: 'invalid_value' | 'unknown_id', message: string): null => {
    report.error(['mqtt', 'ca'], code, message);
    return null;
  };
  if (url?.startsWith('mqtts://') !== true) {
    return wrong('invalid_value', 'only a broker with TLS has a certificate: it needs `url: mqtts://HOST`');
  }
  let text;
  try {
    const file = resolve(dir, name);
    const stat = statSync(file);
    if (!stat.isFile() || stat.size > MAX_CA_BYTES) {
      return wrong('invalid_value', `"${name}" is no file of certificates`);
    }
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const message = `the file "${name}" beside the config cannot be read (${messageOf(error)}); it is to hold the certificate of the CA, in PEM`;
    return wrong('unknown_id', message);
  }
  const found = text.match(CERTIFICATE) ?? [];
  if (found.length === 0 || !found.every(isCertificate)) {
    const key = /PRIVATE KEY/.test(text) ? ' (it holds a private key: keep that away from here)' : '';
    return wrong('invalid_value', `"${name}" holds no certificate in PEM (BEGIN CERTIFICATE)${key}`);
  }
  return found.join('\n');
}

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).raw.length > 0;
  } catch {
    return false;
  }
}

const hasPort = (options: unknown): boolean => portSchema.safeParse(options).success;
const portSchema = z.looseObject({ port: z.string().regex(/^(?!mqtt:)/) });
