import type { Device, Driver } from '../src/model/device.ts';
import { ConfigError } from '../src/model/errors.ts';
import type { DeviceSettings } from '../src/model/station.ts';
import { board } from './board/index.ts';
import { desktop } from './desktop/index.ts';
import { esphome } from './esphome/index.ts';
import { firmata } from './firmata/index.ts';
import { homeassistant } from './homeassistant/index.ts';
import { mqtt } from './mqtt/index.ts';
import { presence } from './presence/index.ts';
import { shelly } from './shelly/index.ts';
import { tasmota } from './tasmota/index.ts';
import { zigbee2mqtt } from './zigbee2mqtt/index.ts';

export { aliasClashes } from './aliases.ts';
export { topicClashes } from './mqtt/clashes.ts';
export { partKeys } from './parts.ts';

/**
 * The list of drivers. What one driver's `options` schema lets through is what its `refuses` and `create` take;
 * whoever only knows the name sees `unknown` and has to go through the schema.
 */
export const DRIVERS: Readonly<Record<string, Driver<unknown>>> = {
  board,
  desktop,
  esphome,
  firmata,
  homeassistant,
  mqtt,
  presence,
  shelly,
  tasmota,
  zigbee2mqtt,
};

export function findDriver(name: string): Driver<unknown> | null {
  return Object.hasOwn(DRIVERS, name) ? (DRIVERS[name] ?? null) : null;
}

/**
 * Binds a configured device to its driver.
 * @throws ConfigError `config_invalid`: an unknown driver, an option that does not fit, or a part that cannot fill
 * the role. Nothing has been sent by then.
 */
export function createDevice(settings: DeviceSettings): Device {
  const driver = findDriver(settings.driver);
  if (driver === null) {
    const known = Object.keys(DRIVERS).join(', ');
    throw invalid(settings, 'driver', `there is no driver "${settings.driver}"; the drivers are ${known}`);
  }
  const parsed = driver.options.safeParse(settings.options);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const option = issue === undefined || issue.path.length === 0 ? 'options' : issue.path.join('.');
    throw invalid(settings, option, issue?.message ?? 'does not fit', parsed.error);
  }
  const refused = driver.refuses(parsed.data, settings.role);
  if (refused !== null) throw invalid(settings, 'role', refused);
  return driver.create(settings.id, settings.role, parsed.data, settings.travelMs);
}

function invalid(settings: DeviceSettings, option: string, what: string, cause?: unknown): ConfigError {
  const where = `device ${settings.id} (driver ${settings.driver}, role ${settings.role})`;
  const fields = { device: settings.id, driver: settings.driver, option };
  return new ConfigError('config_invalid', `${where}: ${option}: ${what}`, fields, cause);
}
