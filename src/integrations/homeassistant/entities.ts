import type { Role } from '../../model/device.ts';
import { EVENT_TYPES } from '../../model/events.ts';
import type { StationId } from '../../model/ids.ts';
import { PHASES } from '../../model/state.ts';
import type { StationSettings } from '../../model/station.ts';
import * as templates from './templates.ts';
import { deviceId, topicsOf } from './topics.ts';
import type { StationTopics } from './topics.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** One entity, in the words of Home Assistant's MQTT discovery (full names, no abbreviations). */
export interface Component {
  readonly platform: string;
  readonly [key: string]: Json;
}
/** By key; the key is what tells an entity of today from one of yesterday. */
export type Components = Readonly<Record<string, Component>>;

/** A station, as Home Assistant is told of it. */
export interface Offered {
  readonly settings: StationSettings;
  /** Ids of the protocols that can run here; they are offered only where MQTT may start them. */
  readonly protocols: readonly string[];
}

/** A start is offered only where the controller would take it. */
export function mayStart({ settings, protocols }: Offered): boolean {
  return settings.prepareFrom.includes('mqtt') && protocols.length > 0;
}

/** Everything of a station that Home Assistant shows, and the little that it may do. */
export function componentsOf(site: string, offered: Offered): Components {
  const { settings } = offered;
  const topics = topicsOf(settings.id);
  const roles = new Set(settings.devices.map(({ role }) => role));
  const plain: Components = {
    ...sensors(topics, roles),
    ...valves(topics, roles),
    ...signals(topics),
    ...buttons(topics),
    ...(mayStart(offered) ? starting(topics, offered.protocols) : {}),
  };
  return named(site, settings.id, plain);
}

/** Each with an id of its own. The quality of service stands at each: older versions take that of the device for itself. */
export function named(site: string, station: StationId, plain: Components): Components {
  return Object.fromEntries(
    Object.entries(plain).map(([key, component]): [string, Component] => [
      key,
      { ...component, unique_id: `${deviceId(site, station)}_${key}`, qos: 1 },
    ]),
  );
}

function sensors({ state }: StationTopics, roles: ReadonlySet<Role>): Components {
  const water: Component = {
    platform: 'sensor',
    name: 'Water temperature',
    device_class: 'temperature',
    unit_of_measurement: '°C',
    state_class: 'measurement',
    suggested_display_precision: 1,
    state_topic: state,
    // No expire_after: between sessions nothing is told, and a controller that dies is not available.
    value_template: templates.WATER,
  };
  return {
    phase: {
      platform: 'sensor',
      name: 'Phase',
      icon: 'mdi:foot-print',
      device_class: 'enum',
      options: PHASES,
      state_topic: state,
      value_template: templates.PHASE,
    },
    ...(roles.has('thermometer') ? { water } : {}),
    ends: {
      platform: 'sensor',
      name: 'Phase ends',
      device_class: 'timestamp',
      state_topic: state,
      value_template: templates.ENDS,
    },
    step: {
      platform: 'sensor',
      name: 'Step',
      icon: 'mdi:repeat',
      state_topic: state,
      value_template: templates.STEP,
    },
    message: {
      platform: 'sensor',
      name: 'Message',
      icon: 'mdi:message-text-outline',
      state_topic: state,
      value_template: templates.MESSAGE,
    },
  };
}

const VALVE_NAMES = { hot: 'Hot valve', cold: 'Cold valve', mixer: 'Mixer' } as const;

/** Read-only: without a command topic Home Assistant has nothing to open one with. */
function valves({ state }: StationTopics, roles: ReadonlySet<Role>): Components {
  const there = (['hot', 'cold', 'mixer'] as const).filter((role) => roles.has(role));
  const valve = (role: keyof typeof VALVE_NAMES): Component => ({
    platform: 'valve',
    name: VALVE_NAMES[role],
    device_class: 'water',
    reports_position: false,
    state_topic: state,
    state_open: 'open',
    state_closed: 'closed',
    state_opening: 'opening',
    state_closing: 'closing',
    value_template: templates.valveTemplate(role),
  });
  return Object.fromEntries(there.map((role) => [`valve_${role}`, valve(role)]));
}

function signals({ state, event }: StationTopics): Components {
  return {
    ready: {
      platform: 'binary_sensor',
      name: 'Ready',
      icon: 'mdi:check-circle-outline',
      state_topic: state,
      value_template: templates.READY,
    },
    problem: {
      platform: 'binary_sensor',
      name: 'Problem',
      device_class: 'problem',
      state_topic: state,
      value_template: templates.PROBLEM,
      json_attributes_topic: state,
      json_attributes_template: templates.PROBLEM_ATTRIBUTES,
    },
    event: {
      platform: 'event',
      name: 'Event',
      icon: 'mdi:bell-outline',
      event_types: EVENT_TYPES,
      state_topic: event,
    },
  };
}

function buttons({ set }: StationTopics): Components {
  return {
    stop: {
      platform: 'button',
      name: 'STOP',
      icon: 'mdi:stop-circle',
      command_topic: set,
      payload_press: 'stop',
      retain: false,
    },
    pause: {
      platform: 'button',
      name: 'Pause',
      icon: 'mdi:pause-circle-outline',
      command_topic: set,
      payload_press: 'pause',
      retain: false,
    },
  };
}

function starting({ chosen, choose, start }: StationTopics, protocols: readonly string[]): Components {
  return {
    protocol: {
      platform: 'select',
      name: 'Protocol',
      icon: 'mdi:format-list-bulleted',
      options: protocols,
      state_topic: chosen,
      command_topic: choose,
      retain: false,
    },
    start: {
      platform: 'button',
      name: 'Start',
      icon: 'mdi:play-circle-outline',
      command_topic: start,
      payload_press: 'start',
      retain: false,
    },
  };
}
