import type { Clock } from '../../clock/clock.ts';
import { ConfigError, messageOf } from '../../model/errors.ts';
import type { LinkError } from '../../model/errors.ts';
import { presenceTopic } from '../../model/presence.ts';
import type { PresenceWord } from '../../model/presence.ts';
import { SECOND_MS } from '../../model/units.ts';
import { connectMqtt } from '../../transports/mqtt.ts';

/** The way to Ebb. */
export interface Teller {
  /** Said now, or lost: it is said again soon. */
  tell(word: PresenceWord): void;
  /** Says that nobody knows any more, and hangs up. */
  close(): Promise<void>;
}

export interface TellerOptions {
  readonly name: string;
  readonly username: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Ebb is there, or there again: it is to be told what is. */
  readonly ready: () => void;
  /** What went wrong, and is tried again. */
  readonly trouble: (message: string) => void;
  /** What will not get better by trying again. */
  readonly hopeless: (error: ConfigError | LinkError) => void;
}

const GONE: PresenceWord = { present: null, why: 'gone' };

/** Over the broker of Ebb. Its last will tells of a helper that died. */
export function overMqtt(url: string, options: TellerOptions): Teller {
  const { name, username, env, clock } = options;
  const topic = presenceTopic(name);
  const password = env['EBB_MQTT_PASSWORD'];
  const bus = connectMqtt({
    ...{ url, clock, clientId: `ebb-presence-${name}` },
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    will: { topic, payload: JSON.stringify(GONE), retain: false },
  });
  bus.onError((error) => {
    if (error.code === 'broker_unreachable') options.trouble(error.message);
    else options.hopeless(error);
  });
  bus.onLink((up) => {
    if (up) options.ready();
  });
  const tell = (word: PresenceWord): void => {
    bus.publish({ topic, payload: JSON.stringify(word), qos: 1 });
  };
  return {
    tell,
    close: () => {
      tell(GONE);
      return bus.close();
    },
  };
}

/** An answer takes no longer. */
const PATIENCE_MS = 5 * SECOND_MS;

/** Over HTTP. A helper that dies says nothing; Ebb believes its last word for 90 s. */
export function overHttp(url: string, options: TellerOptions): Teller {
  const { name, env, clock } = options;
  const password = env['EBB_PASSWORD'];
  let [cookie, told] = ['', ''];
  const post = async (path: string, body: object): Promise<Response> => {
    const patience = new AbortController();
    const late = clock.at(clock.nowMs() + PATIENCE_MS, 'presence', () => {
      patience.abort(new Error(`no answer within ${PATIENCE_MS / SECOND_MS} s`));
    });
    try {
      return await fetch(new URL(path, url), {
        method: 'POST',
        // A login is for the address that was named.
        redirect: 'error',
        headers: { 'content-type': 'application/json', ...(cookie === '' ? {} : { cookie }) },
        body: JSON.stringify(body),
        signal: patience.signal,
      });
    } finally {
      late.cancel();
    }
  };
  const logIn = async (): Promise<void> => {
    if (password === undefined) {
      const message = `${url} asks for the password of the page`;
      throw new ConfigError('password_missing', message, { remedy: 'put it into EBB_PASSWORD' });
    }
    const { ok, status, headers } = await post('/api/v1/login', { password });
    if (!ok) throw new Error(`the login was refused (${status})`);
    cookie = headers
      .getSetCookie()
      .map((one) => one.split(';')[0] ?? '')
      .join('; ');
  };
  const say = async (word: PresenceWord): Promise<void> => {
    const path = `/api/v1/presence/${name}`;
    let response = await post(path, word);
    if (response.status === 401) {
      await logIn();
      response = await post(path, word);
    }
    if (!response.ok) throw new Error(await whyOf(response));
    told = '';
  };
  const tell = (word: PresenceWord): void => {
    say(word).catch((error: unknown) => {
      if (error instanceof ConfigError) options.hopeless(error);
      const why = `${url} was not told: ${causeOf(error)}`;
      // Once for each reason.
      if (why !== told) options.trouble(why);
      told = why;
    });
  };
  options.ready();
  return { tell, close: () => say(GONE).catch(() => undefined) };
}

async function whyOf(response: Response): Promise<string> {
  const text = await response.text();
  return `${response.status} ${/"message":"([^"]{1,300})"/.exec(text)?.[1] ?? ''}`.trim();
}

const causeOf = (error: unknown): string =>
  messageOf(error instanceof Error && error.cause !== undefined ? error.cause : error);
