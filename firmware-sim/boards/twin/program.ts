import type { Clock } from '../../../src/clock/clock.ts';
import { BOARD_PINS, type BoardPin, type BoardWiring } from '../board.ts';
import { Button } from './button.ts';
import { Commands } from './commands.ts';
import { Cues } from './cues.ts';
import { Ear } from './ear.ts';
import { Mouth } from './mouth.ts';
import { News } from './news.ts';
import { Probe } from './probe.ts';
import { Telemetry } from './telemetry.ts';
import { Thermistor } from './thermistor.ts';
import { Ticks } from './ticks.ts';
import { Valves } from './valves.ts';

export interface ProgramSetup {
  readonly clock: Clock;
  readonly wiring: BoardWiring;
  /** When its first millisecond begins. */
  readonly fromMs: number;
  readonly bootId: string;
  readonly cause: 'power' | 'ext' | 'wdt';
  readonly set: (pin: BoardPin, high: boolean, atMs: number) => void;
  readonly tell: (byte: number, atMs: number) => void;
  readonly corruptProbe: () => boolean;
}

/** What the board does from a start to the next reset. */
export class Program {
  readonly #ticks: Ticks;
  readonly #fromMs: number;
  readonly #mouth: Mouth;
  readonly #ear: Ear;
  readonly #valves: Valves;
  readonly #button: Button;
  readonly #thermistor: Thermistor;

  constructor({ clock, wiring, fromMs, bootId, cause, set, tell, corruptProbe }: ProgramSetup) {
    this.#fromMs = fromMs;
    const ticks = new Ticks(clock, fromMs);
    const mouth = new Mouth(ticks, tell);
    const news = new News(ticks, mouth);
    const valves = new Valves(
      ticks,
      news,
      { buttonHeld: (atMs) => this.#button.held(atMs), hotKnown: () => this.#thermistor.known },
      BOARD_PINS.filter((pin) => pin.startsWith('v')).map((pin) => ({
        set: (high, atMs) => {
          set(pin, high, atMs);
        },
        leased: (forMs) => wiring.outputs[pin]?.leased?.(forMs),
      })),
    );
    const button = new Button(ticks, wiring.button, news, valves);
    const thermistor = new Thermistor(ticks, wiring.thermistor, valves);
    const probe = new Probe(ticks, wiring.probe, valves);
    probe.corrupt = corruptProbe;
    const telemetry = new Telemetry(ticks, mouth, valves, thermistor, probe);
    const cues = new Cues(ticks, set);
    const commands = new Commands({
      ...{ ticks, valves, button, thermistor, probe, cues, telemetry, bootId, cause },
    });
    this.#ticks = ticks;
    this.#mouth = mouth;
    this.#ear = new Ear(mouth, (request, atMs) => commands.answer(request, atMs));
    this.#valves = valves;
    this.#button = button;
    this.#thermistor = thermistor;
    mouth.say(`!boot boot=${bootId} reset=${cause}`, fromMs);
  }

  /** What has arrived is not looked at before. */
  get busyUntilMs(): number {
    return this.#mouth.busyUntilMs;
  }

  /** A byte that arrived at that time; before the start of the program nobody hears it. */
  hear(byte: number, arrivedMs: number, atMs: number): void {
    if (arrivedMs >= this.#fromMs) this.#ear.hear(byte, atMs);
  }

  /** STOP does not wait for its line. */
  stopByte(atMs: number): void {
    if (atMs >= this.#fromMs) this.#valves.stop('host', atMs);
  }

  buttonChanged(atMs: number): void {
    this.#button.changed(Math.max(atMs, this.#fromMs));
  }

  thermistorJumped(atMs: number): void {
    this.#thermistor.jumped(Math.max(atMs, this.#fromMs));
  }

  /** It ends here, in the middle of whatever it did. */
  halt(atMs: number): void {
    this.#mouth.break(atMs);
    this.#ticks.halt();
  }
}
