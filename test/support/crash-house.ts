import { join } from 'node:path';
import { SystemClock } from '../../src/clock/system.ts';
import { openHistory, type HistoryReader, type StoredRecord } from '../../src/journal/index.ts';
import { shownSchema, points, SHORT_CONTRAST } from './crash-script.ts';
import type { Act, Script, Shown } from './crash-script.ts';
import { DIALECTS, type DialectName } from './dialects.ts';
import { openEveryday, type Everyday } from './everyday.ts';
import { startMosquitto } from './mosquitto.ts';
import type { Child } from './process.ts';
import { until } from './until.ts';

const real = new SystemClock();
/** How often the journal is looked at for the next kill point, and how long between two starts that are refused. */
const LOOK_MS = 1;
const AGAIN_MS = 250;
const AT_REST: ReadonlySet<string> = new Set(['idle', 'complete', 'stopped', 'aborted']);
/** A command that was sent is carried out by then, simulated milliseconds. */
const ON_ITS_WAY_MS = 2_500;

/** What a clear of the time before left is not of this session. */
function fromStart(records: readonly StoredRecord[]): readonly StoredRecord[] {
  const from = records.findIndex(({ type }) => type === 'start');
  return from < 0 ? [] : records.slice(from);
}

/** The script was disturbed by a host that stood still: what was seen is no answer. */
export class Disturbed extends Error {}

/** A bathroom whose controller and broker can be killed again and again; seen from outside only. */
export class CrashHouse {
  readonly everyday: Everyday;
  readonly #dialect;
  #broker: { readonly port: number; signal(name: NodeJS.Signals): void; stop(): Promise<void> };
  #serve: Child | null = null;
  #page = '';
  #history: HistoryReader | null = null;
  /** Where the messages of this run of the controller begin. */
  #from = 0;

  private constructor(everyday: Everyday) {
    this.everyday = everyday;
    this.#broker = everyday.broker;
    this.#dialect = DIALECTS[everyday.name];
  }

  static async open(name: DialectName, speed: number): Promise<CrashHouse> {
    return new CrashHouse(await openEveryday(name, speed, { protocol: SHORT_CONTRAST }));
  }

  get nowRealMs(): number {
    return real.nowMs();
  }

  get seenCount(): number {
    return this.everyday.tap.seen.length;
  }

  /** Starts the controller; resolves once it writes its journal. The broker must be up. */
  async serve(): Promise<void> {
    this.#from = this.seenCount;
    const { everyday } = this;
    this.#serve = everyday.run(['serve', '--speed', String(everyday.speed)]);
    await this.#serve.waitFor(/ebb serves/);
    this.#reopen();
  }

  /** The same, and what is on its way to the page: commands may be sent. */
  async serveWithPage(): Promise<void> {
    await this.serve();
    await this.#serve?.waitFor(/http:\/\/\S+/);
    this.#page = /http:\/\/[^\s/]+/.exec(this.#serve?.out() ?? '')?.[0] ?? '';
  }

  /** The controller is gone at once; resolves when it truly is. */
  async killController(): Promise<void> {
    this.#serve?.kill('SIGKILL');
    this.#history?.close();
    this.#history = null;
    await this.#serve?.exit;
  }

  killBroker(): void {
    this.#broker.signal('SIGKILL');
  }

  async restartBroker(): Promise<void> {
    const { port } = this.#broker;
    await this.#broker.stop();
    this.#broker = await startMosquitto({ port });
  }

  async close(): Promise<void> {
    this.#history?.close();
    this.#serve?.kill('SIGTERM');
    await this.#serve?.exit;
    await this.everyday.close();
    await this.#broker.stop();
  }

  records(afterSeq = 0): readonly StoredRecord[] {
    return this.#history?.records({ afterSeq, limit: 10_000 }) ?? [];
  }

  /** What the journal has now, with a reader of its own. */
  allRecords(): readonly StoredRecord[] {
    this.#reopen();
    return this.records();
  }

  lastSeq(): number {
    return this.#history?.records({ limit: 1 }).at(-1)?.seq ?? 0;
  }

  /** As last told by this run of the controller. */
  shown(): Shown | null {
    const { seen } = this.everyday.tap;
    for (let index = seen.length - 1; index >= this.#from; index -= 1) {
      const message = seen[index];
      if (message?.topic === 'ebb/foot-bath/state' && message.payload !== '')
        return shownSchema.parse(JSON.parse(message.payload));
    }
    return null;
  }

  /**
   * Starts a session and does to it what the script says, until the n-th record that counts is in the journal, or the
   * script is over. Resolves with what the journal had then.
   */
  async play(script: Script, n: number): Promise<readonly StoredRecord[]> {
    const base = this.lastSeq();
    await this.startSession();
    let next = 0;
    let busy = false;
    let sinceMs: number | null = null;
    let records: readonly StoredRecord[] = [];
    await this.#each(LOOK_MS, () => {
      records = fromStart(this.records(base));
      const odd = records.find(
        ({ type, body }) => type === 'trip' && !script.trips.some((one) => one === body['detector']),
      );
      if (odd !== undefined) throw new Disturbed(`a trip at no fault: ${JSON.stringify(odd.body)}`);
      if (points(records).length >= n) return true;
      if (script.over(records)) {
        if (script.fits(records)) return true;
        throw new Disturbed('the session ended otherwise than it should');
      }
      const shown = this.shown();
      const act = script.acts[next];
      if (act === undefined || shown === null || busy || !act.when(shown, records)) return false;
      sinceMs ??= real.nowMs();
      if ((real.nowMs() - sinceMs) * this.everyday.speed < (act.heldMs ?? 0)) return false;
      busy = true;
      next += 1;
      sinceMs = null;
      void this.#act(act).finally(() => {
        busy = false;
      });
      return false;
    });
    return records;
  }

  /** Whatever runs is stopped, and over. */
  async rest(): Promise<void> {
    await this.#post({ command: 'stop' });
    const over = (): boolean => AT_REST.has(this.shown()?.state ?? '') && !this.isOpen();
    await until('the session that was disturbed is over', over, 60_000);
    await this.pass(ON_ITS_WAY_MS);
  }

  /** Starts the short contrast, clearing what waits for a clear. */
  async startSession(): Promise<void> {
    const endMs = real.nowMs() + 120_000;
    for (;;) {
      const answer = await this.#post({ command: 'start', protocol: 'short-contrast' });
      if (answer.status === 202) return;
      const shown = this.shown();
      if (real.nowMs() > endMs)
        throw new Error(`no start was taken: ${answer.text}; it shows ${JSON.stringify(shown)}`);
      if ((shown?.fault ?? null) !== null || shown?.state === 'aborted')
        await this.#post({ command: 'clear' });
      await new Promise<void>((resolve) => real.at(real.nowMs() + AGAIN_MS, 'again', resolve));
    }
  }

  /**
   * How long after a moment the last valve was shut: real milliseconds, times the speed, and so never less than the
   * simulated time that passed. What was on its way may still open one; null where none was open by then.
   */
  async shutAfterMs(sinceRealMs: number): Promise<number | null> {
    const { everyday } = this;
    const passedMs = (): number => (real.nowMs() - sinceRealMs) * everyday.speed;
    let wasOpen = this.isOpen();
    await until(
      'nothing is on its way any more',
      () => {
        wasOpen ||= this.isOpen();
        return wasOpen || passedMs() > ON_ITS_WAY_MS;
      },
      45_000,
    );
    if (!wasOpen) return null;
    await until('every valve shut', () => !this.isOpen(), 45_000);
    return Math.round(passedMs());
  }

  isOpen(): boolean {
    return this.everyday.openings().some(({ closedAtMs }) => closedAtMs === null);
  }

  async pass(simulatedMs: number): Promise<void> {
    const { speed } = this.everyday;
    await new Promise<void>((resolve) => real.at(real.nowMs() + simulatedMs / speed, 'pass', resolve));
  }

  /** What was said to valves from a message on, in order. */
  moves(from: number): readonly ('open' | 'close')[] {
    return this.everyday.tap.seen.slice(from).flatMap((message) => {
      if (this.#dialect.opens(message) !== null) return ['open' as const];
      return this.#dialect.closes(message) === null ? [] : ['close' as const];
    });
  }

  /** Opens on the wire that are no renewals: the valve was told to close since, or was never told anything. */
  freshOpens(from: number): number {
    const open = new Set<string>();
    let count = 0;
    for (const message of this.everyday.tap.seen.slice(from)) {
      const opens = this.#dialect.opens(message);
      const closes = this.#dialect.closes(message);
      if (closes !== null) open.delete(closes);
      if (opens === null || open.has(opens.valve)) continue;
      open.add(opens.valve);
      count += 1;
    }
    return count;
  }

  #reopen(): void {
    this.#history?.close();
    this.#history = openHistory(join(this.everyday.folder, '.ebb', 'journal.db'));
  }

  async #act({ command }: Act): Promise<void> {
    if (command !== 'scald') {
      await this.#post(command === 'start' ? { command, protocol: 'short-contrast' } : { command });
      return;
    }
    for (let sample = 0; sample < 3; sample += 1)
      this.everyday.tap.tap.publish({ topic: 'bath-probe/sensor/water/state', payload: '45.0', qos: 1 });
    return Promise.resolve();
  }

  async #post(command: object): Promise<{ readonly status: number; readonly text: string }> {
    try {
      const answer = await fetch(`${this.#page}/api/v1/stations/foot-bath/commands`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(command),
      });
      return { status: answer.status, text: await answer.text() };
    } catch {
      // Killed while it was asked.
      return { status: 0, text: 'nobody answered' };
    }
  }

  #each(everyMs: number, done: () => boolean): Promise<void> {
    const endMs = real.nowMs() + 90_000;
    return new Promise((resolve, reject) => {
      const look = (): void => {
        try {
          if (done()) resolve();
          else if (real.nowMs() > endMs) reject(new Disturbed('the script does not come to its end'));
          else real.at(real.nowMs() + everyMs, 'each', look);
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      look();
    });
  }
}
