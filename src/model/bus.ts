import type { Outgoing } from './device.ts';

export interface BusMessage {
  readonly topic: string;
  readonly payload: string;
  readonly retained: boolean;
  /** Its payload was longer than anything may be; this is its beginning, and no more than a stop may be read in it. */
  readonly cut?: true;
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
  /** Called when another client has taken our id over. The link is down then, and stays down for a while. */
  onTakenOver(listener: () => void): void;
  close(): Promise<void>;
}

/** How to join: the fixed client id, and what the broker says when we are gone. */
export interface BusOptions {
  readonly clientId: string;
  readonly will?: Will;
  /** Names this run of the client on `topic`, so that another one with the same id can be noticed. */
  readonly owner?: { readonly topic: string; readonly name: string };
}
