import type { RecordType } from '../journal/index.ts';
import type { ButtonAction, Device, Outgoing } from '../model/device.ts';
import type { News } from './news.ts';

/** One entry of the journal, as the core words it; the controller adds time, boot, station and session. */
export interface CoreRecord {
  readonly type: RecordType;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What the core does to the world. Everything is data; nothing of it calls back into the core. */
export interface CoreEffects {
  publish(out: Outgoing): void;
  record(record: CoreRecord): void;
  /** Journal this open; the answer comes back as an input `journalled`. */
  askJournal(token: number, record: CoreRecord): void;
  news(news: News): void;
  /** A session is over: the controller makes the result of it. */
  ended(outcome: 'complete' | 'stopped' | 'aborted'): void;
  /** A button was used; what it means depends on the state (interfaces: Buttons). */
  button(device: Device, action: ButtonAction): void;
}
