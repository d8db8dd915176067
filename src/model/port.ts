/**
 * A serial port as its users see it: bytes in, bytes out. Callbacks and no promises, so that the one of the virtual
 * clock does the same each time. None of them is called from within a call of its user, but the `done` of a close.
 */
export interface Port {
  /** Sends behind what waits. Does nothing once the port is gone. */
  write(bytes: Uint8Array): void;
  /** Bytes in the order in which they came, in pieces of any size. */
  onData(listener: (bytes: Uint8Array) => void): void;
  /** It is gone, and nobody here closed it. Told once. */
  onClose(listener: (failure: PortFailure) => void): void;
  /** What was written goes out first, for a moment at most; then the path can be opened again. */
  close(done?: () => void): void;
}

/**
 * Why there is no port. `missing`: nothing is at the path. `in_use`: this process or another has it open. `forbidden`:
 * this user may not. `unfit`: what is there is no serial port, or cannot be set to the speed. `gone`: it was pulled out,
 * or broke.
 */
export type PortProblem = 'missing' | 'in_use' | 'forbidden' | 'unfit' | 'gone';

export interface PortFailure {
  readonly problem: PortProblem;
  /** What happened and what to do, with the path in it. */
  readonly message: string;
}

export type PortOpened =
  | { readonly port: Port; readonly failure?: undefined }
  | { readonly failure: PortFailure; readonly port?: undefined };

/** Where ports are: the serial ports of this computer, or those of a simulation. */
export interface Ports {
  /** Opens the port at a path, 8N1. A path that is open already is `in_use`. */
  open(path: string, baudRate: number, done: (opened: PortOpened) => void): void;
}

/** The other end of a simulated port: what a device is plugged in with. */
export interface Plug {
  /** To the computer, if it has the port open; else it is lost, as on a wire. */
  write(bytes: Uint8Array): void;
  onData(listener: (bytes: Uint8Array) => void): void;
  /** The computer opened or closed the port. Opening pulls the line that resets most boards. */
  onOpen(listener: (open: boolean) => void): void;
  /** Pulled out. `noticed: false`: as a Linux driver may have it, the computer is not told and hears nothing more. */
  unplug(how?: { readonly noticed: boolean }): void;
}
export type PlugIn = (path: string) => Plug;
