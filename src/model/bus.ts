import type { Outgoing } from './device.ts';

export interface BusMessage {
  readonly topic: string;
  readonly payload: string;
  readonly retained: boolean;
}

/** A last will: published by the broker when the connection dies without a goodbye. */
export interface Will {
  readonly topic: string;
  readonly payload: string;
  readonly retain: boolean;
}

/**
 * A connection to a message bus, as its user sees it: MQTT over a real broker, or the in-memory one of the virtual
 * clock. Messages and link changes are delivered one at a time, never from within `publish`.
 */
export interface Bus {
  publish(message: Outgoing & { readonly retain?: boolean }): void;
  /** Adds topic filters (`+` and `#` allowed). Kept over reconnects. */
  subscribe(filters: readonly string[]): void;
  onMessage(listener: (message: BusMessage) => void): void;
  /** Called with the state at once if it is known, and at each change. */
  onLink(listener: (up: boolean) => void): void;
  close(): Promise<void>;
}

/** How to join: the fixed client id, and what the broker says when we are gone. */
export interface BusOptions {
  readonly clientId: string;
  readonly will?: Will;
}
