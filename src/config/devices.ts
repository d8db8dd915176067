import { aliasClashes, partKeys, topicClashes } from '../../devices/index.ts';
import type { DeviceDeclaration, Driver, Role } from '../model/device.ts';
import { ID_PATTERN } from '../model/ids.ts';
import { parseWith, suggestion } from './issues.ts';
import { laterDriver } from './later.ts';
import type { Path } from './problem.ts';
import type { Report } from './report.ts';
import type { DeviceInput, DeviceRef } from './schema.ts';

/** The drivers a config may name, by name; `devices/index.ts` has them. */
export type Drivers = Readonly<Record<string, Driver<unknown>>>;

/** A device whose options fit its driver. */
export interface CheckedDevice {
  readonly id: string;
  readonly driver: Driver<unknown>;
  readonly options: unknown;
  readonly travelMs: number | null;
  /** Where the file has it. */
  readonly path: Path;
}

/** A device in its role at a station. */
export interface PlacedDevice extends CheckedDevice {
  readonly role: Role;
  /** Where the file gives it the role. */
  readonly rolePath: Path;
  readonly declaration: DeviceDeclaration;
  /** What its driver subscribes to. */
  readonly topics: readonly string[];
}

/** Where a device stands: the role that it fills, and what the file calls it there (`hot`, `warm-fill`). */
export interface Place {
  readonly station: string;
  readonly role: Role;
  readonly name: string;
}

/** Everything known of devices while one file is checked. */
export class DeviceBook {
  readonly #named = new Map<string, CheckedDevice | null>();
  readonly #ids = new Map<string, Path>();
  readonly #parts = new Map<string, string>();
  readonly #used = new Set<string>();
  readonly #placed: PlacedDevice[] = [];
  readonly #drivers: Drivers;
  readonly #report: Report;

  constructor(drivers: Drivers, report: Report) {
    this.#drivers = drivers;
    this.#report = report;
  }

  addNamed(devices: Readonly<Record<string, DeviceInput>>): void {
    for (const [id, input] of Object.entries(devices)) {
      const path = ['devices', id];
      this.#ids.set(id, path);
      this.#named.set(id, this.#check(id, input, path));
    }
  }

  /** The device that a role names or holds; null where it was refused, which is reported. */
  place(place: Place, index: number, ref: DeviceRef, rolePath: Path): PlacedDevice | null {
    const { role } = place;
    const device =
      typeof ref === 'string' ? this.#byId(ref, rolePath) : this.#inline(place, index, ref, rolePath);
    if (device === null) return null;
    const refusal = device.driver.refuses(device.options, role);
    if (refusal !== null) {
      this.#report.error(
        rolePath,
        'wrong_role',
        `this device cannot be the ${role} of a station: ${refusal}`,
      );
      return null;
    }
    const taken = `${place.name} of "${place.station}"`;
    const { name } = device.driver;
    // What the options mean as well as how they are written: one relay has several spellings.
    const parts =
      device.driver.shared === true
        ? [`${name} ${device.id}`]
        : [`${name} ${canonical(device.options)}`, ...partKeys(name, device.options)];
    const other = parts.map((part) => this.#parts.get(part)).find((found) => found !== undefined);
    if (other !== undefined) {
      const message = `the very same part of the same device is the ${other} already; every role needs a part of its own`;
      this.#report.error(rolePath, 'same_device', message);
      return null;
    }
    for (const part of parts) this.#parts.set(part, taken);
    const { declaration, topics } = device.driver.create(device.id, role, device.options, device.travelMs);
    const placed = { ...device, role, rolePath, declaration, topics };
    this.#placed.push(placed);
    return placed;
  }

  /** Every device in a role, so far. */
  get placed(): readonly PlacedDevice[] {
    return this.#placed;
  }

  /** After all stations: named devices that no role uses. */
  warnUnused(): void {
    for (const id of this.#named.keys()) {
      if (!this.#used.has(id))
        this.#report.warn(['devices', id], 'unused', `no station uses the device "${id}"`);
    }
  }

  /** After all stations: topics of one's own choice that belong to other devices, and one thing under two names. */
  checkTopics(): void {
    const devices = this.#placed.map((device) => ({ ...device, driver: device.driver.name }));
    for (const { id, code, option, message } of [...topicClashes(devices), ...aliasClashes(devices)]) {
      const device = this.#placed.find((placed) => placed.id === id);
      if (device !== undefined) this.#report.error([...device.path, option], code, message);
    }
  }

  #byId(id: string, path: Path): CheckedDevice | null {
    this.#used.add(id);
    const device = this.#named.get(id);
    if (device === undefined) {
      const names = [...this.#named.keys()];
      const nearest = suggestion(id, names);
      const known =
        names.length === 0 ? '; there are no named devices' : `; named devices: ${names.join(', ')}`;
      this.#report.error(path, 'unknown_id', `there is no device "${id}"${nearest === '' ? known : nearest}`);
    }
    return device ?? null;
  }

  #inline({ station, name }: Place, index: number, input: DeviceInput, path: Path): CheckedDevice | null {
    const id = index === 0 ? `${station}-${name}` : `${station}-${name}-${index + 1}`;
    if (!ID_PATTERN.test(id)) {
      const message = `the id of this device would be "${id}", which is too long; shorten the id of the station`;
      this.#report.error(path, 'bad_id', message, 'key');
      return null;
    }
    const other = this.#ids.get(id);
    if (other !== undefined) {
      const message = `the id of this device is "${id}", and another device has it; rename the other`;
      this.#report.error(path, 'duplicate_id', message, 'key');
      return null;
    }
    this.#ids.set(id, path);
    return this.#check(id, input, path);
  }

  #check(id: string, input: DeviceInput, path: Path): CheckedDevice | null {
    const { driver: name, travel, ...rest } = input;
    const driver = Object.hasOwn(this.#drivers, name) ? this.#drivers[name] : undefined;
    if (driver === undefined) {
      const later = laterDriver(name);
      const names = Object.keys(this.#drivers);
      const nearest = suggestion(name, names);
      const known = nearest === '' ? `; drivers: ${names.join(', ')}` : nearest;
      const message = later ?? `there is no driver "${name}"${known}`;
      this.#report.error([...path, 'driver'], later === null ? 'unknown_driver' : 'unsupported', message);
      return null;
    }
    const options = parseWith(driver.options, rest, path, this.#report);
    return options === null ? null : { id, driver, options, travelMs: travel ?? null, path };
  }
}

/** The same text for the same options, whatever their order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
