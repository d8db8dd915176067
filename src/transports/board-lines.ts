import type { Timer } from '../clock/clock.ts';
import { KeptPort } from './kept-port.ts';
import { LineFramer } from './line-framer.ts';
import type { PortLink, PortLinkOptions } from './port-bus.ts';

const BAUD = 115_200;
/** A request has at most 96 bytes with its end. */
const MAX_REQUEST = 95;
/** Opening resets most boards, and a bootloader takes its second: so long for the first word of the firmware. */
const WAKE_MS = 2_000;
/** The board answers within 20 ms; the rest is for the computer. */
const ANSWER_MS = 250;
/** So many requests without an answer, and no answer for so long: nobody is there, whatever the port says. */
const DEAF_REQUESTS = 3;
const DEAF_MS = 2_000;
/** An open that waited so long is not what anybody wants now. It is dropped, and its driver asks what is. */
const STALE_OPEN_MS = 500;
const MAX_WAITING = 64;
/** Events are rare; what comes faster is noise that happens to look like one. */
const EVENTS = { each: 20, perMs: 100 };

interface Request {
  readonly seq: string;
  readonly verb: string;
  readonly valve: string;
  readonly line: string;
  readonly atMs: number;
}

/**
 * The wire to the valve board (docs/board-protocol.md): lines, one request at a time, and the watch over whether
 * anybody answers. It says nothing by itself: the board's link lease lives from what the drivers ask. A close waits for
 * nothing, and takes back the opens of its valve that wait.
 */
export class BoardLines implements PortLink {
  readonly #options: PortLinkOptions;
  readonly #port: KeptPort;
  readonly #framer: LineFramer;
  readonly #waiting: Request[] = [];
  #asked: Request | null = null;
  #answerBy: Timer | null = null;
  #wake: Timer | null = null;
  #up = false;
  #why: string | null = null;
  #unanswered = 0;
  #heardAtMs = 0;
  #events = { sinceMs: -Infinity, count: 0 };

  constructor(options: PortLinkOptions) {
    this.#options = options;
    this.#framer = new LineFramer((line) => {
      this.#line(line);
    });
    this.#port = new KeptPort({
      ...options,
      baudRate: BAUD,
      onOpen: () => {
        this.#opened();
      },
      onData: (bytes) => {
        this.#framer.take(bytes);
      },
      onDown: (why) => {
        this.#down(why);
      },
    });
  }

  /** One request, as its driver framed it. */
  send(line: string): void {
    const { clock, log, path } = this.#options;
    const [, seq, verb, valve = ''] = REQUEST.exec(line) ?? [];
    if (seq === undefined || verb === undefined || line.length > MAX_REQUEST) {
      log.error({ port: path, line: line.slice(0, 100) }, 'not sent: no request of the board');
      return;
    }
    if (!this.#up) return;
    const request: Request = { seq, verb, valve, line, atMs: clock.nowMs() };
    if (verb === 'CLOSE') {
      this.#forgetOpens(valve);
      this.#write(request);
      return;
    }
    if (this.#waiting.length >= MAX_WAITING) return;
    // Water before lights and figures.
    const behind = this.#waiting.findIndex((one) => !WATER.has(one.verb));
    if (WATER.has(verb) && behind >= 0) this.#waiting.splice(behind, 0, request);
    else this.#waiting.push(request);
    this.#next();
  }

  close(done: () => void): void {
    this.#rest();
    this.#up = false;
    this.#port.close(done);
  }

  #opened(): void {
    const { clock } = this.#options;
    this.#framer.reset();
    this.#wake = clock.at(clock.nowMs() + WAKE_MS, 'board wakes', () => {
      this.#awake();
    });
  }

  #awake(): void {
    this.#wake?.cancel();
    this.#wake = null;
    this.#unanswered = 0;
    this.#heardAtMs = this.#options.clock.nowMs();
    this.#framer.forgive();
    this.#up = true;
    this.#tell({ up: true });
  }

  #down(why: string): void {
    const news = this.#up || why !== this.#why;
    this.#rest();
    this.#up = false;
    this.#why = why;
    if (news) this.#tell({ up: false, why });
  }

  #rest(): void {
    this.#wake?.cancel();
    this.#answerBy?.cancel();
    this.#wake = this.#answerBy = this.#asked = null;
    this.#waiting.length = 0;
  }

  #tell(link: { readonly up: true } | { readonly up: false; readonly why: string }): void {
    this.#options.say('link', JSON.stringify(link));
  }

  #line(line: string): void {
    const seq = ANSWER.exec(line)?.[1];
    if (seq !== undefined && this.#up) {
      if (seq === this.#asked?.seq) this.#answered();
      else {
        // Answers to closes, or late ones: somebody is there.
        this.#unanswered = 0;
        this.#heardAtMs = this.#options.clock.nowMs();
      }
      this.#options.say('line', line);
      return;
    }
    if (!EVENT.test(line)) {
      this.#framer.strange(line);
      return;
    }
    if (!this.#up && line.startsWith('!boot ')) this.#awake();
    if (this.#up && this.#admits()) this.#options.say('line', line);
  }

  #admits(): boolean {
    const nowMs = this.#options.clock.nowMs();
    if (nowMs - this.#events.sinceMs >= EVENTS.perMs) this.#events = { sinceMs: nowMs, count: 0 };
    this.#events.count += 1;
    return this.#events.count <= EVENTS.each;
  }

  #answered(): void {
    this.#answerBy?.cancel();
    this.#answerBy = this.#asked = null;
    this.#unanswered = 0;
    this.#heardAtMs = this.#options.clock.nowMs();
    this.#why = null;
    this.#framer.forgive();
    this.#port.good();
    this.#next();
  }

  #next(): void {
    if (this.#asked !== null || !this.#up) return;
    const { clock } = this.#options;
    let request = this.#waiting.shift();
    while (request?.verb === 'OPEN' && clock.nowMs() - request.atMs > STALE_OPEN_MS)
      request = this.#waiting.shift();
    if (request === undefined) return;
    this.#asked = request;
    this.#answerBy = clock.at(clock.nowMs() + ANSWER_MS, 'board answers', () => {
      this.#unheard();
    });
    this.#write(request);
  }

  #unheard(): void {
    this.#answerBy = this.#asked = null;
    this.#unanswered += 1;
    const silentMs = this.#options.clock.nowMs() - this.#heardAtMs;
    if (this.#unanswered >= DEAF_REQUESTS && silentMs >= DEAF_MS) this.#port.fail(this.#whyDeaf());
    else this.#next();
  }

  #whyDeaf(): string {
    const { path } = this.#options;
    const { bytes, said } = this.#framer.noise;
    if (said !== null)
      return `${path}: no valve board answers, but something that says "${said.slice(0, 40)}"; flash the firmware of docs/board.md, or name another port`;
    if (bytes > 0)
      return `${path}: what comes is no text of a valve board; look for another firmware, another speed, or a bad cable`;
    return `${path}: nothing answers; look at the cable and the power, and whether the board has its firmware`;
  }

  #forgetOpens(valve: string): void {
    const kept = this.#waiting.filter(
      (one) => one.verb !== 'OPEN' || (valve !== 'ALL' && one.valve !== valve),
    );
    this.#waiting.splice(0, Infinity, ...kept);
  }

  #write({ line }: Request): void {
    this.#port.write(bytesOf(`${line}\n`));
  }
}

/** Of ASCII. A loop, since a board is asked some ten times a second. */
function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/** In the order in which they were asked: an open may need the clear before it. */
const WATER: ReadonlySet<string> = new Set(['OPEN', 'CLEAR']);
const REQUEST = /^@(\d{1,4}) ([A-Z]+)(?: (\d+|ALL))?[ 0-9]*\*[0-9A-Fa-f]{4}$/;
const ANSWER = /^@(\d{1,4}) (?:ok|err)\b.*\*[0-9A-F]{4}$/;
const EVENT = /^![a-z]+\b.*\*[0-9A-F]{4}$/;
