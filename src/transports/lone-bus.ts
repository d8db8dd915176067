import type { Bus } from '../model/bus.ts';

/** A bus with nobody on it, always up: for a home whose devices are all at this computer, and whose broker does not run. */
export class LoneBus implements Bus {
  publish(): void {
    // Nobody hears it.
  }

  subscribe(): void {
    // Nobody says anything.
  }

  onMessage(): void {
    // The same.
  }

  onLink(listener: (up: boolean) => void): void {
    listener(true);
  }

  onTakenOver(): void {
    // By whom?
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
