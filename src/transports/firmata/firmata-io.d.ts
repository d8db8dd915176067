/** The little of firmata-io that is used; it ships no types. */
declare module 'firmata-io' {
  import type { EventEmitter } from 'node:events';

  /** What carries the bytes: emits `open`, `data` (a Buffer), `close`. */
  interface FirmataTransport extends EventEmitter {
    write(bytes: Buffer, done: () => void): void;
  }

  interface FirmataPinRecord {
    readonly supportedModes: readonly number[];
    /** What `queryPinState` found: what was written to an output. */
    readonly state?: number;
  }

  /** Emits `ready`, `error`, `reportversion`, `queryfirmware`, `string`, `analog-read-<channel>`, `pin-state-<pin>`. */
  export class Firmata extends EventEmitter {
    constructor(transport: FirmataTransport, options: { reportVersionTimeout: number });
    readonly isReady: boolean;
    readonly MODES: Readonly<Record<'INPUT' | 'OUTPUT' | 'ANALOG' | 'PWM' | 'ONEWIRE', number>>;
    readonly HIGH: 1;
    readonly LOW: 0;
    readonly firmware: { readonly name?: string; readonly version?: { major: number; minor: number } };
    readonly pins: readonly FirmataPinRecord[];
    /** The pins of the analogue channels, by channel. */
    readonly analogPins: readonly number[];
    pinMode(pin: number, mode: number): void;
    digitalWrite(pin: number, value: 0 | 1): void;
    reportVersion(done: () => void): void;
    /** Calls back at the next answer about this pin, whichever question it answers. */
    queryPinState(pin: number, done: () => void): void;
    setSamplingInterval(ms: number): void;
    sysexCommand(message: readonly number[]): void;
    /** Hears messages of a kind that it does not know itself; once for each kind. */
    sysexResponse(kind: number, heard: (data: readonly number[]) => void): void;
    /** Lets everything fall and stops reporting. */
    reset(): void;
  }
}
