import { z } from 'zod';
import { DESKTOP_PARTS } from '../../src/model/desktop.ts';
import { isOutputRole } from '../../src/model/device.ts';
import type { Driver, Role } from '../../src/model/device.ts';
import { bellDevice } from './bell.ts';
import { noticeDevice } from './notice.ts';

export const optionsSchema = z.strictObject({
  as: z
    .enum(DESKTOP_PARTS)
    .describe(
      'bell: the bell of the terminal that Ebb runs in; notification: a desktop notification on this computer',
    ),
  message: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .describe('of a notification: its text; what is due if left out'),
});
export type DesktopOptions = z.output<typeof optionsSchema>;

/** A desk without hardware: the computer that the controller runs on. Never water, nor beside it. */
export const desktop: Driver<DesktopOptions> = {
  name: 'desktop',
  options: optionsSchema,
  // A bell is nobody's alone, and each device has a notification of its own.
  shared: true,
  refuses: whyNot,
  create: (id, role, { as, message }) =>
    as === 'bell' ? bellDevice(id, role) : noticeDevice(id, role, message ?? null),
};

function whyNot({ as, message }: DesktopOptions, role: Role): string | null {
  if (isOutputRole(role)) return NEVER_WATER;
  if (role !== 'light' && role !== 'buzzer')
    return `a desktop shows and rings, and can be no ${role}; choose another driver for it`;
  if (as === 'bell' && role === 'light')
    return 'a bell is heard and not seen: it is a `buzzer:`; a `light:` is `as: notification`';
  if (as === 'bell' && message !== undefined) return '`message:` belongs to `as: notification`';
  return null;
}

const NEVER_WATER =
  'a desktop switches nothing; use a Shelly of the second generation or later, a Tasmota relay, an ESPHome node with the ' +
  'lease script, or a Zigbee relay with a countdown, each with its own driver';
