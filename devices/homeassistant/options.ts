import { z } from 'zod';
import type { Role } from '../../src/model/device.ts';
import { isOutputRole } from '../../src/model/device.ts';
import { HA_ENTITY } from '../../src/model/homeassistant.ts';

/** A speaker beside somebody's ear is never louder. */
const MAX_VOLUME = 0.5;

export const optionsSchema = z.strictObject({
  url: z
    .string()
    .max(300)
    .regex(
      /^https?:\/\/([A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\])(:\d{1,5})?\/?$/,
      'the address of Home Assistant and nothing behind it, such as http://homeassistant.local:8123',
    )
    .refine(leadsSomewhere, 'no address leads there: look at its host, and at its port, which is 1 to 65535')
    .transform((url) => url.replace(/\/$/, ''))
    .describe('the address of Home Assistant, such as http://homeassistant.local:8123'),
  token: z
    .string()
    .min(1)
    .max(2_000)
    .describe(
      'a long-lived access token (Home Assistant, your profile, Security), as "${HA_TOKEN}" from .env or the environment',
    ),
  entity: z
    .string()
    .max(255)
    .regex(HA_ENTITY, 'an entity id, such as light.desk')
    .describe(
      'the entity: light.desk, switch.…, input_boolean.…, binary_sensor.…, event.…, button.…, media_player.…, siren.…, notify.…, or persistent_notification.ebb',
    ),
  event: z
    .string()
    .max(100)
    .optional()
    .describe('of an `event.` entity: the type that counts as a press; any if left out'),
  media: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .describe('of a media player, required: what it plays, an address or a media-source:// id'),
  volume: z
    .number()
    .gt(0)
    .max(MAX_VOLUME)
    .optional()
    .describe('of a media player: how loud, more than 0 to 0.5; 0.3 if left out'),
  message: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .describe('of a notification: its text; what is due if left out'),
});
export type HomeAssistantOptions = z.output<typeof optionsSchema>;

/** `http://homeassistant.local:81233` looks like an address and is none. */
function leadsSomewhere(url: string): boolean {
  return URL.parse(url)?.port !== '0' && URL.canParse(url);
}

/** What an entity can be, by its domain. */
const FITS: Readonly<Record<string, readonly Role[]>> = {
  light: ['light'],
  switch: ['light', 'buzzer', 'button', 'busy'],
  input_boolean: ['light', 'buzzer', 'button', 'presence', 'busy'],
  binary_sensor: ['button', 'stop', 'presence', 'busy'],
  event: ['button', 'stop'],
  button: ['button', 'stop'],
  input_button: ['button', 'stop'],
  siren: ['buzzer'],
  media_player: ['buzzer', 'busy'],
  notify: ['light', 'buzzer'],
  persistent_notification: ['light', 'buzzer'],
  device_tracker: ['presence'],
  person: ['presence'],
  schedule: ['busy'],
  calendar: ['busy'],
};
const NOTICES: readonly string[] = ['notify', 'persistent_notification'];

export const domainOf = (entity: string): string => entity.split('.')[0] ?? '';
export const isNotice = (entity: string): boolean => NOTICES.includes(domainOf(entity));

/** Why an entity cannot fill a role, or null where it can. */
export function whyNot(
  { entity, event, media, volume, message }: HomeAssistantOptions,
  role: Role,
): string | null {
  if (isOutputRole(role)) return NEVER_WATER;
  if (role === 'thermometer' || role === 'flow' || role === 'level' || role === 'leak') return NO_GUARD;
  const domain = domainOf(entity);
  const roles = FITS[domain] ?? [];
  if (!roles.includes(role)) {
    const fit = Object.keys(FITS).filter((name) => FITS[name]?.includes(role) === true);
    return `a ${role} of Home Assistant is ${fit.map((name) => `\`${name}.…\``).join(' or ')}; found \`${entity}\``;
  }
  const plays = domain === 'media_player' && role === 'buzzer';
  if (plays && media === undefined) return 'a media player needs `media:`, what it plays';
  if (!plays && (media ?? volume) !== undefined)
    return '`media:` and `volume:` belong to a media player as a buzzer';
  if (event !== undefined && domain !== 'event') return '`event:` belongs to an `event.` entity';
  if (message !== undefined && !isNotice(entity)) return '`message:` belongs to a notification';
  return null;
}

const REMEDY =
  'use a Shelly of the second generation or later, a Tasmota relay, an ESPHome node with the lease script, or a Zigbee ' +
  'relay with a countdown, each with its own driver';
const NEVER_WATER = `Home Assistant never drives water: what it switches stays on when it, Ebb or the network dies; ${REMEDY}`;
const NO_GUARD =
  'nothing that guards water is read through Home Assistant: it tells a value again when it changes, so nobody knows how ' +
  'old one is; read the device itself, with the driver of its dialect';
