// If this fails, the checker of the discovery payloads lets something through that Home Assistant would silently drop:
// an entity, most likely STOP, would simply not be there.
import { describe, expect, it } from 'vitest';
import { violations } from './ha-checker.ts';

const TOPIC = 'homeassistant/device/rig_1/config';

interface Edited {
  [key: string]: unknown;
}

const good = (): Edited => ({
  device: { identifiers: ['rig-1'], name: 'Rig' },
  origin: { name: 'somebody', sw_version: '1', support_url: 'https://example.org' },
  availability: [{ topic: 'rig/status' }],
  qos: 1,
  components: {
    phase: {
      platform: 'sensor',
      unique_id: 'p',
      device_class: 'enum',
      options: ['a', 'b'],
      state_topic: 'rig/p',
    },
    water: {
      platform: 'sensor',
      unique_id: 'w',
      device_class: 'temperature',
      unit_of_measurement: '°C',
      state_class: 'measurement',
      suggested_display_precision: 1,
      state_topic: 'rig/w',
    },
    fault: { platform: 'binary_sensor', unique_id: 'f', device_class: 'problem', state_topic: 'rig/f' },
    stop: {
      platform: 'button',
      unique_id: 's',
      command_topic: 'rig/set',
      payload_press: 'stop',
      retain: false,
    },
    choice: { platform: 'select', unique_id: 'c', command_topic: 'rig/c', options: ['x'] },
    event: { platform: 'event', unique_id: 'e', state_topic: 'rig/e', event_types: ['done'] },
    valve: { platform: 'valve', unique_id: 'v', state_topic: 'rig/v', state_open: 'open' },
    gone: { platform: 'sensor' },
  },
});

const say = (payload: unknown, topic = TOPIC, retain = true) => ({
  topic,
  payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  retain,
});

/** The good payload with one entity's keys changed; undefined takes a key out. */
function withKeys(key: string, change: Edited): Edited {
  const root = good();
  const components = { ...(root['components'] as Edited) };
  components[key] = { ...(components[key] as Edited), ...change };
  return { ...root, components };
}

describe('the checker of discovery payloads', () => {
  it('finds nothing wrong with a good one, or with one taken out', () => {
    expect(violations([say(good())])).toEqual([]);
    expect(violations([say('', 'homeassistant/device/old/config')])).toEqual([]);
  });

  const planted: readonly (readonly [what: string, payload: unknown, expected: RegExp])[] = [
    ['no JSON', '{', /no JSON object/],
    ['no device', { ...good(), device: undefined }, /"device" is required/],
    ['no components', { ...good(), components: undefined }, /"components" is required/],
    ['no origin', { ...good(), origin: undefined }, /"origin" is required/],
    ['an origin without a name', { ...good(), origin: { sw_version: '1' } }, /origin\.name/],
    ['a support_url that is none', { ...good(), origin: { name: 'x', support_url: 'here' } }, /support_url/],
    ['a device nobody can tell', { ...good(), device: { name: 'Rig' } }, /identifiers or connections/],
    ['connections that are no pairs', { ...good(), device: { connections: ['x'] } }, /pairs/],
    ['an abbreviation at the root', { ...good(), avty: [] }, /"avty" is an abbreviation/],
    ['an abbreviation of the device', { ...good(), device: { ids: ['x'] } }, /"ids" is an abbreviation/],
    ['an abbreviation of an entity', withKeys('phase', { stat_t: 'x' }), /"stat_t" is an abbreviation/],
    ['a key that nobody knows', withKeys('phase', { state_topics: 'x' }), /"state_topics" is no key/],
    ['no platform', withKeys('phase', { platform: undefined }), /"platform" is required/],
    ['a platform that is none', withKeys('phase', { platform: 'bath' }), /no platform/],
    ['no unique_id', withKeys('phase', { unique_id: undefined }), /unique_id is required/],
    ['a unique_id twice', withKeys('phase', { unique_id: 'w' }), /unique_id w is taken/],
    ['an object_id', withKeys('phase', { object_id: 'x' }), /object_id is gone/],
    ['a key of an entity with a blank', withKeys('a b', { platform: 'sensor' }), /the key does not match/],
    ['a command topic for all', { ...good(), command_topic: 'rig/set' }, /shared into every/],
    ['two kinds of availability', { ...good(), availability_topic: 'x' }, /exclude each other/],
    [
      'two kinds of availability at an entity',
      withKeys('phase', { availability: [{ topic: 'x' }], availability_topic: 'x' }),
      /exclude each other/,
    ],
    ['an availability without a topic', { ...good(), availability: [{}] }, /needs a topic/],
    ['a mode that is none', { ...good(), availability_mode: 'some' }, /availability_mode/],
    ['a quality of service of 3', { ...good(), qos: 3 }, /qos/],
    ['a category that is none', withKeys('phase', { entity_category: 'system' }), /config or diagnostic/],
    ['a sensor as a setting', withKeys('phase', { entity_category: 'config' }), /does not fit a sensor/],
    [
      'a signal as a setting',
      withKeys('fault', { entity_category: 'config' }),
      /does not fit a binary_sensor/,
    ],
    ['an enum without options', withKeys('phase', { options: undefined }), /options is a list/],
    ['an enum with no option', withKeys('phase', { options: [] }), /options is a list/],
    ['an option twice', withKeys('phase', { options: ['a', 'a'] }), /twice/],
    ['options without enum', withKeys('water', { options: ['a'] }), /only device_class enum/],
    ['an enum with a state_class', withKeys('phase', { state_class: 'measurement' }), /no room/],
    ['an enum with a unit', withKeys('phase', { unit_of_measurement: 'x' }), /no room/],
    ['a unit that does not fit', withKeys('water', { unit_of_measurement: 'C' }), /does not fit the class/],
    ['a temperature without a unit', withKeys('water', { unit_of_measurement: undefined }), /does not fit/],
    ['a time with a state_class', withKeys('water', { device_class: 'timestamp' }), /neither unit nor/],
    ['a state_class that is none', withKeys('water', { state_class: 'average' }), /state_class is none/],
    ['half a digit', withKeys('water', { suggested_display_precision: 0.5 }), /whole number/],
    ['an expiry before now', withKeys('water', { expire_after: -1 }), /whole number/],
    ['a sensor without a topic', withKeys('water', { state_topic: undefined }), /state_topic is required/],
    ['a wildcard to publish to', withKeys('stop', { command_topic: 'rig/+' }), /command_topic is no topic/],
    ['an empty topic', withKeys('water', { state_topic: '' }), /state_topic is no topic/],
    ['a hash in the middle', withKeys('water', { state_topic: 'a/#/b' }), /state_topic is no topic/],
    ['a tilde in the middle', withKeys('water', { state_topic: 'a/~/b' }), /~ stands/],
    ['a signal without a topic', withKeys('fault', { state_topic: undefined }), /state_topic is required/],
    ['a signal of no class', withKeys('fault', { device_class: 'temperature' }), /none of a binary/],
    [
      'a button that says nothing',
      withKeys('stop', { command_topic: undefined }),
      /command_topic is required/,
    ],
    ['a button that says a number', withKeys('stop', { payload_press: 1 }), /payload_press/],
    ['a retained button', withKeys('stop', { retain: true }), /never retained/],
    ['a select without options', withKeys('choice', { options: undefined }), /options is a list/],
    [
      'a select without a topic',
      withKeys('choice', { command_topic: undefined }),
      /command_topic is required/,
    ],
    ['a retained select', withKeys('choice', { retain: true }), /never retained/],
    ['an event without types', withKeys('event', { event_types: [] }), /event_types is a list/],
    ['an event without a topic', withKeys('event', { state_topic: undefined }), /state_topic is required/],
    ['an event of no class', withKeys('event', { device_class: 'problem' }), /none of an event/],
    ['a valve with words and positions', withKeys('valve', { reports_position: true }), /no state_open/],
    ['a valve of no class', withKeys('valve', { device_class: 'steam' }), /none of a valve/],
    ['a valve that guesses', withKeys('valve', { state_topic: undefined }), /guesses/],
    [
      'a payload of 100 kB',
      { ...good(), device: { identifiers: ['x'], name: 'x'.repeat(100_000) } },
      /too big/,
    ],
  ];
  it.each(planted)('finds %s', (_what, payload, expected) => {
    const found = violations([say(payload)]);
    expect(found.join('\n')).toMatch(expected);
    // What is planted is one thing: the rest is still good.
    expect(found.length).toBeLessThanOrEqual(3);
  });

  it('finds what is not retained, what stands at a wrong topic, and two devices that are one', () => {
    expect(violations([say(good(), TOPIC, false)])).toEqual([expect.stringContaining('not retained')]);
    expect(violations([say(good(), 'homeassistant/device/a b/config')])).toEqual([
      expect.stringContaining('no topic of device discovery'),
    ]);
    expect(violations([say(good(), 'homeassistant/sensor/x/config')])).toHaveLength(1);
    const found = violations([say(good()), say(good(), 'homeassistant/device/rig_2/config')]);
    expect(found.filter((message) => message.includes('identifier rig-1 is taken'))).toHaveLength(1);
    expect(found.filter((message) => message.includes('unique_id'))).toHaveLength(7);
  });
});
