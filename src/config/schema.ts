import { z } from 'zod';
import { ENVELOPE } from '../../machines/envelope.ts';
import { SOURCES } from '../model/command.ts';
import { idSchema } from '../model/ids.ts';
import { DESK_KINDS } from '../model/desk.ts';
import { STATION_KINDS, VESSELS } from '../model/station.ts';
import { MINUTE_MS, SECOND_MS } from '../model/units.ts';
import { calendarSchema } from './calendar-schema.ts';
import { cuesSchema } from './cues-schema.ts';
import { defaultsSchema, duration, flow, temperature, text, volume, wholeNumber } from './fields.ts';
import { refuse } from './issues.ts';
import { dayWindow, scheduleEntry } from './schedule-schema.ts';

const BROKER_SCHEMES = ['mqtt:', 'mqtts:'];

const brokerUrl = z
  .string()
  .superRefine((value, ctx) => {
    const url = URL.canParse(value) ? new URL(value) : null;
    if (url === null || !BROKER_SCHEMES.includes(url.protocol) || url.hostname === '') {
      refuse(ctx, 'invalid_value', 'must be mqtt://HOST, mqtt://HOST:PORT or the same with mqtts://');
    } else if (url.username !== '' || url.password !== '') {
      refuse(
        ctx,
        'invalid_value',
        'a user name and a password stand in `username` and `password`, not in the url',
      );
    } else if (url.pathname.length > 1 || url.search !== '' || url.hash !== '') {
      refuse(ctx, 'invalid_value', 'must end after the host and port');
    }
  })
  .describe('a broker to use: mqtt://HOST[:PORT] or mqtts://HOST[:PORT]; without it Ebb runs one of its own');

/** HOST:PORT as Ebb may listen on it. */
const LISTEN = /^(?<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\]):(?<port>\d{1,5})$/;

const listen = z
  .string()
  .transform((value, ctx): { host: string; port: number } => {
    const match = LISTEN.exec(value)?.groups;
    const [host, port] = [match?.['host'] ?? '', Number(match?.['port'] ?? 0)];
    if (host === '' || port < 1 || port > 65_535) {
      refuse(ctx, 'invalid_value', 'must be HOST:PORT with a port from 1 to 65535, such as 127.0.0.1:1883');
      return z.NEVER;
    }
    return { host: host.replace(/[[\]]/g, ''), port };
  })
  .meta({
    description:
      "where Ebb's own broker listens: HOST:PORT; default 127.0.0.1:1883. Any address but loopback needs `ebb passwd --mqtt`",
  });

const hostName = z
  .string()
  .regex(
    /^([a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])$/i,
    'must be a name or an address without a port, such as ebb.local or 192.168.1.5',
  )
  .describe('a name such as ebb.local, or an address');
const hostNames = z
  .union([z.array(hostName).max(20), hostName])
  .describe('further names that browsers reach the page by: a request for any other name is refused');

const mqttSchema = z
  .strictObject({
    url: brokerUrl.optional(),
    username: text(200, 'the user name at the broker').optional(),
    password: z
      .string()
      .max(1000)
      .describe('the password at the broker; best as "${MQTT_PASSWORD}"')
      .optional(),
    ca: text(
      500,
      'with mqtts://: a file with the certificate of the CA of the broker (PEM), relative to the file; default: those of the system',
    ).optional(),
    listen: listen.optional(),
  })
  .describe('the MQTT broker');

/**
 * A device: its driver, and the driver's own options (address and part), which are checked against the driver.
 */
export const deviceSchema = z
  .looseObject({
    driver: z.string().describe('the name of the driver; its options stand beside it'),
    travel: duration(0, MINUTE_MS, 'water devices: from the command to the water following it').optional(),
  })
  .meta({ id: 'device', description: 'a device: `driver`, its options, and for a water device `travel`' });
export type DeviceInput = z.infer<typeof deviceSchema>;

const deviceRef = z
  .union([idSchema, deviceSchema])
  .describe('the id of a named device, or the device itself');
export type DeviceRef = z.infer<typeof deviceRef>;

const role = (what: string) =>
  z.union([z.array(deviceRef).min(1).max(8), deviceRef]).describe(`${what}; a device or a list of them`);

const scaldGuard = z
  .strictObject({
    by: z
      .enum(['valve', 'digital-mixer', 'heater'])
      .describe('what limits the warm water: a thermostatic valve, a digital mixer, or the heater'),
    max: temperature(
      30,
      60,
      'what it lets through at most; 41.0 C, or 43.0 C with a mixer and two thermometers',
    ),
  })
  .describe('the hardware limit upstream of the warm water; without one the station runs in cue mode only');

/** A smaller one is past its brim before a valve has shut. */
const LEAST_BASIN_L = 4;

/** One of two basins side by side. */
export const basinSchema = z.strictObject({
  fill: role('the on/off valve that fills it'),
  thermometer: role('the temperature of its water, several are compared').optional(),
  level: role('its level, in litres').optional(),
  drain: role(
    'the valve of its drain, which stands open by itself and is held shut under a lease',
  ).optional(),
});
export type BasinInput = z.infer<typeof basinSchema>;

const sourceList = <T extends string>(sources: readonly [T, ...T[]], what: string) =>
  z.union([z.array(z.enum(sources)).min(1), z.enum(sources)]).describe(`${what}; of ${sources.join(', ')}`);

/** A station as the file has it. */
export const stationSchema = z
  .strictObject({
    kind: z
      .enum([...STATION_KINDS, ...DESK_KINDS])
      .describe(
        'what it is: `bath` or `shower` (running water), `buckets` (cues only), or `desk` or `spot` (a sofa, a bed, a kitchen; reminders, no water)',
      ),
    vessel: z
      .enum(VESSELS)
      .describe(
        '`kind: bath` only, and needed there: how water reaches the feet: `stream` (it runs away), `basin` (one, filled, held and drained: soaks only) or `two-basins` (a warm and a cold one)',
      )
      .optional(),
    volume: volume(
      LEAST_BASIN_L,
      ENVELOPE.fillMaxL,
      'what a basin holds when it is as full as it should be (L17); default 8 l',
    ).optional(),
    warm: basinSchema.describe('of `two-basins`: the warm basin').optional(),
    name: text(80, 'its name for people; default: its id').optional(),
    hot: role('the on/off valve of the warm water').optional(),
    cold: z
      .union([z.array(deviceRef).min(1).max(8), idSchema, deviceSchema, basinSchema])
      .describe('the on/off valve of the cold water; of `two-basins` the cold basin')
      .optional(),
    mixer: role('one thermostatic valve with a setpoint, in place of `hot` and `cold`').optional(),
    master: role('a valve ahead of all others, open only while water is wanted').optional(),
    drain: role(
      'of a basin: the valve of its drain, which stands open by itself and is held shut under a lease',
    ).optional(),
    heater: role('of a basin: a heater that holds its water').optional(),
    thermometer: role(
      'the temperature of the delivered water, several are compared; of `buckets` one, in the warm bucket',
    ).optional(),
    flow: role('a flow meter in the supply, l/min: water that runs unasked, or does not run').optional(),
    level: role('the level of a basin, in litres; on a stream a float that tells a blocked drain').optional(),
    leak: role('leak sensors: water where none should be closes everything').optional(),
    light: role('a light for cues').optional(),
    buzzer: role('a buzzer for cues').optional(),
    button: role('the button at the station: starts, begins, stops').optional(),
    stop: role('a device whose every action is STOP').optional(),
    presence: role(
      'whether somebody is there: answers "still OK?", and ends contact when nobody is there for 10 s',
    ).optional(),
    busy: role(
      'of a desk: whether somebody wants not to be disturbed; what is due waits meanwhile',
    ).optional(),
    quiet_hours: dayWindow('of a desk: no reminder').optional(),
    calendar: calendarSchema.optional(),
    cues: cuesSchema.optional(),
    not_for_me: z
      .array(idSchema)
      .min(1)
      .max(50)
      .describe('of a desk or a spot: protocols that are left out there')
      .optional(),
    scald_guard: scaldGuard.optional(),
    lease: duration(SECOND_MS, ENVELOPE.leaseMs, 'how long an open lasts unless renewed (L21)').optional(),
    purge: duration(
      30 * SECOND_MS,
      ENVELOPE.purgeMs,
      'the allowance for water to be in band (L15)',
    ).optional(),
    prepare_from: sourceList(
      SOURCES,
      'who may start, resume and continue; default button, page, cli',
    ).optional(),
    begin_from: sourceList(
      ['button', 'page', 'cli', 'mqtt'],
      'who may begin, continue, clear and answer; default button, page, cli; mqtt only with `simulated: true`',
    ).optional(),
  })
  .describe('a station: a place with equipment');
export type StationInput = z.infer<typeof stationSchema>;

const personSchema = z
  .strictObject({ name: text(80, 'the name for people').optional(), defaults: defaultsSchema.optional() })
  .describe('a person');

const simSchema = z
  .strictObject({
    plant: z
      .strictObject({
        hot: temperature(20, 95, 'the hot supply ahead of the scald guard').optional(),
        cold: temperature(0, 40, 'the cold supply').optional(),
        guard: temperature(20, 95, 'what the scald guard lets through').optional(),
        flow: flow(0.5, 40, 'the flow').optional(),
        dead_time: duration(0, 30 * SECOND_MS, 'from the valve to the feet').optional(),
        lag: duration(0, MINUTE_MS, 'stream and thermometer together, to 63 %').optional(),
      })
      .describe('the water; what is left out is drawn from the seed')
      .optional(),
    person: z
      .strictObject({
        presses: z.boolean().describe('presses begin when the water is ready').optional(),
        answers: z.boolean().describe('answers "still OK?"').optional(),
      })
      .describe('the simulated person')
      .optional(),
  })
  .describe('what a simulation is told instead of drawing it');

const timezone = z
  .string()
  .superRefine((value, ctx) => {
    if (!isTimezone(value)) refuse(ctx, 'invalid_value', 'must be an IANA time zone, such as Europe/Berlin');
  })
  .describe('an IANA time zone; default: that of the computer');

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

const folder = text(500, 'a folder, relative to the file');

/** `ebb.yaml`, as it is written. */
export const configSchema = z
  .strictObject({
    mqtt: mqttSchema.optional(),
    units: z
      .strictObject({
        temperature: z.enum(['celsius', 'fahrenheit']).describe('for display; default celsius').optional(),
      })
      .describe('units for display; files may use any')
      .optional(),
    site: idSchema.describe('the id of the house; default `home`').optional(),
    timezone: timezone.optional(),
    library: z
      .union([z.array(folder).max(20), folder])
      .describe('folders of your own protocol files')
      .optional(),
    defaults: defaultsSchema.optional(),
    people: z.record(idSchema, personSchema).describe('people, by id; without any, one guest').optional(),
    devices: z.record(idSchema, deviceSchema).describe('named devices, where sharing helps').optional(),
    stations: z.record(idSchema, stationSchema).describe('stations, by id; at least one'),
    schedule: z.array(scheduleEntry).max(100).describe('reminders, and when they are due').optional(),
    http: z
      .strictObject({
        host: text(
          200,
          'the address to listen on; default 127.0.0.1. Any but loopback needs `ebb passwd`',
        ).optional(),
        port: wholeNumber(0, 65_535, 'the port; default 7373; 0: any that is free').optional(),
        hosts: hostNames.optional(),
      })
      .describe('the page and its API')
      .optional(),
    journal: z
      .strictObject({
        path: text(500, 'the journal, relative to the file; default .ebb/journal.db').optional(),
      })
      .describe('the record of everything that happened')
      .optional(),
    simulated: z.boolean().describe('true where the hardware is simulated; default false').optional(),
    sim: simSchema.optional(),
  })
  .describe('ebb.yaml');
export type ConfigInput = z.infer<typeof configSchema>;
