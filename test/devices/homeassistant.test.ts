// If these fail, Home Assistant could be given water, a light stays on after the press, a restart of Home Assistant presses
// a button that nobody touched, or somebody counts as busy, or as there, who is not.
import { describe, expect, test } from 'vitest';
import { CUES } from '../../machines/cues.ts';
import { DRIVERS } from '../../devices/index.ts';
import { ROLES } from '../../src/model/device.ts';
import type { CueName, Role } from '../../src/model/device.ts';
import { Rig } from './replay.ts';

const URL = 'http://ha.local:8123';
const at = { url: URL, token: 'abc' };

class Home extends Rig {
  readonly entity: string;

  constructor(role: Role, entity: string, more: Record<string, unknown> = {}) {
    super(role, 'homeassistant', { ...at, entity, ...more });
    this.entity = entity;
  }

  up(): this {
    return this.message(`ha:${URL}/link`, '{"up":true}');
  }

  is(state: string | null, attributes: Record<string, unknown> = {}, first = false): this {
    return this.message(`ha:${URL}/${this.entity}`, JSON.stringify({ state, attributes, first }));
  }

  cue(name: CueName): this {
    return this.command({ action: 'cue', cue: CUES[name] });
  }

  /** `light.turn_on {…}`, targeted or not. */
  get calls(): readonly string[] {
    return this.out.map(({ topic, payload }) => {
      expect(topic).toBe(`ha:${URL}/${this.entity}/call`);
      const { domain, service, data, targeted } = JSON.parse(payload) as Record<string, unknown>;
      return `${String(domain)}.${String(service)} ${JSON.stringify(data)}${targeted === true ? '' : ' (to nobody in particular)'}`;
    });
  }

  get presses(): number {
    return this.readings.filter(({ kind }) => kind === 'button').length;
  }

  get said(): readonly unknown[] {
    return this.readings.map((one) =>
      one.kind === 'busy' ? one.busy : one.kind === 'presence' ? one.present : one.kind,
    );
  }
}

describe('what an entity can be', () => {
  const refused = (entity: string, role: Role, more: Record<string, unknown> = {}): string | null => {
    const driver = DRIVERS['homeassistant'];
    return driver?.refuses(driver.options.parse({ ...at, entity, ...more }), role) ?? null;
  };

  test('never water, and nothing that guards it, whatever the entity', () => {
    for (const role of ['hot', 'cold', 'mixer', 'master', 'drain', 'heater'] as const)
      for (const entity of ['switch.a', 'valve.a', 'light.a', 'climate.a', 'input_boolean.a'])
        expect(refused(entity, role)).toMatch(/never drives water.* each with its own driver/);
    for (const role of ['thermometer', 'flow', 'level', 'leak'] as const)
      expect(refused('sensor.a', role)).toMatch(/guards water/);
  });

  test.each([
    ['light.a', ['light']],
    ['switch.a', ['light', 'buzzer', 'button', 'busy']],
    ['binary_sensor.a', ['button', 'stop', 'presence', 'busy']],
    ['event.a', ['button', 'stop']],
    ['person.a', ['presence']],
    ['calendar.a', ['busy']],
    ['notify.a', ['light', 'buzzer']],
    ['lock.front_door', []],
  ] as const)('%s: %j', (entity, roles) => {
    for (const role of ROLES)
      expect([role, refused(entity, role) === null]).toEqual([role, roles.some((one) => one === role)]);
  });

  test('no option is ignored', () => {
    expect(refused('media_player.a', 'buzzer')).toMatch(/needs `media:`/);
    expect(refused('switch.a', 'buzzer', { volume: 0.2 })).toMatch(/belong to a media player/);
    expect(refused('binary_sensor.a', 'button', { event: 'x' })).toMatch(/`event:` belongs/);
    expect(refused('light.a', 'light', { message: 'x' })).toMatch(/`message:` belongs/);
    const options = DRIVERS['homeassistant']?.options;
    expect(options?.safeParse({ ...at, entity: 'media_player.a', media: 'x', volume: 0.51 }).success).toBe(
      false,
    );
    expect(options?.safeParse({ ...at, url: 'http://ha.local/lovelace', entity: 'light.a' }).success).toBe(
      false,
    );
  });
});

describe('a lamp', () => {
  const RGB = { supported_color_modes: ['rgb'], supported_features: 40 };

  test('blinks in the rhythm of the cue, with what it can, and goes out', () => {
    const lamp = new Home('light', 'light.desk').up().is('off', RGB, true).forget().cue('remind');
    for (let changes = 0; changes < 10; changes += 1) lamp.clock();
    expect(lamp.calls).toHaveLength(11);
    expect(lamp.calls.slice(0, 2)).toEqual([
      'light.turn_on {"brightness":255,"rgb_color":[255,255,255],"transition":0}',
      'light.turn_off {"transition":0}',
    ]);
    expect(lamp.calls.at(-1)).toContain('turn_on');
    expect(lamp.forget().cue('off').calls).toEqual(['light.turn_off {"transition":0}']);
  });

  test.each([
    [{ supported_color_modes: ['onoff'] }, 'light.turn_on {}'],
    [{ supported_color_modes: ['brightness'], supported_features: 0 }, 'light.turn_on {"brightness":255}'],
    [{ supported_color_modes: null }, 'light.turn_on {}'],
    [{}, 'light.turn_on {}'],
  ])('%j is told no more than it can', (attributes, call) => {
    expect(new Home('light', 'light.a').up().is('off', attributes, true).cue('warm').calls).toEqual([call]);
  });

  test('that is gone is told nothing, and says so', () => {
    const lamp = new Home('light', 'light.desk').up().is('unavailable', {}, true).cue('remind');
    expect(lamp.calls).toEqual([]);
    expect(lamp.faults).toEqual([
      { type: 'presence', device: 'foot-bath-light', online: false },
      {
        type: 'refused',
        device: 'foot-bath-light',
        message: 'light.desk is unavailable in Home Assistant; look at the device there',
      },
    ]);
    expect(lamp.forget().is(null).faults[1]).toMatchObject({
      message: expect.stringContaining('there is no entity light.desk') as string,
    });
    expect(lamp.forget().is('off').faults).toEqual([
      { type: 'presence', device: 'foot-bath-light', online: true },
    ]);
    expect(lamp.forget().message(`ha:${URL}/link`, '{"up":false,"why":"gone"}').cue('remind').calls).toEqual(
      [],
    );
  });
});

describe('sounds and messages', () => {
  test('a switch beeps, and is off at the end', () => {
    const buzzer = new Home('buzzer', 'switch.chime').up().is('off', {}, true).cue('remind-again');
    while (buzzer.nextDeadlineMs !== null) buzzer.clock();
    expect(buzzer.calls).toEqual([
      'switch.turn_on {}',
      'switch.turn_off {}',
      'switch.turn_on {}',
      'switch.turn_off {}',
    ]);
    expect(buzzer.forget().cue('remind').calls).toEqual([]);
  });

  test('a media player is as loud as it may be, and afterwards as loud as it was', () => {
    const media = { media: 'media-source://media_source/local/gong.mp3', volume: 0.25 };
    const player = new Home('buzzer', 'media_player.desk', media)
      .up()
      .is('idle', { volume_level: 0.8 }, true);
    expect(player.cue('remind-again').calls).toEqual([
      'media_player.volume_set {"volume_level":0.25}',
      'media_player.play_media {"media_content_id":"media-source://media_source/local/gong.mp3","media_content_type":"music"}',
    ]);
    player.is('playing', { volume_level: 0.25 }).forget();
    expect(player.cue('beat').calls).toEqual([]);
    expect(player.cue('off').calls).toEqual([
      'media_player.media_stop {}',
      'media_player.volume_set {"volume_level":0.8}',
    ]);
    expect(player.forget().cue('off').calls).toEqual([]);
  });

  test('a notification on the pages of Home Assistant is taken back with the press', () => {
    const page = new Home('light', 'persistent_notification.ebb').up().is(null, {}, true).cue('remind');
    expect(page.calls).toEqual([
      'persistent_notification.create {"notification_id":"ebb","title":"Ebb","message":"Time to get up."} (to nobody in particular)',
    ]);
    expect(page.forget().cue('off').calls).toEqual([
      'persistent_notification.dismiss {"notification_id":"ebb"} (to nobody in particular)',
    ]);
  });

  test('a telephone: the older service with a tag, or the entity where there is one', () => {
    const old = new Home('buzzer', 'notify.mobile_app_phone', { message: 'Up!' }).up().cue('remind-again');
    // Which of the two it is nobody knows yet.
    expect(old.calls).toEqual([]);
    expect(old.is(null, {}, true).cue('remind').calls).toEqual([]);
    expect(old.cue('remind-again').calls).toEqual([
      'notify.mobile_app_phone {"title":"Ebb","message":"Up!","data":{"tag":"foot-bath-buzzer"}} (to nobody in particular)',
    ]);
    expect(old.forget().cue('off').calls).toEqual([
      'notify.mobile_app_phone {"message":"clear_notification","data":{"tag":"foot-bath-buzzer"}} (to nobody in particular)',
    ]);
    const entity = new Home('light', 'notify.phone').up().is('unknown', {}, true).cue('remind');
    expect(entity.calls).toEqual(['notify.send_message {"title":"Ebb","message":"Time to get up."}']);
    // A link that came back has every cue given again, and nobody wants to read it twice; what failed was not read.
    expect(entity.forget().cue('remind').calls).toEqual([]);
    entity.message(`ha:${URL}/notify.phone/failed`, '{"why":"no"}');
    expect(entity.forget().cue('remind').calls).toHaveLength(1);
    // What is due, where the desk says so.
    const cue = { ...CUES.remind, words: { title: 'Calf raises', text: 'Rise on your toes.' } };
    expect(entity.forget().command({ action: 'cue', cue }).calls).toEqual([
      'notify.send_message {"title":"Ebb","message":"Calf raises: Rise on your toes."}',
    ]);
  });

  test('what could not be done is told in its words', () => {
    const lamp = new Home('light', 'light.a').up().is('off', {}, true).forget();
    expect(
      lamp.message(`ha:${URL}/light.a/failed`, '{"why":"Service light.turn_on not found."}').faults,
    ).toEqual([
      {
        type: 'refused',
        device: 'foot-bath-light',
        message: 'Home Assistant: Service light.turn_on not found.',
      },
    ]);
  });
});

describe('a button', () => {
  test.each([
    ['binary_sensor.knob', {}, 'off', 'on', 1],
    ['binary_sensor.knob', {}, 'on', 'off', 0],
    ['binary_sensor.knob', {}, 'unavailable', 'on', 0],
    ['input_boolean.done', {}, 'off', 'on', 1],
    ['button.done', {}, 'unknown', '2026-01-05T10:00:00+00:00', 1],
    ['button.done', {}, '2026-01-05T10:00:00+00:00', '2026-01-05T10:00:01+00:00', 1],
    ['button.done', {}, '2026-01-05T10:00:00+00:00', '2026-01-05T10:00:00+00:00', 0],
    ['button.done', {}, '2026-01-05T10:00:00+00:00', 'unavailable', 0],
    ['button.done', {}, 'unavailable', '2026-01-05T10:00:00+00:00', 0],
    ['event.knob', {}, 'unknown', '2026-01-05T10:00:00+00:00', 1],
    ['event.knob', { event: 'single' }, 'unknown', '2026-01-05T10:00:00+00:00', 0],
    ['event.knob', { event: 'press' }, 'unknown', '2026-01-05T10:00:00+00:00', 1],
  ])('%s %j from %s to %s: %i', (entity, more, before, after, presses) => {
    const button = new Home('button', entity, more).up().is(before, { event_type: 'press' }, true);
    expect(button.presses).toBe(0);
    expect(button.is(after, { event_type: 'press' }).presses).toBe(presses);
  });

  test('a restart of Home Assistant presses nothing', () => {
    const button = new Home('button', 'binary_sensor.knob').up().is('off', {}, true);
    button
      .message(`ha:${URL}/link`, '{"up":false,"why":"away"}')
      .up()
      .is('on', {}, true)
      .is('unavailable')
      .is('on');
    expect(button.presses).toBe(0);
    expect(button.is('off').is('on').presses).toBe(1);
  });
});

describe('who is there, and busy', () => {
  test.each([
    ['busy', 'binary_sensor.meeting', 'on', true],
    ['busy', 'input_boolean.dnd', 'off', false],
    ['busy', 'calendar.work', 'on', true],
    ['busy', 'media_player.headset', 'playing', true],
    ['busy', 'media_player.headset', 'idle', false],
    ['busy', 'binary_sensor.meeting', 'unknown', null],
    ['presence', 'person.sam', 'home', true],
    ['presence', 'person.sam', 'not_home', false],
    ['presence', 'person.sam', 'Office', false],
    ['presence', 'person.sam', 'unknown', null],
    ['presence', 'binary_sensor.chair', 'unavailable', null],
  ] as const)('%s: %s is %s: %s', (role, entity, state, expected) => {
    expect(new Home(role, entity).up().is(state, {}, true).said).toEqual([expected]);
  });

  test('with Home Assistant gone nothing is known', () => {
    const chair = new Home('presence', 'binary_sensor.chair').up().is('on', {}, true).forget();
    expect(chair.message(`ha:${URL}/link`, '{"up":false,"why":"away"}').said).toEqual([null]);
  });
});
