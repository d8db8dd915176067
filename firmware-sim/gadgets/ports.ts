/** A switched output as the thing behind it sees it: the coil of a valve, a lamp, a buzzer. */
export interface RelayPort {
  set(on: boolean): void;
  /** The device has accepted that this output is on no longer than so many milliseconds from now. */
  leased?(forMs: number): void;
}

/** A thermostatic mixing valve behind a node of ours. */
export interface MixerPort extends RelayPort {
  /** Degrees Celsius. */
  setTarget(targetC: number): void;
}

/** What a probe feels now, degrees Celsius; NaN when it is broken or its wire is cut. */
export interface ProbePort {
  read(): number;
  /** The box gets nothing from it, not even an error, and says nothing of it. */
  hung?(): boolean;
  /**
   * To be told when what it feels jumps instead of flowing: its wire is cut, something is wrong with it. For a box that
   * does not look while nothing can come of it.
   */
  onJump?(listener: () => void): void;
}

/** A contact at an input: a leak sensor, a float, a mat. */
export interface ContactPort {
  read(): boolean;
  /** To be told whenever it has changed. */
  onChange(listener: () => void): void;
}

/** `count` beeps of `onMs` with `offMs` between them; Infinity for a sounder that goes on. 0 is silence. */
export interface BuzzerPort {
  beep(count: number, onMs: number, offMs: number): void;
}

/** What shows words; null: nothing any more. */
export interface NoticePort {
  notice(text: string | null): void;
}

/** Red, green, blue and brightness, each 0 to 255. */
export interface LampPort {
  show(
    on: boolean,
    brightness: number,
    colour: { readonly r: number; readonly g: number; readonly b: number },
  ): void;
}

/** A finger on a button: times pressed in a row, or how long it was held, milliseconds. */
export type Press = { readonly times: number } | { readonly holdMs: number };

/** One box on the network. */
export interface Gadget {
  /** `tasmota:<topic>` or `esphome:<node>`. */
  readonly name: string;
  /** Its network dies without a goodbye: it hears and says nothing, its own timers go on. */
  disconnect(): void;
  reconnect(): void;
  /** Power off and on: outputs fall, what was in RAM is gone. */
  reboot(): void;
  close(): Promise<void>;
}
