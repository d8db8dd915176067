import type { Bus, BusOptions } from '../model/bus.ts';
import type { Plug } from '../model/port.ts';

const LF = '\n';

/**
 * The other end of a port of another computer (`mqtt-ports.ts`): a simulated board and the bridge that it would hang on,
 * in one. The bridge has the port open while it has the broker.
 */
export class MqttPlug implements Plug {
  readonly #bus: Bus;
  readonly #topic: string;
  readonly #onData: ((bytes: Uint8Array) => void)[] = [];
  readonly #onOpen: ((open: boolean) => void)[] = [];
  #open = false;
  #pulled = false;
  /** The beginning of a line whose end has not come. */
  #unsent = '';

  constructor(topic: string, connect: (options: BusOptions) => Bus) {
    this.#topic = topic;
    const will = { topic: `${topic}/status`, payload: 'offline', retain: true };
    this.#bus = connect({ clientId: `bridge-${topic.replaceAll('/', '-')}`, will });
    this.#bus.subscribe([`${topic}/tx`]);
    this.#bus.onMessage(({ topic: from, payload, retained }) => {
      if (from !== `${topic}/tx` || retained || !this.#open) return;
      const bytes = Buffer.from(`${payload}${LF}`, 'latin1');
      for (const listener of this.#onData) listener(bytes);
    });
    this.#bus.onLink((up) => {
      if (this.#pulled) return;
      if (up) this.#say('status', 'online', true);
      this.#open = up;
      this.#unsent = '';
      for (const listener of this.#onOpen) listener(up);
    });
  }

  write(bytes: Uint8Array): void {
    if (!this.#open) return;
    const lines = `${this.#unsent}${Buffer.from(bytes).toString('latin1')}`.split(LF);
    this.#unsent = lines.pop() ?? '';
    for (const line of lines) if (line !== '') this.#say('rx', line, false);
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.#onData.push(listener);
  }

  onOpen(listener: (open: boolean) => void): void {
    this.#onOpen.push(listener);
  }

  /** One that goes unnoticed leaves a bridge that has its port open still, and hears nothing. */
  unplug({ noticed } = { noticed: true }): void {
    this.#pulled = true;
    this.#open = false;
    if (noticed) void this.close();
  }

  /** The bridge ends. */
  close(): Promise<void> {
    this.#pulled = true;
    this.#open = false;
    this.#say('status', 'offline', true);
    return this.#bus.close();
  }

  #say(part: string, payload: string, retain: boolean): void {
    this.#bus.publish({ topic: `${this.#topic}/${part}`, payload, qos: retain ? 1 : 0, retain });
  }
}
