import { z } from 'zod';
import { isOutputRole } from '../model/device.ts';
import type { PlacedDevice } from './devices.ts';
import type { Report } from './report.ts';

const optionsSchema = z.object({ url: z.string(), token: z.string(), entity: z.string() });

/** What a bath may not be told through Home Assistant: it could come from anywhere. */
const LOCAL: Readonly<Record<string, string>> = {
  button:
    'a press in Home Assistant may come from a telephone anywhere, and a bath begins with one at the station',
  presence:
    'whoever is believed to be at the water is asked nothing, and Home Assistant may tell of somebody who has long gone',
};

/**
 * A bath may have lamps, sounds and a stop of Home Assistant; nothing that lets somebody in, or keeps them there, and
 * nothing that is for whoever sits at a computer.
 */
export function checkBathHomeAssistants(devices: readonly PlacedDevice[], report: Report): void {
  for (const { driver, role, rolePath } of devices) {
    const why =
      driver.name === 'homeassistant'
        ? LOCAL[role]
        : driver.name === 'presence'
          ? 'who works at a computer is not at the water'
          : driver.name === 'desktop'
            ? 'whoever has their feet in the water does not look at the computer that Ebb runs on, and hears no bell of a terminal'
            : undefined;
    if (why === undefined) continue;
    const message = `${why}; use a device with a driver of its own dialect`;
    report.error(rolePath, 'wrong_role', message);
  }
}

/** What only switches something, whatever that is. */
const SWITCHES = /^(switch|input_boolean|script|scene)\./;

/**
 * A lamp or buzzer behind a switch of Home Assistant, in a home with valves: if the switch is one of theirs, each
 * reminder opens water past the interlock and without a lease, and what it is stands in Home Assistant alone.
 */
export function checkSwitches(devices: readonly PlacedDevice[], report: Report): void {
  if (!devices.some(({ role }) => isOutputRole(role))) return;
  for (const { driver, role, options, path } of devices) {
    if (driver.name !== 'homeassistant' || (role !== 'light' && role !== 'buzzer')) continue;
    const { entity } = optionsSchema.parse(options);
    if (!SWITCHES.test(entity)) continue;
    const message =
      `${entity} may be a switch of anything, and only Home Assistant knows of what: make sure that it moves no valve, ` +
      'pump or heater, or use a `light.` of its own';
    report.warn([...path, 'entity'], 'any_switch', message);
  }
}

/** One Home Assistant has one token, and that stands in no file that is shared. */
export function checkTokens(devices: readonly PlacedDevice[], report: Report): void {
  const tokens = new Map<string, string>();
  for (const { driver, options, path } of devices) {
    if (driver.name !== 'homeassistant') continue;
    const { url, token } = optionsSchema.parse(options);
    const at = [...path, 'token'];
    if (report.isClear(at))
      report.warn(
        at,
        'clear_secret',
        'the token stands in the file: put it into .env beside it and write "${HA_TOKEN}" here',
      );
    const other = tokens.get(url);
    if (other !== undefined && other !== token)
      report.error(
        at,
        'invalid_value',
        `another device has another token for ${url}; there is one connection, with one token`,
      );
    tokens.set(url, token);
  }
}
