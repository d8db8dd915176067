import type { IClientOptions, MqttClient } from 'mqtt';
import type { Clock, Timer } from '../clock/clock.ts';
import { freshSeed, Random } from '../random/random.ts';

export interface OwnerOptions {
  readonly topic: string;
  /** Names this run of the client. */
  readonly name: string;
}

/**
 * A broker that lets a second client in under the same id throws the first one out, and MQTT 3.1.1 does not say why. If
 * both came back at once they would throw each other out for ever. So each run of the client has a name, which it says
 * retained on `topic` when it is up, and again to whoever asks on `topic/ask`; and a client that was thrown out first
 * looks, under another id, whether somebody else answers.
 */
export class Ownership {
  readonly #options: OwnerOptions;
  readonly #clientId: string;
  readonly #clock: Clock;
  #answeredMs = -Infinity;
  #answer: Timer | null = null;
  #look: { cancel(): void } | null = null;

  constructor(options: OwnerOptions, clientId: string, clock: Clock) {
    this.#options = options;
    this.#clientId = clientId;
    this.#clock = clock;
  }

  /** To be subscribed to: the question who has the id. */
  get question(): string {
    return `${this.#options.topic}/ask`;
  }

  /** Up: whoever looks from now on finds this name. */
  claim(client: MqttClient): void {
    this.#answeredMs = this.#clock.nowMs();
    client.publish(this.#options.topic, this.#options.name, { qos: 1, retain: true });
  }

  /** Somebody asked. Everybody who did hears the same answer, so a flood of questions is one question. */
  answer(client: MqttClient): void {
    const atMs = Math.max(this.#clock.nowMs(), this.#answeredMs + ANSWER_EVERY_MS);
    this.#answer ??= this.#clock.at(atMs, 'owner answer', () => {
      this.#answer = null;
      if (client.connected) this.claim(client);
    });
  }

  /** After a loss: who has the id? `open` makes a connection. */
  look(open: (options: Pick<IClientOptions, 'clientId'>) => MqttClient): Promise<Look> {
    const word = new Random(freshSeed(), 'owner-look').word(8);
    const look = lookForOwner(
      this.#options,
      open({ clientId: `${this.#clientId}-look-${word}` }),
      this.#clock,
    );
    this.#look = look;
    return look.done;
  }

  close(): void {
    this.#answer?.cancel();
    this.#look?.cancel();
  }
}

/** Whoever asks who has the id is answered no more often. */
const ANSWER_EVERY_MS = 100;
/** How long an answer is waited for: from nobody in particular, and from the one that the broker remembers. */
const NOBODY_MS = 250;
const ANSWER_MS = 2_000;
/** How long the look as a whole may take. */
const LOOK_MS = 8_000;

export type Look =
  /** Somebody else is up under the id, alive: it answered just now. */
  | 'taken'
  | 'free'
  /** The broker does not answer. */
  | 'unreachable';

/** Never rejects. Ends the connection it is given. */
function lookForOwner(
  owner: OwnerOptions,
  client: MqttClient,
  clock: Clock,
): { readonly done: Promise<Look>; cancel(): void } {
  let finish: (look: Look) => void = () => undefined;
  const done = new Promise<Look>((resolve) => {
    const startMs = clock.nowMs();
    let timer = clock.at(startMs + LOOK_MS, 'owner look', () => {
      finish('unreachable');
    });
    const waitFor = (ms: number): void => {
      timer.cancel();
      timer = clock.at(Math.min(clock.nowMs() + ms, startMs + LOOK_MS), 'owner answer', () => {
        finish('free');
      });
    };
    finish = (look): void => {
      timer.cancel();
      client.removeAllListeners();
      client.on('error', () => undefined);
      client.end(true);
      resolve(look);
    };
    client.on('error', () => undefined);
    client.once('close', () => {
      finish('unreachable');
    });
    client.on('message', (_topic, payload, { retain }) => {
      if (payload.toString('utf8') === owner.name) return;
      // A name that lies at the broker may be that of a run which is over: only an answer counts.
      if (retain) waitFor(ANSWER_MS);
      else finish('taken');
    });
    client.once('connect', () => {
      client.subscribe(owner.topic, { qos: 1 }, (error) => {
        if (error) {
          // A broker that forbids the question cannot be asked; then the id is taken back as ever.
          finish('free');
          return;
        }
        waitFor(NOBODY_MS);
        client.publish(`${owner.topic}/ask`, '', { qos: 1 });
      });
    });
  });
  return {
    done,
    cancel: () => {
      finish('free');
    },
  };
}
