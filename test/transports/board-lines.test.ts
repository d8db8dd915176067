// If this fails, an open that nobody wants any more may reach the valve board late, a close may wait behind a question
// that nobody answers, or a board that is pulled, reflashed or drowned in noise keeps its port and its silence for ever.
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../src/clock/virtual.ts';
import type { BusMessage } from '../../src/model/bus.ts';
import { silentLog } from '../../src/model/log.ts';
import type { Plug } from '../../src/model/port.ts';
import { Random } from '../../src/random/random.ts';
import { MemoryBroker } from '../../src/transports/memory.ts';
import { MemoryPorts } from '../../src/transports/memory-ports.ts';
import { withPorts } from '../../src/transports/port-dialects.ts';

const PATH = '/dev/ttyUSB0';
const LINE = `port:${PATH}/line`;
const bytes = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
const BOOT = '!boot boot=0000ABCD reset=ext*0000\n';

/** A board that keeps what it is asked, and answers where `answers` is true. */
class Far {
  readonly asked: { line: string; atMs: number }[] = [];
  answers = true;
  readonly plug: Plug;
  #text = '';

  constructor(clock: VirtualClock, plug: Plug, boots = true) {
    this.plug = plug;
    plug.onOpen((open) => {
      if (open && boots) this.#bootLater(clock);
    });
    plug.onData((piece) => {
      this.#text += String.fromCharCode(...piece);
      const lines = this.#text.split('\n');
      this.#text = lines.pop() ?? '';
      for (const line of lines) {
        this.asked.push({ line, atMs: clock.nowMs() });
        const seq = /^@(\d+) /.exec(line)?.[1];
        if (this.answers && seq !== undefined) this.say(`@${seq} ok*0000\n`);
      }
    });
  }

  #bootLater(clock: VirtualClock): void {
    clock.at(clock.nowMs() + 5, 'boot', () => {
      this.say(`?half a line\n${BOOT}`);
    });
  }

  say(text: string): void {
    this.plug.write(bytes(text));
  }

  get lines(): string[] {
    return this.asked.map(({ line }) => line);
  }
}

function bench() {
  const clock = new VirtualClock();
  const ports = new MemoryPorts(clock);
  const broker = new MemoryBroker({ clock, random: new Random(1, 'bus') });
  const onWire: string[] = [];
  broker.tap(({ topic }) => onWire.push(topic));
  const bus = withPorts(broker.connect({ clientId: 'ebb' }), {
    ports,
    clock,
    random: new Random(1, 'ports'),
    log: silentLog,
  });
  const heard: BusMessage[] = [];
  bus.onMessage((message) => heard.push(message));
  const run = (ms: number): void => {
    clock.runUntil(clock.nowMs() + ms);
  };
  const ask = (text: string): void => {
    bus.publish({ topic: LINE, payload: `${text}*0000`, qos: 0 });
  };
  const links = (): string[] =>
    heard.filter(({ topic }) => topic === `port:${PATH}/link`).map(({ payload }) => payload);
  const lines = (): string[] => heard.filter(({ topic }) => topic === LINE).map(({ payload }) => payload);
  const plugged = (boots = true): Far => new Far(clock, ports.plug(PATH), boots);
  /** Up, with a board that has booted. */
  const up = (): Far => {
    const far = plugged();
    bus.subscribe([`port:${PATH}/link`, LINE]);
    run(100);
    expect(links()).toEqual(['{"up":true}']);
    return far;
  };
  return { clock, bus, broker, onWire, run, ask, links, lines, plugged, up };
}

const UP = '{"up":true}';

describe('a valve board on its port', () => {
  it('is up at its first word, and what came before it is forgotten', () => {
    const { up, lines } = bench();
    up();
    expect(lines()).toEqual([BOOT.trimEnd()]);
  });

  it('is up after 2 s where opening the port resets nothing', () => {
    const { bus, plugged, run, links } = bench();
    plugged(false);
    bus.subscribe([LINE]);
    run(1_900);
    expect(links()).toEqual([]);
    run(200);
    expect(links()).toEqual([UP]);
  });

  it('never shows anything of it to the broker, nor the other way round', () => {
    const { up, ask, run, bus, onWire, broker } = bench();
    const far = up();
    ask('@1 BEAT');
    const seen: string[] = [];
    const other = broker.connect({ clientId: 'other' });
    other.onMessage(({ topic }) => seen.push(topic));
    other.subscribe(['#']);
    run(50);
    other.publish({ topic: LINE, payload: '@2 OPEN 1 2000*0000', qos: 0 });
    bus.publish({ topic: 'ebb/x', payload: 'y', qos: 0 });
    run(50);
    expect(far.lines).toEqual(['@1 BEAT*0000']);
    expect(onWire.sort()).toEqual(['ebb/x', LINE]);
    expect(seen).toContain('ebb/x');
  });

  it('is asked one thing at a time', () => {
    const { up, ask, run, lines } = bench();
    const far = up();
    far.answers = false;
    for (const seq of [1, 2, 3]) ask(`@${seq} STAT`);
    run(100);
    expect(far.lines).toEqual(['@1 STAT*0000']);
    far.say('@1 ok v1=0*0000\n');
    run(100);
    expect(far.lines).toEqual(['@1 STAT*0000', '@2 STAT*0000']);
    expect(lines()).toContain('@1 ok v1=0*0000');
    // An answer that is lost holds the next question up for a quarter of a second.
    run(250);
    expect(far.lines).toHaveLength(3);
  });

  it('gets a close at once, whatever waits, and the opens of that valve that wait are gone', () => {
    const { clock, up, ask, run } = bench();
    const far = up();
    far.answers = false;
    ask('@1 STAT');
    run(10);
    ask('@2 OPEN 1 2000');
    ask('@3 OPEN 2 2000');
    const atMs = clock.nowMs();
    ask('@4 CLOSE 1');
    run(5);
    expect(far.lines).toEqual(['@1 STAT*0000', '@4 CLOSE 1*0000']);
    expect((far.asked[1]?.atMs ?? 0) - atMs).toBeLessThan(2);
    run(300);
    expect(far.lines.slice(2)).toEqual(['@3 OPEN 2 2000*0000']);
  });

  it('is asked for water before anything else, and never for water that nobody wants any more', () => {
    const { up, ask, run } = bench();
    const far = up();
    far.answers = false;
    ask('@1 STAT');
    ask('@2 BEAT');
    ask('@3 OPEN 1 2000');
    run(260);
    expect(far.lines).toEqual(['@1 STAT*0000', '@3 OPEN 1 2000*0000']);
    ask('@4 BEAT');
    run(10);
    ask('@5 OPEN 1 2000');
    ask('@6 OPEN 1 2000');
    run(600);
    // The answers of 3 and 5 are lost: 6 is more than half a second old then.
    expect(far.lines.filter((line) => line.includes('OPEN'))).toEqual([
      '@3 OPEN 1 2000*0000',
      '@5 OPEN 1 2000*0000',
      '@6 OPEN 1 2000*0000',
    ]);
    run(10);
    for (const seq of [7, 8, 9, 10]) ask(`@${seq} OPEN 2 2000`);
    run(2_000);
    expect(far.lines.filter((line) => line.includes('OPEN 2'))).toHaveLength(2);
  });

  it('does not get what is no request', () => {
    const { bus, up, run } = bench();
    const far = up();
    for (const payload of [
      '',
      'OPEN 1 2000',
      '@1 OPEN 1 2000',
      '@1 OPEN 1\n@2 OPEN 2*0000',
      `@1 ${'A'.repeat(99)}*0000`,
    ])
      bus.publish({ topic: LINE, payload, qos: 0 });
    run(100);
    expect(far.lines).toEqual([]);
  });

  it('that is pulled while it talks, without the driver noticing, is opened again within seconds', () => {
    const { clock, up, ask, run, links, plugged } = bench();
    const far = up();
    const beat = (ms: number): void => {
      for (const endMs = clock.nowMs() + ms; clock.nowMs() < endMs;) {
        ask('@1 BEAT');
        run(500);
      }
    };
    beat(1_000);
    far.plug.unplug({ noticed: false });
    beat(4_000);
    expect(links().slice(1)).toEqual([
      expect.stringMatching(/"up":false.*nothing answers; look at the cable/) as string,
      expect.stringContaining('there is no /dev/ttyUSB0') as string,
    ]);
    plugged();
    beat(6_000);
    expect(links().at(-1)).toBe(UP);
  });

  it.each([
    ['another sketch', 'Hello from my plant waterer\n', /something that says \\"Hello from my plant/],
    ['another speed', '\u0080\u00f8\u0000\u00ff', /no text of a valve board/],
  ])('of another firmware (%s) is said to be one', (_, noise, why) => {
    const { clock, bus, plugged, run, links, ask } = bench();
    const far = plugged(false);
    far.answers = false;
    bus.subscribe([LINE]);
    for (const endMs = clock.nowMs() + 6_000; clock.nowMs() < endMs;) {
      far.say(noise);
      if (clock.nowMs() % 500 === 0) ask('@1 HELLO');
      run(100);
    }
    expect(links().slice(0, 2)).toEqual([UP, expect.stringMatching(why) as string]);
  });

  it('that drowns in noise stays within its budget of events, and its answers still come through', () => {
    const { up, run, lines, ask } = bench();
    const far = up();
    for (let i = 0; i < 400; i += 1) far.say('!btn n=1 down*0000\n');
    run(400);
    const events = lines().filter((line) => line.startsWith('!btn'));
    expect(events.length).toBeGreaterThan(20);
    expect(events.length).toBeLessThanOrEqual(100);
    run(1_000);
    ask('@1 BEAT');
    run(20);
    expect(lines().at(-1)).toBe('@1 ok*0000');
  });

  it('hears the last close when the controller lets go, and nothing after it', async () => {
    const { up, ask, run, bus } = bench();
    const far = up();
    ask('@1 CLOSE 1');
    const closed = bus.close();
    ask('@2 OPEN 1 2000');
    run(100);
    await closed;
    expect(far.lines).toEqual(['@1 CLOSE 1*0000']);
  });
});
