import { z } from 'zod';
import type { Role } from '../../src/model/device.ts';
import { isOutputRole, isSenseRole } from '../../src/model/device.ts';
import { FIRMATA_SENSORS, firmataPinSchema } from '../../src/model/firmata.ts';
import { SHORTEST } from '../ports.ts';

export const PARTS = ['led', 'buzzer', 'piezo', 'button', 'relay', 'thermometer'] as const;
export type Part = (typeof PARTS)[number];

export const optionsSchema = z
  .strictObject({
    port: z
      .string()
      .regex(
        /^(\/[A-Za-z0-9_.:@+=,~-]+)+$|^COM[1-9]\d{0,2}$/,
        'the whole path of a serial port of this computer, best its name under /dev/serial/by-id, which stays when others are plugged in; behind a bridge (mqtt:) only the valve board works, since a bridge carries lines and Firmata has none',
      )
      .regex(SHORTEST.pattern, SHORTEST.message)
      .max(200)
      .describe('the serial port of the board, best by its lasting name: /dev/serial/by-id/…'),
    pin: firmataPinSchema.describe('the pin: its number, or A0 to A15'),
    as: z
      .enum(PARTS)
      .optional()
      .describe(
        'what is at the pin; default by role: a light is a `led`, a buzzer an active `buzzer`, a valve a `relay`, ' +
          'everything that is pressed, stepped on or wet a `button`. `piezo`: a passive buzzer',
      ),
    active: z
      .enum(['high', 'low'])
      .optional()
      .describe(
        'a button or contact: `low` (default) closes to ground, against the pull-up of the pin; `high` drives the pin. ' +
          'A relay or an active buzzer: `high` (default) is on at high, `low` is a module that is on at low',
      ),
    sensor: z
      .enum(FIRMATA_SENSORS)
      .optional()
      .describe(
        'a thermometer: DS18B20 (default on a numbered pin; needs ConfigurableFirmata), or TMP36 (default on A0 to A15) ' +
          'or LM35, which are shown and never carry water',
      ),
    address: z
      .string()
      .regex(/^28[0-9A-Fa-f]{14}$/, 'the 16 hexadecimal digits of a DS18B20, beginning with 28')
      .toUpperCase()
      .optional()
      .describe('which DS18B20, where several share the pin'),
  })
  .superRefine((options, ctx) => {
    const analogue = typeof options.pin === 'string';
    const { sensor, address, as, active } = options;
    const refuse = (path: string, message: string): void => {
      ctx.addIssue({ code: 'custom', path: [path], message });
    };
    if (options.pin === 0 || options.pin === 1)
      refuse('pin', 'pins 0 and 1 are the serial line that the board talks on; take another one');
    if (sensor === 'DS18B20' && analogue)
      refuse('pin', 'a DS18B20 speaks over a digital pin: give its number');
    if ((sensor === 'TMP36' || sensor === 'LM35') && !analogue)
      refuse('pin', `a ${sensor} is read at an analogue pin: A0 to A15`);
    if (address !== undefined && (analogue || (sensor ?? 'DS18B20') !== 'DS18B20'))
      refuse('address', 'only a DS18B20 has an address');
    const thermometer = as === 'thermometer' || as === undefined;
    if (!thermometer && (sensor !== undefined || address !== undefined))
      refuse(sensor === undefined ? 'address' : 'sensor', `a ${as} is no thermometer`);
    if (active !== undefined && (as === 'led' || as === 'piezo' || as === 'thermometer'))
      refuse('active', `a ${as} has no \`active:\`; it is an option of buttons, relays and active buzzers`);
  });
export type FirmataOptions = z.output<typeof optionsSchema>;

/** What is at the pin, for a role that does not say so. */
export function partOf(options: FirmataOptions, role: Role): Part {
  if (options.as !== undefined) return options.as;
  if (isOutputRole(role)) return 'relay';
  if (role === 'light') return 'led';
  if (role === 'buzzer' || role === 'thermometer') return role;
  return 'button';
}

const FITS: Readonly<Partial<Record<Role, readonly Part[]>>> = {
  light: ['led', 'relay'],
  buzzer: ['buzzer', 'piezo', 'relay'],
  thermometer: ['thermometer'],
};

/** The words for a part that cannot be the role; null where it can. */
export function refusalOf(options: FirmataOptions, role: Role): string | null {
  const part = partOf(options, role);
  if (role === 'mixer' || role === 'flow')
    return `a ${role} cannot be driven by firmata; choose another driver for it`;
  const fit =
    FITS[role] ??
    (isOutputRole(role)
      ? ['relay']
      : role === 'button' || role === 'stop' || isSenseRole(role)
        ? ['button']
        : []);
  if (!fit.some((name) => name === part))
    return `a ${role} at a pin is \`as: ${fit.join('` or `as: ')}\`; found \`as: ${part}\``;
  if (role !== 'thermometer' && (options.sensor !== undefined || options.address !== undefined))
    return `\`sensor\` and \`address\` belong to a thermometer; this is a ${role}`;
  const hasActive = part === 'button' || part === 'relay' || part === 'buzzer';
  if (options.active !== undefined && !hasActive) return `a ${part} has no \`active:\``;
  if (isOutputRole(role) && options.active === 'low')
    return (
      `a ${role} is never a module that is on at low: a board that restarts has its pins low, and would switch it on; ` +
      'take a relay that is on at high'
    );
  return null;
}
