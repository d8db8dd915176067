/** The little of johnny-five 2.1 that is used; it ships no types. */
declare module 'johnny-five' {
  import type { EventEmitter } from 'node:events';
  import type { Firmata } from 'firmata-io';

  interface BoardOptions {
    io: Firmata;
    repl: false;
    debug: false;
    sigint: false;
    /** From `connect` to `ready`, milliseconds; then it emits `error`. */
    timeout: number;
  }
  /** Emits `ready`, `error`, `string`. */
  class Board extends EventEmitter {
    constructor(options: BoardOptions);
  }

  interface PinOptions {
    board: Board;
    /** A number, or `A0`. */
    pin: number | string;
  }
  class Led {
    constructor(options: PinOptions);
    on(): this;
    off(): this;
  }
  /** Close is on, open is off. `NC`: on at low. */
  class Relay {
    constructor(options: PinOptions & { type: 'NO' | 'NC' });
    close(): this;
    open(): this;
  }
  /** What makes its sound, where that is not the computer itself. */
  interface PiezoController {
    initialize: { value: () => void };
    /** Half a period in microseconds, and for how long, milliseconds. */
    tone: { value: (halfUs: number, ms: number) => void };
    noTone: { value: () => void };
  }
  class Piezo {
    constructor(options: PinOptions & { controller?: PiezoController });
    frequency(hertz: number, ms: number): this;
    off(): this;
  }
  /** Emits `down` and `up`. */
  class Button extends EventEmitter {
    constructor(options: PinOptions & { isPullup: boolean });
  }
  /** Emits `open` and `close`, also where nothing changed. */
  class Switch extends EventEmitter {
    constructor(options: PinOptions & { type: 'NO' | 'NC' });
  }
  interface OneWireDriver extends EventEmitter {
    /** The eight bytes of each probe that was found. */
    readonly devices?: readonly (readonly number[])[];
  }
  /** Emits `data` every `freq` milliseconds with what it knows, however old that is. */
  class Thermometer extends EventEmitter {
    constructor(
      options: PinOptions & { controller: 'DS18B20' | 'TMP36' | 'LM35'; freq: number; address?: number },
    );
    readonly celsius: number;
    disable(): this;
    static readonly Drivers: {
      /** The one-wire pin of that board: emits `data` (address, raw) at each reading, and `error`. */
      get(board: Board, name: 'DS18B20', options: { pin: number }): OneWireDriver;
      /** Forgets all of them. */
      clear(): void;
    };
  }
}
