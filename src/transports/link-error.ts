import { LinkError } from '../model/errors.ts';

/** Why a connection to a broker failed: `login` and `certificate` stay until somebody changes something. */
export interface Failure {
  readonly kind: 'login' | 'certificate' | 'way';
  /** In words; empty where nothing is known. */
  readonly reason: string;
}

export const NO_REASON: Failure = { kind: 'way', reason: '' };

/** CONNACK of MQTT 3.1.1: bad user name or password, not authorised; identifier rejected. */
const LOGIN_CODES: readonly unknown[] = [4, 5];
/** OpenSSL's names for what is wrong with a chain, and Node's for the name in it. */
const CERTIFICATE_CODES =
  /^(CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|PATH_LENGTH_|ERR_TLS_CERT_|ERR_SSL_CERT|ERROR_IN_CERT_)/;
const NOT_TLS_CODES =
  /^(EPROTO|ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|NO_PROTOCOLS_AVAILABLE|.*ALERT.*))$/;

/** What an error of a connection says. */
export function failureOf(error: Error & { readonly code?: unknown }): Failure {
  const { code } = error;
  const reason = textOf(error);
  if (LOGIN_CODES.includes(code)) return { kind: 'login', reason };
  if (typeof code !== 'string') return { kind: 'way', reason };
  if (CERTIFICATE_CODES.test(code)) return { kind: 'certificate', reason };
  if (NOT_TLS_CODES.test(code)) return { kind: 'way', reason: `${reason}; does it speak TLS on this port?` };
  return { kind: 'way', reason };
}

/** For whoever waits for the first connection: what failed, and which key of the config to look at. */
export function linkErrorOf({ kind, reason }: Failure, place: string): LinkError {
  const why = reason === '' ? '' : ` (${reason})`;
  switch (kind) {
    case 'login': {
      const message = `the MQTT broker at ${place} refused the login${why}; no valve was opened. Check mqtt.username and mqtt.password`;
      return new LinkError('broker_login', message, { url: place });
    }
    case 'certificate': {
      const message =
        `the certificate of the MQTT broker at ${place} was not accepted${why}; nothing was sent, and no valve was opened. ` +
        'Name the CA it comes from in mqtt.ca, and in mqtt.url the host as the certificate has it';
      return new LinkError('broker_certificate', message, { url: place });
    }
    case 'way': {
      const message =
        `no MQTT broker answers at ${place}${why}; no valve was opened. ` +
        'Check mqtt.url, and that the broker runs and can be reached from here';
      return new LinkError('broker_unreachable', message, { url: place });
    }
  }
}

function textOf(error: Error & { readonly code?: unknown }): string {
  // The texts of OpenSSL name its own source files and line numbers.
  if (error.message !== '')
    return error.message.replace(/^[0-9A-F]+:error:[^:]*:[^:]*:([^:]*):.*$/s, '$1').trim();
  // Node tries every address of a name and leaves the message of the sum empty.
  return typeof error.code === 'string' || typeof error.code === 'number' ? String(error.code) : error.name;
}
