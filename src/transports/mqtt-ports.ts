import type { Bus } from '../model/bus.ts';
import type { Port, PortFailure, PortOpened, Ports } from '../model/port.ts';

/**
 * The ports of other computers. A bridge there (docs/node-red.md) puts a port on topics, one line a message: what the
 * board says on `<topic>/rx`, what it is told on `<topic>/tx`, and on `<topic>/status`, retained, whether it is there.
 * Its path is `mqtt:<topic>`. A line that cannot go out now goes out never, as everything that opens water.
 */
const PREFIX = 'mqtt:';
/** A line from the board has at most 160 bytes. */
const MAX_LINE = 256;
const LF = '\n';
/** STOP, in the board's protocol: it waits for no end of a line. */
const STOP = '\u0018';

/** The topic of a port behind a bridge; null for a path of this computer. */
export function bridgedTopic(path: string): string | null {
  return path.startsWith(PREFIX) ? path.slice(PREFIX.length) : null;
}

interface Place {
  /** What the bridge said last of its port; null: nothing. */
  status: string | null;
  port: BridgedPort | null;
}

/** Ports behind a bridge, by their `mqtt:` paths; every other path is asked of the ports of this computer. */
export class MqttPorts implements Ports {
  readonly #bus: Bus;
  readonly #here: Ports;
  readonly #places = new Map<string, Place>();
  #linkUp = false;

  constructor(bus: Bus, here: Ports) {
    this.#bus = bus;
    this.#here = here;
    bus.onLink((up) => {
      this.#linkUp = up;
      if (up) return;
      for (const [topic, place] of this.#places) {
        // Nothing is known of the other side any more; the bridge says it anew.
        place.status = null;
        this.#lose(topic, place, 'the link to the broker is down');
      }
    });
    bus.onMessage(({ topic, payload, retained }) => {
      const [, base = '', part] = /^(.+)\/(rx|status)$/.exec(topic) ?? [];
      const place = this.#places.get(base);
      if (place === undefined) return;
      if (part === 'status') this.#told(base, place, payload);
      else if (!retained && payload.length <= MAX_LINE) place.port?.heard(`${payload}${LF}`);
    });
  }

  open(path: string, baudRate: number, done: (opened: PortOpened) => void): void {
    const topic = bridgedTopic(path);
    if (topic === null) {
      this.#here.open(path, baudRate, done);
      return;
    }
    const place = this.#placeOf(topic);
    // What the bridge keeps at the broker comes after the subscription.
    queueMicrotask(() => {
      done(this.#open(topic, place));
    });
  }

  #placeOf(topic: string): Place {
    const known = this.#places.get(topic);
    if (known !== undefined) return known;
    const place: Place = { status: null, port: null };
    this.#places.set(topic, place);
    this.#bus.subscribe([`${topic}/rx`, `${topic}/status`]);
    return place;
  }

  #open(topic: string, place: Place): PortOpened {
    const path = `${PREFIX}${topic}`;
    if (place.port !== null) return { failure: { problem: 'in_use', message: `${path} is open already` } };
    if (!this.#linkUp) return { failure: failureOf(topic, 'the link to the broker is down') };
    if (place.status === 'offline') return { failure: failureOf(topic, OFFLINE) };
    const port = new BridgedPort(
      (line) => {
        if (this.#linkUp) this.#bus.publish({ topic: `${topic}/tx`, payload: line, qos: 0 });
      },
      () => {
        if (place.port === port) place.port = null;
      },
    );
    place.port = port;
    return { port };
  }

  #told(topic: string, place: Place, word: string): void {
    place.status = word;
    if (word === 'offline') this.#lose(topic, place, OFFLINE);
  }

  #lose(topic: string, place: Place, why: string): void {
    const { port } = place;
    place.port = null;
    port?.gone(failureOf(topic, why));
  }
}

const OFFLINE = 'its bridge says that it is not there; look at the cable, and at Node-RED on that computer';

const failureOf = (topic: string, why: string): PortFailure => ({
  problem: 'gone',
  message: `${PREFIX}${topic}: ${why}`,
});

/** One port behind a bridge. */
class BridgedPort implements Port {
  readonly #send: (line: string) => void;
  readonly #closed: () => void;
  readonly #onData: ((bytes: Uint8Array) => void)[] = [];
  readonly #onClose: ((failure: PortFailure) => void)[] = [];
  #open = true;
  /** The beginning of a line whose end has not come. */
  #unsent = '';

  constructor(send: (line: string) => void, closed: () => void) {
    this.#send = send;
    this.#closed = closed;
  }

  write(bytes: Uint8Array): void {
    if (!this.#open) return;
    const lines = `${this.#unsent}${Buffer.from(bytes).toString('latin1')}`.split(LF);
    this.#unsent = lines.pop() ?? '';
    for (const line of lines) if (line !== '') this.#send(line);
    if (!this.#unsent.includes(STOP) && this.#unsent.length <= MAX_LINE) return;
    this.#send(this.#unsent);
    this.#unsent = '';
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.#onData.push(listener);
  }

  onClose(listener: (failure: PortFailure) => void): void {
    this.#onClose.push(listener);
  }

  close(done: () => void = () => undefined): void {
    this.#open = false;
    this.#closed();
    done();
  }

  heard(text: string): void {
    if (!this.#open) return;
    const bytes = Buffer.from(text, 'latin1');
    for (const listener of this.#onData) listener(bytes);
  }

  gone(failure: PortFailure): void {
    if (!this.#open) return;
    this.#open = false;
    for (const listener of this.#onClose) listener(failure);
  }
}
