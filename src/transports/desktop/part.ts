import type { DesktopAsk } from '../../model/desktop.ts';
import type { DeviceId } from '../../model/ids.ts';

/** One part of a desktop. Nothing is told from within a call. */
export interface Part {
  /** `tell`: null, it can be used; else why not. At once, and whenever that changes. */
  follow(device: DeviceId, tell: (why: string | null) => void): void;
  ask(device: DeviceId, ask: DesktopAsk): void;
  close(): Promise<void>;
}
