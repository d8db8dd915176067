import { stat } from 'node:fs/promises';
import type { Passwords } from '../auth/passwords.ts';
import type { Clock } from '../clock/clock.ts';
import type { Log } from '../model/log.ts';
import { formatDuration } from '../model/units.ts';
import { LoginLimit, Logins } from './logins.ts';
import { HttpProblem } from './problem.ts';

/** The login's id, HttpOnly: no script of a page ever sees it. */
export const COOKIE = 'ebb_login';

/** Who may come in where the address reaches beyond this computer: whoever knows the password. */
export class Door {
  readonly #passwords: Passwords;
  readonly #file: string;
  readonly #log: Log;
  readonly #logins: Logins;
  readonly #limit: LoginLimit;
  /** Of the file of the passwords, as last seen. null: not looked at yet. */
  #stamp: string | null = null;

  constructor(passwords: Passwords, file: string, clock: Clock, log: Log) {
    this.#log = log;
    this.#passwords = passwords;
    this.#file = file;
    this.#logins = new Logins(clock);
    this.#limit = new LoginLimit(clock);
  }

  /** Whether this login is one, as of a look at the file: a password that was changed ends every login. */
  async admits(id: string | undefined): Promise<boolean> {
    await this.#look();
    return this.#logins.use(id);
  }

  /** The same for whoever is in already and reads on; what the look finds counts the next time. */
  stillAdmits(id: string | undefined): boolean {
    void this.#look();
    return this.#logins.use(id);
  }

  /**
   * A new login, in place of the one that came with the request.
   * @throws HttpProblem too_many_requests, wrong_password; RefusedError login_busy
   */
  async login(password: string, address: string, before: string | undefined): Promise<string> {
    const waitMs = this.#limit.refuse(address);
    if (waitMs !== null) {
      const message = `too many passwords were tried; try again in ${formatDuration(waitMs)}. This one was not looked at`;
      throw new HttpProblem('too_many_requests', message, { retryAfterS: waitMs / 1_000 });
    }
    await this.#look();
    if (!(await this.#passwords.verify('http', password))) {
      this.#log.warn({ address }, 'somebody tried a wrong password');
      throw new HttpProblem('wrong_password', 'this is not the password of this controller');
    }
    this.#limit.succeeded(address);
    this.#log.info({ address }, 'somebody logged in');
    this.#logins.end(before);
    return this.#logins.begin();
  }

  logout(id: string | undefined): void {
    this.#logins.end(id);
  }

  async #look(): Promise<void> {
    const stamp = await stampOf(this.#file);
    if (stamp === this.#stamp) return;
    if (this.#stamp !== null) this.#logins.endAll();
    this.#stamp = stamp;
  }
}

/** Another process writes it anew, as another file. */
async function stampOf(file: string): Promise<string> {
  try {
    const { ino, mtimeMs, size } = await stat(file);
    return `${ino} ${mtimeMs} ${size}`;
  } catch {
    return 'none';
  }
}
