import type { Clock, Timer } from '../../src/clock/clock.ts';
import type { BusMessage } from '../../src/model/bus.ts';
import { Random } from '../../src/random/random.ts';
import type { BuzzerPort, ContactPort, Gadget, Press, RelayPort } from './ports.ts';
import { Answers, type Misbehaviour } from './answers.ts';
import { Radio, type Connect } from './radio.ts';
import { Buttons } from './tasmota/buttons.ts';
import { commandOf, parseBacklog, parseWord, type Command, type Word } from './tasmota/command.ts';
import { answer, type Box } from './tasmota/commands.ts';
import { Probes, type TasmotaProbe } from './tasmota/probes.ts';
import { Relays } from './tasmota/relays.ts';
import { Settings } from './tasmota/settings.ts';

export interface TasmotaOptions {
  readonly clock: Clock;
  readonly seed: number;
  readonly connect: Connect;
  readonly topic: string;
  /** `%prefix%/%topic%/` unless the owner changed it. */
  readonly fullTopic?: string;
  /** Relay 1, 2, ... A box with one relay says `POWER`, with more `POWER1`. */
  readonly relays: readonly RelayPort[];
  readonly probes: readonly TasmotaProbe[];
  /** Switch 1, 2, ...: a switch that nobody detached (SetOption114) toggles the relay of its number. */
  readonly switches?: ReadonlyMap<number, ContactPort>;
  /** `Buzzer` is known only where there is one. */
  readonly buzzer: BuzzerPort | null;
  /** Commands the owner gave once, at the bench: they are in flash and survive a reboot. */
  readonly commissioned: readonly string[];
}

type Prefix = 'cmnd' | 'stat' | 'tele';
export const TASMOTA_FULL_TOPIC = '%prefix%/%topic%/';
/** MqttKeepAlive, its default. */
const KEEP_ALIVE_MS = 30_000;
const SECOND_MS = 1_000;
/** `Backlog` waits this long between its commands (SetOption34); `Backlog0` does not. */
const BACKLOG_MS = 200;
/** The first telemetry comes this long after boot. */
const FIRST_TELE_MS = 10_000;

/**
 * A box with Tasmota, byte for byte as its public documentation and source say (tasmota/docs `MQTT.md`,
 * `Commands.md`, `DS18x20.md`; arendst/Tasmota). What it does not know it answers as the real one: `Unknown`.
 */
export class Tasmota implements Gadget {
  readonly name: string;
  readonly #options: TasmotaOptions;
  readonly #radio: Radio;
  readonly #relays: Relays;
  readonly #probes: Probes;
  readonly #buttons: Buttons;
  readonly #settings = new Settings();
  readonly #paths: Readonly<Record<Prefix, string>>;
  /** Where it answers: a topic that is made anew each time is looked up the long way. */
  readonly #result: string;
  /** By relay: the word for it, and its topic. */
  readonly #powers: readonly { readonly word: string; readonly topic: string }[];
  readonly #status: ReadonlyMap<number, string>;
  /** Of each topic that it was told something on. */
  readonly #words = new Map<string, Word>();
  readonly #answers: Answers<number>;
  readonly #box: Box;
  #bootMs: number;
  #connects = 0;
  #tele: Timer | null = null;
  #shown = { second: NaN, text: '' };
  #closed = false;

  constructor(options: TasmotaOptions) {
    const { clock, topic } = options;
    this.name = `tasmota:${topic}`;
    this.#options = options;
    this.#bootMs = clock.nowMs();
    this.#paths = {
      cmnd: pathOf(options, 'cmnd'),
      stat: pathOf(options, 'stat'),
      tele: pathOf(options, 'tele'),
    };
    this.#result = this.#topic('stat', 'RESULT');
    this.#powers = options.relays.map((_, place) => {
      const word = options.relays.length === 1 ? 'POWER' : `POWER${place + 1}`;
      return { word, topic: this.#topic('stat', word) };
    });
    this.#status = new Map([8, 10, 11].map((number) => [number, this.#topic('stat', `STATUS${number}`)]));
    this.#answers = new Answers(clock);
    this.#relays = new Relays({
      clock,
      ports: options.relays,
      report: (relay) => {
        this.#reportPower(relay);
      },
      clings: (relay) => this.#answers.clings(relay),
    });
    this.#probes = new Probes(clock, options.probes);
    this.#buttons = new Buttons({
      clock,
      holdTenths: () => this.#settings.option(32),
      immediate: () => this.#settings.option(13) === 1,
      action: (button, action) => {
        this.#pressed(button, action);
      },
    });
    this.#box = {
      relays: this.#relays,
      settings: this.#settings,
      buzzer: options.buzzer,
      sensor: () => this.#sensor(),
      state: () => this.#state(),
      tele: (afterMs) => {
        this.#teleAfter(afterMs);
      },
      status: (number, body) => {
        const topic = this.#status.get(number);
        if (topic !== undefined && (number === 11 || !this.#probes.hung))
          this.#radio.publish(topic, JSON.stringify(body));
      },
      time: () => this.#time(),
    };
    for (const [input, port] of options.switches ?? []) {
      port.onChange(() => {
        this.#flipped(input, port.read());
      });
    }
    for (const line of options.commissioned)
      for (const command of parseBacklog(line)) answer(this.#box, command);
    this.#radio = new Radio({
      clock,
      random: new Random(options.seed, `tasmota ${topic}`),
      connect: options.connect,
      clientId: `DVES_${topic}`,
      will: { topic: this.#topic('tele', 'LWT'), payload: 'Offline', retain: true },
      filters: [this.#topic('cmnd', '#')],
      keepAliveMs: KEEP_ALIVE_MS,
      bootMs: [2_000, 5_000],
      handlers: {
        up: (booted) => {
          this.#up(booted);
        },
        // The relays and their timers do not care for the broker.
        down: () => undefined,
        message: (message) => {
          this.#heard(message);
        },
      },
    });
  }

  /** A finger on button 1, 2, ... */
  press(button: number, press: Press): void {
    this.#buttons.press(button, press);
  }

  /** The truth: whether the relay is on. */
  relayOn(relay: number): boolean {
    return this.#relays.isOn(relay);
  }

  /** How relay 1, 2, ... answers from now on. */
  misbehave(relay: number, how: Misbehaviour | null): void {
    this.#answers.misbehave(relay, how);
  }

  disconnect(): void {
    this.#radio.disconnect();
  }

  reconnect(): void {
    this.#radio.reconnect();
  }

  reboot(): void {
    const before = this.#options.relays.map((_, place) => this.#relays.isOn(place + 1));
    this.#radio.reboot();
    this.#buttons.stop();
    this.#relays.reset();
    this.#options.buzzer?.beep(0, 0, 0);
    this.#bootMs = this.#options.clock.nowMs();
    this.#probes.start();
    this.#powerOn(before);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#tele?.cancel();
    this.#buttons.stop();
    this.#probes.stop();
    this.#relays.reset();
    await this.#radio.close();
  }

  /**
   * `PowerOnState` at power-up: 1 and 4 on, 2 the opposite of before, 3 as before where SetOption0 keeps it. 5 is not
   * simulated: it stays off.
   */
  #powerOn(before: readonly boolean[]): void {
    const state = this.#settings.powerOnState;
    for (const [place, was] of before.entries()) {
      const kept = was && this.#settings.option(0) === 1;
      const on = state === 1 || state === 4 || (state === 2 && !kept) || (state === 3 && kept);
      if (on) this.#relays.power(place + 1, 1);
    }
  }

  #up(booted: boolean): void {
    this.#connects += 1;
    this.#publish('tele', 'LWT', 'Online', true);
    if (!booted) return;
    for (let relay = 1; relay <= this.#relays.count; relay += 1) this.#reportPower(relay);
    if (this.#settings.telePeriodS > 0) this.#teleAfter(FIRST_TELE_MS);
  }

  #heard(message: BusMessage): void {
    const { topic, payload } = message;
    if (!topic.startsWith(this.#paths.cmnd)) return;
    // The last level is the command; whether the message was retained makes no difference to it.
    let word = this.#words.get(topic);
    if (word === undefined)
      this.#words.set(topic, (word = parseWord(topic.slice(topic.lastIndexOf('/') + 1))));
    const command = commandOf(word, payload);
    if (command.word === 'backlog' && command.data !== '') this.#backlog(command);
    else this.#execute(command);
  }

  #backlog(command: Command): void {
    const gapMs = command.index % 2 === 0 ? 0 : BACKLOG_MS;
    const life = this.#bootMs;
    const nowMs = this.#options.clock.nowMs();
    for (const [place, each] of parseBacklog(command.data).entries()) {
      this.#options.clock.at(nowMs + place * gapMs, 'tasmota backlog', () => {
        if (life === this.#bootMs && !this.#closed) this.#execute(each);
      });
    }
  }

  #execute(command: Command): void {
    const { word, index, payload } = command;
    const switches = word === 'power' || word === 'timedpower' || word === 'pulsetime';
    const opens = switches && word !== 'pulsetime' && payload !== null && payload > 0;
    const reply = opens && this.#answers.refuses(index) ? { Command: 'Error' } : answer(this.#box, command);
    if (reply === null) return;
    const say = (): void => {
      this.#radio.publish(this.#result, JSON.stringify(reply));
    };
    if (switches) this.#answers.say(index, say);
    else say();
  }

  #pressed(button: number, action: string): void {
    if (this.#settings.option(73) === 1) {
      const reply = { [`Button${button}`]: { Action: action } };
      this.#radio.publish(this.#result, JSON.stringify(reply));
    } else if (action === 'SINGLE' && this.#relays.has(button)) {
      // A button that nobody detached from its relay toggles it.
      this.#relays.power(button, 2);
    }
  }

  #flipped(input: number, on: boolean): void {
    if (this.#settings.option(114) === 1) {
      const reply = { [`Switch${input}`]: { Action: on ? 'ON' : 'OFF' } };
      this.#radio.publish(this.#result, JSON.stringify(reply));
    } else if (this.#relays.has(input)) {
      // SwitchMode 0, the default.
      this.#relays.power(input, 2);
    }
  }

  #reportPower(relay: number): void {
    const power = this.#powers[relay - 1];
    if (power === undefined) return;
    const { word, topic } = power;
    const state = this.#relays.isOn(relay) ? 'ON' : 'OFF';
    this.#answers.say(relay, () => {
      this.#radio.publish(this.#result, `{"${word}":"${state}"}`);
      this.#radio.publish(topic, state, this.#settings.powerRetain);
    });
  }

  #teleAfter(afterMs: number): void {
    this.#tele?.cancel();
    this.#tele = this.#options.clock.at(this.#options.clock.nowMs() + afterMs, 'tasmota telemetry', () => {
      this.#publish('tele', 'STATE', JSON.stringify(this.#state()));
      const sensor = this.#sensor();
      // Nothing but the time is not worth a message.
      if (Object.keys(sensor).length > 1 && !this.#probes.hung)
        this.#publish('tele', 'SENSOR', JSON.stringify(sensor));
      if (this.#settings.telePeriodS > 0) this.#teleAfter(this.#settings.telePeriodS * SECOND_MS);
    });
  }

  #sensor(): Readonly<Record<string, unknown>> {
    const sensor: Record<string, unknown> = { Time: this.#time() };
    for (const [input, port] of this.#options.switches ?? [])
      sensor[`Switch${input}`] = port.read() ? 'ON' : 'OFF';
    if (this.#probes.show(sensor)) sensor['TempUnit'] = 'C';
    return sensor;
  }

  #state(): Readonly<Record<string, unknown>> {
    const uptimeS = Math.floor((this.#options.clock.nowMs() - this.#bootMs) / SECOND_MS);
    const powers: Record<string, string> = {};
    for (let relay = 1; relay <= this.#relays.count; relay += 1) {
      powers[this.#powers[relay - 1]?.word ?? ''] = this.#relays.isOn(relay) ? 'ON' : 'OFF';
    }
    return {
      Time: this.#time(),
      Uptime: uptime(uptimeS),
      UptimeSec: uptimeS,
      Heap: 25,
      SleepMode: 'Dynamic',
      Sleep: 50,
      LoadAvg: 19,
      MqttCount: this.#connects,
      ...powers,
      Wifi: {
        AP: 1,
        SSId: 'sim',
        BSSId: '02:00:00:00:00:01',
        Channel: 6,
        RSSI: 80,
        Signal: -60,
        LinkCount: 1,
        Downtime: '0T00:00:03',
      },
    };
  }

  /** It shows whole seconds, and says two or three things in each of them. */
  #time(): string {
    const second = Math.floor(this.#options.clock.wallMs() / SECOND_MS);
    if (second !== this.#shown.second)
      this.#shown = { second, text: new Date(second * SECOND_MS).toISOString().slice(0, 19) };
    return this.#shown.text;
  }

  #topic(prefix: Prefix, word: string): string {
    return `${this.#paths[prefix]}${word}`;
  }

  #publish(prefix: 'tele', word: string, payload: string, retain = false): void {
    this.#radio.publish(this.#topic(prefix, word), payload, retain);
  }
}

function pathOf({ fullTopic = TASMOTA_FULL_TOPIC, topic }: TasmotaOptions, prefix: Prefix): string {
  const path = fullTopic.replaceAll('%prefix%', prefix).replaceAll('%topic%', topic);
  return path.endsWith('/') ? path : `${path}/`;
}

function uptime(seconds: number): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  const [d, h, m] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3_600) % 24,
    Math.floor(seconds / 60) % 60,
  ];
  return `${d}T${two(h)}:${two(m)}:${two(seconds % 60)}`;
}
