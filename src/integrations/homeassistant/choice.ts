import type { Controller } from '../../controller/index.ts';
import { Bucket } from '../../controller/bucket.ts';
import type { Bus, BusMessage } from '../../model/bus.ts';
import type { CommandError } from '../../model/command.ts';
import type { Log } from '../../model/log.ts';
import { messageOf } from '../../model/errors.ts';
import type { StationSettings } from '../../model/station.ts';
import { mayStart } from './entities.ts';
import type { Offered } from './entities.ts';
import { topicsOf } from './topics.ts';
import type { StationTopics } from './topics.ts';

/** Presses and choices of a person's finger; what comes faster is a mistake and is left out. */
const BUDGET = { burst: 10, perSecond: 2 };
/** The one word that the start button says. */
const PRESS = 'start';

export interface ChoiceParts {
  readonly bus: Pick<Bus, 'publish'>;
  readonly controller: Pick<Controller, 'command'>;
  readonly log: Log;
  /** What is chosen until somebody chooses. */
  readonly defaultProtocols: Readonly<Record<StationSettings['kind'], string>>;
}

/**
 * The protocol that the start button of Home Assistant starts, and that button. A select needs somebody who keeps its
 * choice: this does, for as long as Ebb runs. A restart chooses the default again, so that nobody starts what somebody
 * else chose last week.
 */
export class Choice {
  readonly #parts: ChoiceParts;
  readonly #offered: Offered;
  readonly #topics: StationTopics;
  readonly #budget = new Bucket(BUDGET);
  #chosen: string;

  constructor(offered: Offered, parts: ChoiceParts) {
    this.#offered = offered;
    this.#parts = parts;
    this.#topics = topicsOf(offered.settings.id);
    const { protocols } = offered;
    const fallback = protocols[0] ?? '';
    const usual = parts.defaultProtocols[offered.settings.kind];
    this.#chosen = protocols.includes(usual) ? usual : fallback;
  }

  /** What it listens to: nothing where MQTT may not start. */
  get filters(): readonly string[] {
    return mayStart(this.#offered) ? [this.#topics.choose, this.#topics.start] : [];
  }

  /** Says what is chosen, where there is something to choose. */
  tell(): void {
    if (!mayStart(this.#offered)) return;
    this.#parts.bus.publish({ topic: this.#topics.chosen, payload: this.#chosen, qos: 1, retain: true });
  }

  message(message: BusMessage, atMs: number): void {
    const { topic } = message;
    if (!this.filters.includes(topic)) return;
    if (!this.#budget.take(atMs)) {
      this.#parts.log.warn({ topic }, 'too many presses at once: left out');
      return;
    }
    if (message.retained) {
      const text = 'a retained command is never carried out; publish it without retain';
      this.#refuse({ command: PRESS, code: 'retained', message: text });
    } else if (topic === this.#topics.choose) {
      this.#choose(message.payload.trim());
    } else {
      this.#press(message.payload.trim());
    }
  }

  #choose(protocol: string): void {
    const { protocols } = this.#offered;
    if (protocols.includes(protocol)) {
      this.#chosen = protocol;
      this.tell();
      return;
    }
    const asked = protocol.slice(0, 64);
    const text = `there is no protocol "${asked}" to choose here; there are ${protocols.join(', ')}`;
    this.#refuse({ command: PRESS, code: 'unknown_protocol', message: text });
  }

  #press(payload: string): void {
    if (payload !== PRESS) {
      this.#refuse({
        command: PRESS,
        code: 'bad_command',
        message: `only the word "${PRESS}" is taken here`,
      });
      return;
    }
    const { controller, log } = this.#parts;
    const { id } = this.#offered.settings;
    controller
      .command(id, { command: 'start', protocol: this.#chosen }, 'mqtt')
      .then((error) => {
        if (error !== null) this.#refuse(error);
      })
      .catch((error: unknown) => {
        log.error({ station: id, error: messageOf(error) }, 'a start was not answered');
      });
  }

  #refuse(error: CommandError): void {
    this.#parts.bus.publish({ topic: this.#topics.error, payload: JSON.stringify(error), qos: 1 });
  }
}
