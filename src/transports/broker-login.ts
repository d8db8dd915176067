import { randomBytes, timingSafeEqual } from 'node:crypto';
import { Socket } from 'node:net';
import type { AedesOptions, Client } from 'aedes';
import type { Clock } from '../clock/clock.ts';
import { messageOf } from '../model/errors.ts';
import { ID_PATTERN } from '../model/ids.ts';
import type { Log } from '../model/log.ts';

/** The password of the embedded broker, as far as the broker needs to know it. */
export interface BrokerPassword {
  /** Whether one is set. */
  has(): boolean;
  /** @throws where too many wait to be checked */
  verify(password: string): Promise<boolean>;
  /** It was set, changed or taken away. */
  onChange(listener: () => void): void;
}

/** What the controller's own connection logs in with. It never leaves this process, and ends with it. */
export interface OwnLogin {
  readonly username: string;
  readonly password: string;
}

/** No id, so nobody else can be called so. */
const OWN_NAME = '$ebb';
const MAX_CLIENT_ID = 200;
const NOTHING_IN_IDS = /[+#\p{Cc}]/u;

/** As in CONNACK of MQTT 3.1.1. */
const IDENTIFIER_REJECTED = 2;
const BAD_USERNAME_OR_PASSWORD = 4;
const NOT_AUTHORIZED = 5;

type Authenticate = NonNullable<AedesOptions['authenticate']>;
type Answer = Parameters<Authenticate>[3];

/** Who may connect to a broker that the network reaches: the controller, and whoever knows the password. */
export class Door {
  readonly own: OwnLogin = { username: OWN_NAME, password: randomBytes(32).toString('base64url') };
  readonly #password: BrokerPassword;
  readonly #limit: TryLimit;
  readonly #log: Log;
  readonly #controllers = new WeakSet<Client>();
  /** Ids that the controller has used: another client of that id would end its connection. */
  readonly #ownIds = new Set<string>();
  readonly #guests = new Set<Client>();

  constructor(password: BrokerPassword, clock: Clock, log: Log) {
    this.#password = password;
    this.#limit = new TryLimit(clock);
    this.#log = log;
    password.onChange(() => {
      // They come back with the new one.
      for (const client of [...this.#guests]) client.close();
    });
  }

  /** Whether this is the controller's own connection. */
  isController(client: Client | null): boolean {
    return client !== null && this.#controllers.has(client);
  }

  readonly authenticate: Authenticate = (client, username, password, done) => {
    if (username === OWN_NAME) {
      this.#admitOwn(client, password, done);
      return;
    }
    const wrong = this.#wrongIds(client.id, username);
    if (wrong !== null) {
      this.#refuse(client, done, wrong, wrong.startsWith('user') ? NOT_AUTHORIZED : IDENTIFIER_REJECTED);
      return;
    }
    void this.#admit(client, password?.toString('utf8') ?? '', done);
  };

  #admitOwn(client: Client, password: Buffer | undefined, done: Answer): void {
    const [given, right] = [password ?? Buffer.alloc(0), Buffer.from(this.own.password)];
    if (given.length !== right.length || !timingSafeEqual(given, right)) {
      this.#refuse(client, done, 'user name', BAD_USERNAME_OR_PASSWORD);
      return;
    }
    this.#controllers.add(client);
    this.#ownIds.add(client.id);
    done(null, true);
  }

  /** What does not fit; null where all does. Wildcards in them have opened pattern ACLs of other brokers. */
  #wrongIds(clientId: string, username: string | undefined): string | null {
    if (username === undefined || !ID_PATTERN.test(username)) return 'user name';
    if (clientId.length > MAX_CLIENT_ID || NOTHING_IN_IDS.test(clientId)) return 'client id';
    return this.#ownIds.has(clientId) ? 'client id of the controller' : null;
  }

  async #admit(client: Client, password: string, done: Answer): Promise<void> {
    const from = addressOf(client);
    if (!this.#limit.begins(from)) {
      this.#refuse(client, done, 'too many logins', NOT_AUTHORIZED);
      return;
    }
    let right = false;
    try {
      right = await this.#password.verify(password);
    } catch (error) {
      this.#log.debug({ from, error: messageOf(error) }, 'a login was not looked at');
    }
    this.#limit.ends(from, right);
    if (!right) {
      this.#refuse(client, done, 'password', BAD_USERNAME_OR_PASSWORD);
      return;
    }
    if (!client.closed) {
      this.#guests.add(client);
      client.conn.once('close', () => this.#guests.delete(client));
    }
    done(null, true);
  }

  #refuse(client: Client, done: Answer, what: string, returnCode: number): void {
    const from = addressOf(client);
    // One line a minute and address: whoever guesses must not fill the log.
    if (this.#limit.mayLog(from)) {
      this.#log.warn({ from, client: client.id.slice(0, MAX_CLIENT_ID), what }, 'the broker refused a login');
    }
    done(Object.assign(new Error(`refused: ${what}`), { returnCode }), false);
  }
}

function addressOf(client: Client): string {
  return client.conn instanceof Socket ? (client.conn.remoteAddress ?? '') : '';
}

const FIRST_WAIT_MS = 500;
/** A device whose password was put right is back within this. */
const MAX_WAIT_MS = 10_000;
/** Logins of one address looked at at the same time; all devices of a house behind one bridge may come back at once. */
const MAX_AT_ONCE = 8;
const MAX_ADDRESSES = 1_000;
const LOG_MS = 60_000;

interface Tries {
  failures: number;
  under: number;
  untilMs: number;
  loggedMs: number;
}

/** Slows down whoever guesses, by address, before anything is hashed. */
class TryLimit {
  readonly #clock: Clock;
  /** The one seen longest ago first. */
  readonly #tries = new Map<string, Tries>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begins(from: string): boolean {
    const tries = this.#of(from);
    if (tries.under >= MAX_AT_ONCE || this.#clock.nowMs() < tries.untilMs) return false;
    tries.under += 1;
    return true;
  }

  ends(from: string, right: boolean): void {
    const tries = this.#of(from);
    tries.under = Math.max(0, tries.under - 1);
    tries.failures = right ? 0 : tries.failures + 1;
    const waitMs = right ? 0 : Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(tries.failures - 1, 10));
    tries.untilMs = this.#clock.nowMs() + waitMs;
  }

  mayLog(from: string): boolean {
    const tries = this.#of(from);
    if (this.#clock.nowMs() - tries.loggedMs < LOG_MS) return false;
    tries.loggedMs = this.#clock.nowMs();
    return true;
  }

  #of(from: string): Tries {
    const tries = this.#tries.get(from) ?? { failures: 0, under: 0, untilMs: -Infinity, loggedMs: -Infinity };
    this.#tries.delete(from);
    this.#tries.set(from, tries);
    for (const [oldest] of this.#tries) {
      if (this.#tries.size <= MAX_ADDRESSES) break;
      this.#tries.delete(oldest);
    }
    return tries;
  }
}
