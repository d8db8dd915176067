import { DESK_EVENT_TYPES } from '../../model/events.ts';
import type { EventType } from '../../model/events.ts';
import { DESK_STATES } from '../../model/desk.ts';
import type { StationId } from '../../model/ids.ts';
import { named } from './entities.ts';
import type { Component, Components } from './entities.ts';
import * as templates from './templates.ts';
import { topicsOf } from './topics.ts';
import type { StationTopics } from './topics.ts';

/** What a desk tells of its devices, beside its reminders. */
const OF_DEVICES: readonly EventType[] = [
  'device_up',
  'device_lost',
  'device_restarted',
  'refused',
  'taken_over',
];

/** Everything of a desk or a spot that Home Assistant shows, and every answer that can be given there. */
export function deskComponentsOf(site: string, desk: StationId): Components {
  const topics = topicsOf(desk);
  return named(site, desk, { ...sensors(topics), ...signals(topics), ...answers(topics) });
}

function sensors({ state }: StationTopics): Components {
  const sensor = (name: string, more: Omit<Component, 'platform'>): Component => {
    return { platform: 'sensor', name, state_topic: state, ...more };
  };
  const time = { device_class: 'timestamp' };
  return {
    state: sensor('State', {
      icon: 'mdi:timer-outline',
      device_class: 'enum',
      options: DESK_STATES,
      value_template: templates.STATE,
    }),
    next_due: sensor('Next due', { ...time, value_template: templates.NEXT_DUE }),
    next: sensor('Next', { icon: 'mdi:calendar-clock', value_template: templates.NEXT }),
    message: sensor('Message', { icon: 'mdi:message-text-outline', value_template: templates.MESSAGE }),
    quiet_until: sensor('Quiet until', { ...time, value_template: templates.QUIET_UNTIL }),
  };
}

function signals({ state, event }: StationTopics): Components {
  return {
    due: {
      platform: 'binary_sensor',
      name: 'Due',
      icon: 'mdi:human-handsup',
      state_topic: state,
      value_template: templates.DUE,
    },
    event: {
      platform: 'event',
      name: 'Event',
      icon: 'mdi:bell-outline',
      event_types: [...DESK_EVENT_TYPES, ...OF_DEVICES],
      state_topic: event,
    },
  };
}

function answers({ set, state }: StationTopics): Components {
  const button = (name: string, icon: string, payload_press: string): Component => {
    return { platform: 'button', name, icon, command_topic: set, payload_press, retain: false };
  };
  return {
    done: button('Done', 'mdi:check', 'ack'),
    snooze: button('Later', 'mdi:alarm-snooze', 'snooze'),
    skip: button('Skip', 'mdi:skip-next', 'skip'),
    quiet: {
      platform: 'switch',
      name: 'Quiet',
      icon: 'mdi:bell-off-outline',
      command_topic: set,
      payload_on: JSON.stringify({ command: 'quiet' }),
      payload_off: JSON.stringify({ command: 'quiet', off: true }),
      state_topic: state,
      state_on: 'ON',
      state_off: 'OFF',
      value_template: templates.QUIET,
      retain: false,
    },
  };
}
