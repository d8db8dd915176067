import type { DeskSettings, Guide } from '../../model/desk.ts';
import type { Device } from '../../model/device.ts';

/** A desk with its devices and the words of what is done there. */
export interface DeskPlace {
  readonly settings: DeskSettings;
  readonly devices: readonly Device[];
  readonly texts: readonly Guide[];
}
