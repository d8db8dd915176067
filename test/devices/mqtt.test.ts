// If this fails, a thermometer of one's own shows other water than there is, a value from yesterday counts as a reading,
// a button is pressed by what is no press, or somebody binds a valve to topics that never close it.
import { describe, expect, it, test } from 'vitest';
import { createDevice, findDriver } from '../../devices/index.ts';
import { parsePointer, pointerSchema, readAt, valueAt } from '../../devices/mqtt/pointer.ts';
import type { Cue, Role } from '../../src/model/device.ts';
import { ConfigError } from '../../src/model/errors.ts';
import { replay, Rig, type Cause } from './replay.ts';

const rgb = (colour: readonly number[]): string =>
  `{"on":true,"bri":255,"seg":[{"col":[[${colour.join(',')}]]}]}`;

const PROBE = { state: 'bath/probe/water', every: '1 s' };
const BUTTON = {
  state: 'home/button',
  map: { pressed: 'press', twice: 'double', held: 'hold', up: 'release' },
};
const BUZZER = { set: 'bath/buzzer/set', state: 'bath/buzzer', payload: { on: 'ON', off: 'OFF' } };
const WLED = {
  set: 'wled/bath/api',
  payload: {
    on: rgb([255, 255, 255]),
    off: '{"on":false}',
    warm: rgb([255, 120, 40]),
    red: rgb([255, 0, 0]),
  },
};

const celsius = (rig: Rig): (number | null)[] =>
  rig.readings.flatMap((reading) => (reading.kind === 'temperature' ? [reading.valueC] : []));
const presses = (rig: Rig): unknown[] =>
  rig.readings.flatMap((reading) => (reading.kind === 'button' ? [reading.action] : []));

const cue = (more: Partial<Cue>): Cause => {
  return (rig) =>
    rig.command({ action: 'cue', cue: { name: 'countdown', sound: null, light: null, ...more } });
};
const lit = (colour: 'warm' | 'cold' | 'white' | 'red', then: 'on' | 'off', count = 1): Cause =>
  cue({ light: { count, onMs: 300, offMs: 200, colour, then } });
const meet: Cause = (rig) => rig.link(true);
const clock: Cause = (rig) => rig.clock();

describe('a thermometer', () => {
  it('thousandths of a degree, as a one-wire probe is sent bare', () => {
    const rig = replay('mqtt/one-wire', new Rig('thermometer', 'mqtt', { ...PROBE, scale: 0.001 }), []);
    expect(celsius(rig)).toEqual([38.125, 37.875, null]);
  });

  it('degrees Fahrenheit in a message of several, among messages of others', () => {
    const options = {
      state: 'rtl_433/gateway/events',
      value: '/temperature_F',
      unit: 'fahrenheit',
      every: '30 s',
    };
    const rig = replay('mqtt/rtl-433', new Rig('thermometer', 'mqtt', options), []);
    expect(celsius(rig)).toEqual([expect.closeTo(38.0311, 3), 37.5]);
    expect(rig.readings.map((reading) => 'takenAtMs' in reading && reading.takenAtMs)).toEqual([
      -29_000, -29_000,
    ]);
  });

  it('declares how often it speaks, and a reading is that old when it comes', () => {
    const rig = new Rig('thermometer', 'mqtt', { ...PROBE, every: '500 ms' });
    expect(rig.device.declaration).toMatchObject({ sampleMs: 500, deadline: 'none', lease: null });
    rig.atMs = 10_000;
    expect(rig.message('bath/probe/water', '38.25').readings).toEqual([
      { kind: 'temperature', device: 'foot-bath-thermometer', valueC: 38.25, takenAtMs: 9_500 },
    ]);
  });

  it.each([
    [{}, '38.25', 38.25],
    [{}, ' 38.25\n', 38.25],
    [{ offset: -0.5 }, '38.25', 37.75],
    [{ scale: 0.1, offset: 1 }, '370', 38],
    [{ unit: 'fahrenheit' }, '100.4', 38],
    [{ unit: 'fahrenheit', scale: 0.1 }, '1004', 38],
    [{ value: '/water/temp' }, '{"water":{"temp":38.25}}', 38.25],
    [{ value: '/water/temp' }, '{"water":{"temp":"38.25"}}', 38.25],
    [{ value: '/probes/1' }, '{"probes":[12,38]}', 38],
    [{ value: '' }, '38', 38],
  ])('%j reads %s as %f C', (more, payload, valueC) => {
    const rig = new Rig('thermometer', 'mqtt', { ...PROBE, ...more }).message(PROBE.state, payload);
    expect(celsius(rig)).toEqual([expect.closeTo(valueC, 9)]);
  });

  it.each([
    [{}, 'nan'],
    [{}, ''],
    [{}, '38.25 C'],
    [{}, '0x26'],
    [{}, '3.8e1'],
    [{}, '85.00'],
    [{}, '-127'],
    [{}, '{"temp":38}'],
    [{ unit: 'fahrenheit' }, '185'],
    [{ scale: 1000 }, '38'],
    [{ value: '/temp' }, '38'.repeat(10_000)],
    [{ value: '/temp' }, 'nonsense'],
    [{ value: '/temp' }, '{"temp":null}'],
    [{ value: '/temp' }, '{"temp":true}'],
    [{ value: '/temp' }, '{"temp":[38]}'],
    [{ value: '/temp' }, '{"temp":1e999}'],
  ])('%j: %s is an answer that is no temperature', (more, payload) => {
    const rig = new Rig('thermometer', 'mqtt', { ...PROBE, ...more }).message(PROBE.state, payload);
    expect(celsius(rig)).toEqual([null]);
  });

  it('a retained value, another topic, or a message without the value is no reading', () => {
    const rig = new Rig('thermometer', 'mqtt', { ...PROBE, value: '/temp' });
    rig.message(PROBE.state, '{"temp":38}', true);
    rig.message(`${PROBE.state}/x`, '{"temp":38}');
    for (const payload of ['{"battery":97}', '{}', '[]', '38', '"temp"']) rig.message(PROBE.state, payload);
    rig.command({ action: 'sample', on: true });
    expect([rig.readings, rig.out, rig.faults]).toEqual([[], [], []]);
  });
});

describe('a JSON Pointer', () => {
  // RFC 6901, section 5.
  const document =
    '{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\\\j":5,"k\\"l":6," ":7,"m~n":8}';
  test.each([
    ['', JSON.parse(document)],
    ['/foo', ['bar', 'baz']],
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/c%d', 2],
    ['/e^f', 3],
    ['/g|h', 4],
    ['/i\\j', 5],
    ['/k"l', 6],
    ['/ ', 7],
    ['/m~0n', 8],
  ])('"%s" is what the RFC says', (pointer, value) => {
    expect(pointerSchema.safeParse(pointer).success).toBe(true);
    expect(readAt(document, parsePointer(pointer))).toEqual(value);
  });

  test('~01 is the name ~1 and not a slash', () => {
    expect(valueAt({ '~1': 'tilde', '/': 'slash' }, parsePointer('/~01') ?? [])).toBe('tilde');
  });

  test.each(['foo', '/a~', '/a~2', '#/a', `/${'x'.repeat(200)}`, '/a'.repeat(17)])(
    '%s is none, and is refused',
    (pointer) => {
      expect(pointerSchema.safeParse(pointer).success).toBe(false);
    },
  );

  test.each(['/-', '/2', '/00', '/01', '/1e0', '/length', '/map', '/0/length'])(
    '%s leads nowhere in a list of two texts',
    (pointer) => {
      expect(valueAt(['a', 'b'], parsePointer(pointer) ?? [])).toBeUndefined();
    },
  );

  test.each(['/__proto__', '/constructor', '/toString', '/hasOwnProperty/name', '/constructor/prototype'])(
    '%s leads nowhere in a message that does not have it',
    (pointer) => {
      expect(readAt('{}', parsePointer(pointer))).toBeUndefined();
    },
  );

  test('a name that a message has is read, whatever it is called', () => {
    expect(readAt('{"__proto__":{"temp":38}}', parsePointer('/__proto__/temp'))).toBe(38);
    expect(readAt('{"constructor":38}', parsePointer('/constructor'))).toBe(38);
  });
});

describe('a button', () => {
  it('one key of a radio remote presses, its other keys and other remotes do not', () => {
    const options = { state: 'home/OpenMQTTGateway/433toMQTT', value: '/value', map: { 1315156: 'press' } };
    const rig = replay('mqtt/rf-button', new Rig('button', 'mqtt', options), []);
    expect(presses(rig)).toEqual([{ type: 'press' }, { type: 'press' }]);
  });

  it('press, double, and a hold that counts 3 s at once and 5 s when it is let go that late', () => {
    const rig = new Rig('button', 'mqtt', BUTTON).link(true);
    const say = (word: string, laterMs: number): unknown[] => {
      rig.forget();
      rig.atMs += laterMs;
      return presses(rig.message(BUTTON.state, word));
    };
    expect(say('pressed', 0)).toEqual([{ type: 'press' }]);
    expect(say('twice', 500)).toEqual([{ type: 'double' }]);
    expect(say('held', 500)).toEqual([{ type: 'hold', heldMs: 3_000 }]);
    expect(say('up', 4_999)).toEqual([]);
    expect(say('held', 500)).toEqual([{ type: 'hold', heldMs: 3_000 }]);
    expect(say('up', 5_000)).toEqual([{ type: 'hold', heldMs: 5_000 }]);
    expect(say('up', 60_000)).toEqual([]);
    expect(say('held', 500)).toHaveLength(1);
    rig.link(false).link(true);
    expect(say('up', 60_000)).toEqual([]);
  });

  it.each([
    '',
    'PRESSED',
    'press',
    'hold',
    'pressed!',
    '__proto__',
    'constructor',
    '{"a":1}',
    'x'.repeat(9_999),
  ])('what its map does not have means nothing: %s', (payload) => {
    expect(presses(new Rig('button', 'mqtt', BUTTON).message(BUTTON.state, payload))).toEqual([]);
  });

  it('a retained press is somebody from long ago', () => {
    const rig = new Rig('button', 'mqtt', BUTTON).message(BUTTON.state, 'pressed', true);
    expect(presses(rig.message('home/other', 'pressed'))).toEqual([]);
  });

  it('true and false are words too', () => {
    const options = { state: 's', value: '/contact', map: { false: 'press' } };
    const rig = new Rig('button', 'mqtt', options).message('s', '{"contact":true}');
    expect(presses(rig.message('s', '{"contact":false}'))).toEqual([{ type: 'press' }]);
  });
});

describe('a stop device', () => {
  it('without a map stops on any message at all', () => {
    const rig = new Rig('stop', 'mqtt', { state: 's' });
    for (const payload of ['', 'anything', '{', '{"battery":1}']) rig.message('s', payload);
    expect(presses(rig)).toEqual(Array(4).fill({ type: 'press' }));
    expect(presses(rig.forget().message('s', 'x', true))).toEqual([]);
  });

  it('with a value stops where the message has it', () => {
    const rig = new Rig('stop', 'mqtt', { state: 's', value: '/action' });
    for (const payload of ['{"battery":97}', '{"action":""}', '{"action":null}', 'x'])
      rig.message('s', payload);
    expect(presses(rig)).toEqual([]);
    expect(presses(rig.message('s', '{"action":"on"}'))).toEqual([{ type: 'press' }]);
  });

  it('with a map stops on whatever it maps, also on a release', () => {
    const rig = new Rig('stop', 'mqtt', { ...BUTTON });
    for (const word of ['pressed', 'twice', 'held', 'up', 'other']) rig.message(BUTTON.state, word);
    expect(presses(rig)).toEqual(Array(4).fill({ type: 'press' }));
  });
});

describe('a lamp and a buzzer', () => {
  it('a lamp is sent the payload of each colour, and the plain one for those it has none for', () => {
    const rig = new Rig('light', 'mqtt', WLED).link(true);
    replay('mqtt/wled', rig, [lit('warm', 'on'), clock, clock, lit('red', 'off'), clock]);
    rig.forget();
    lit('cold', 'on')(rig);
    expect(rig.sent).toEqual([`wled/bath/api ${WLED.payload.on}`]);
  });

  it('a buzzer is silenced at each meeting, with a message that arrives, and beeps as told', () => {
    const rig = new Rig('buzzer', 'mqtt', BUZZER);
    replay('mqtt/buzzer', rig, [meet, cue({ sound: { count: 1, onMs: 100, offMs: 100 } }), clock]);
    expect(rig.out.map(({ qos }) => qos)).toEqual([1, 0, 0]);
  });

  it('a lamp is not touched at a meeting, and nothing waits for a link that is down', () => {
    const rig = new Rig('light', 'mqtt', WLED).link(true);
    expect(rig.sent).toEqual([]);
    lit('warm', 'on', 3)(rig);
    rig.link(false);
    expect(rig.nextDeadlineMs).toBeNull();
    rig.forget();
    lit('warm', 'on')(rig);
    expect(rig.link(true).sent).toEqual([]);
  });

  it('the cue `off` turns it off', () => {
    const rig = new Rig('light', 'mqtt', WLED).meet();
    cue({ name: 'off' })(rig);
    expect(rig.sent).toEqual(['wled/bath/api {"on":false}']);
  });

  it('what it says shows that it is there; what lies at the broker does not', () => {
    const rig = new Rig('buzzer', 'mqtt', BUZZER).meet();
    expect(rig.message('bath/buzzer', 'OFF', true).faults).toEqual([]);
    expect(rig.message('bath/buzzer', 'OFF').faults).toEqual([
      { type: 'presence', device: 'foot-bath-buzzer', online: true },
    ]);
  });
});

describe('what is refused', () => {
  const failure = (role: Role, options: unknown): string => {
    try {
      createDevice({ id: 'x', role, driver: 'mqtt', options, travelMs: null });
    } catch (error) {
      if (error instanceof ConfigError) return error.message;
      throw error;
    }
    return 'it was accepted';
  };

  it.each(['hot', 'cold', 'mixer'] as const)('a %s, whatever is declared of it, with the remedy', (role) => {
    const forms = [
      { set: 'v/set', payload: { on: 'ON', off: 'OFF' } },
      { set: 'v/set', deadline: 'none' },
      {},
    ];
    for (const options of forms) {
      expect(failure(role, options)).toMatch(/cannot know that it closes by itself.*Shelly.*countdown/);
    }
    expect(failure(role, { set: 'v/set', deadline: 'per-command' })).toMatch(
      /deadline: .*not built in this version.*ebb doctor/,
    );
  });

  it.each<readonly [Role, Record<string, unknown>, RegExp]>([
    ['thermometer', { state: 's' }, /needs `every:`/],
    ['thermometer', { every: '1 s' }, /needs `state:`/],
    ['thermometer', { ...PROBE, every: 1 }, /every: a duration is a number and a unit/],
    ['thermometer', { ...PROBE, every: '50 ms' }, /every: must be 100 ms to 1 h/],
    ['thermometer', { ...PROBE, map: { a: 'press' } }, /has no `map:`/],
    ['thermometer', { ...PROBE, set: 't' }, /has no `set:`/],
    ['thermometer', { ...PROBE, scale: 0 }, /scale: must be more than 0/],
    ['thermometer', { ...PROBE, scale: -1 }, /scale: must be more than 0/],
    ['thermometer', { ...PROBE, value: 'water.temp' }, /value: a JSON Pointer begins with \//],
    ['thermometer', { ...PROBE, unit: 'kelvin' }, /unit: /],
    ['thermometer', { ...PROBE, topic: 'x' }, /topic/],
    ['button', { state: 's' }, /needs `map:`/],
    ['button', { state: 's', map: {} }, /map: 1 to 50 values/],
    ['button', { state: 's', map: { a: 'hold' } }, /no value of its `map:` means press/],
    ['button', { state: 's', map: { a: 'start' } }, /map\.a: /],
    ['button', { state: 's', map: { a: 'press' }, every: '1 s' }, /has no `every:`/],
    ['light', { set: 's' }, /needs `payload:`/],
    ['light', { set: 's', payload: { on: 'ON' } }, /payload\.off: /],
    ['light', { set: 's', payload: { on: 'ON', off: 'OFF', blue: 'B' } }, /blue/],
    ['light', { set: 's', payload: { on: 'ON', off: 'OFF' }, value: '/a' }, /has no `value:`/],
    ['buzzer', { set: 's', payload: { on: 'ON', off: 'OFF', red: 'R' } }, /leave `red` out/],
  ])('a %s that says %j', (role, options, text) => {
    expect(failure(role, options)).toMatch(text);
  });

  it.each([
    ['', /set: /],
    ['home/+/set', /wildcards/],
    ['home/#', /wildcards/],
    ['$SYS/x', /belong to the broker/],
    ['ebb', /outside of ebb\//],
    ['ebb/foot-bath/set', /outside of ebb\//],
    ['a\u0000b', /control characters/],
    ['a\nb', /control characters/],
    ['\ud800', /control characters/],
    ['a/'.repeat(60), /levels at most/],
    ['a'.repeat(201), /set: /],
  ])('the topic %j, to speak on and to listen to', (topic, text) => {
    expect(failure('light', { set: topic, payload: { on: 'ON', off: 'OFF' } })).toMatch(text);
    expect(failure('button', { state: topic, map: { a: 'press' } })).not.toBe('it was accepted');
  });

  it('nothing of what is allowed: options that were checked once pass again as they are', () => {
    const driver = findDriver('mqtt');
    for (const options of [PROBE, BUTTON, BUZZER, WLED, { ...PROBE, deadline: 'none', unit: 'celsius' }])
      expect(driver?.options.parse(driver.options.parse(options))).toEqual(options);
    expect(failure('light', { set: '/ebbtide/lamp', payload: { on: '', off: '0' } })).toBe('it was accepted');
  });
});
