import type { Device } from '../../model/device.ts';
import { DESKTOP_PREFIX } from '../../model/desktop.ts';
import { HA_PREFIX } from '../../model/homeassistant.ts';

/** What is reached past the broker: Home Assistant, this computer's own desktop, a board at a port. */
const PAST_THE_BROKER: readonly string[] = [HA_PREFIX, DESKTOP_PREFIX, 'port:'];

/** Whether a device has a link of its own: a broker that comes or goes says nothing of it. */
export function hasOwnLink({ topics }: Device): boolean {
  return (
    topics.length > 0 && topics.every((topic) => PAST_THE_BROKER.some((prefix) => topic.startsWith(prefix)))
  );
}
