import type { Press } from '../../firmware-sim/gadgets/ports.ts';
import type { World } from './support.ts';

/** A gadget in a world of its own, long after its power-up, and what a hand can do to it. */
export interface Stage extends World {
  readonly gadget: { disconnect(): void; reconnect(): void; reboot(): void };
  press(press: Press): void;
  /** What the probe feels, degrees Celsius; NaN when it is gone. */
  water(valueC: number): void;
  /** Makes it protect itself, where it can. */
  heat?(): void;
}
export type Act = (stage: Stage) => void;

export interface Scene {
  readonly stage: () => Stage;
  /** What happens to the gadget before a line of the recording, by its index. */
  readonly before?: Readonly<Record<number, Act>>;
  /** What the gadget says besides, and why the recording does not show it. */
  readonly besides?: { readonly lines: RegExp; readonly why: string };
  /** The recording ends before the gadget has answered everything. */
  readonly cut?: true;
  /** Lines where the gadget says something else, or nothing (null), by index. Each must hold exactly. */
  readonly instead?: Readonly<Record<number, { readonly says: string | null; readonly why: string }>>;
}
