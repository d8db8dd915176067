/** What a bridge knows of a paired device, as `bridge/devices` lists it. */
export interface Listing {
  readonly modelId: string;
  readonly manufacturer: string;
  readonly powerSource: string;
  readonly type: 'Router' | 'EndDevice';
  /** null: a device that nobody has written a converter for. */
  readonly definition: {
    readonly model: string;
    readonly vendor: string;
    readonly description: string;
    readonly exposes: readonly unknown[];
  } | null;
}

/** What the devices of a bridge have from it. */
export interface BridgeSide {
  /** Merges into what the bridge remembers of the device, and publishes all of it. */
  publish(values: Readonly<Record<string, unknown>>, remember?: boolean): void;
  /** To `bridge/logging`. */
  error(message: string): void;
  /** It has joined the network again. */
  announce(): void;
}

/** One Zigbee device and its converter. */
export interface ZigbeeDevice {
  readonly listing: Listing;
  /** `<name>/set`, parsed. */
  set(message: Readonly<Record<string, unknown>>): void;
  /** `<name>/get`, parsed. */
  get(message: Readonly<Record<string, unknown>>): void;
  /** Out of reach, or back. */
  route(there: boolean): void;
  /** The bridge died, with everything that it had not sent yet. */
  forget(): void;
  /** Power off and on. */
  powerCycle(): void;
  close(): void;
}

const PUBLISHED = 1;
const SETTABLE = 2;
const READABLE = 4;
export const ACCESS = {
  state: PUBLISHED,
  stateSet: PUBLISHED | SETTABLE,
  all: PUBLISHED | SETTABLE | READABLE,
};

/** An exposed value, of one endpoint where a name is given. */
export function expose(
  type: string,
  name: string,
  more: Readonly<Record<string, unknown>>,
  endpoint: string | null = null,
): Readonly<Record<string, unknown>> {
  const suffix = endpoint === null ? '' : `_${endpoint}`;
  return { type, name, property: `${name}${suffix}`, ...(endpoint === null ? {} : { endpoint }), ...more };
}

export const onOff = (endpoint: string | null = null) =>
  expose(
    'binary',
    'state',
    { access: ACCESS.all, value_on: 'ON', value_off: 'OFF', value_toggle: 'TOGGLE' },
    endpoint,
  );
