/**
 * If this fails, a device that cannot close by itself within seconds is let near warm water, a good one is refused
 * without a word why, or the list of a large house stalls or blinds the controller.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { exposesOf, findEntry, LIST_MAX_CHARS } from '../../devices/zigbee2mqtt/definition.ts';
import { MODELS } from '../../devices/zigbee2mqtt/models.ts';
import { SystemClock } from '../../src/clock/system.ts';
import { startBroker } from '../../src/transports/broker.ts';
import { connectMqtt } from '../../src/transports/mqtt.ts';
import { open, Rig } from './replay.ts';
import {
  BASE,
  entry,
  NAME,
  relay,
  relayExposes,
  say,
  tellBridge,
  tellDevices,
} from './zigbee2mqtt-support.ts';

/** What a hot valve says of a device with this entry: the reason, or the model it was declared as. */
function verdict(device: unknown, options: Record<string, unknown> = { name: NAME, endpoint: 'l1' }) {
  const rig = new Rig('hot', 'zigbee2mqtt', options);
  tellBridge(tellDevices(rig.link(true), device), 'online', true);
  const why = rig.faults.find((fault) => fault.type === 'refused' || fault.type === 'declared');
  // Whatever it says of itself now, an unfit device is never opened.
  say(say(rig, NAME, { state_l1: 'OFF', state: 'OFF' }), NAME, { state_l1: 'OFF', state: 'OFF' }).forget();
  open(30_000)(rig);
  if (why?.type === 'refused') expect(rig.sent).toEqual([]);
  return why;
}

const textOf = (why: ReturnType<typeof verdict>): string => (why?.type === 'refused' ? why.message : '');

describe('a relay with a countdown in seconds', () => {
  it.each(['TS0001', 'TS0002', 'TS0003', 'TS0004'])('%s is taken, whatever product it is', (modelId) => {
    expect(verdict(entry(NAME, { model_id: modelId }, { model: 'WHD02' }))).toMatchObject({
      type: 'declared',
      model: 'WHD02',
      declaration: { deadline: 'per-command', travelMs: 500, reportMs: 2_000, acknowledgesRenewals: true },
    });
  });

  it('has one name: its IEEE address would be a second one, for a lamp', () => {
    for (const name of ['0xa4c1380000000001', '0xA4C1380000000001/l1'])
      expect(() => new Rig('light', 'zigbee2mqtt', { name })).toThrow(/use the friendly name/);
    for (const name of ['bv/set', 'bv/set/state_l1', 'bridge/request'])
      expect(() => new Rig('light', 'zigbee2mqtt', { name })).toThrow(/words of Zigbee2MQTT/);
  });

  it('is declared once, and not again with every change at the bridge', () => {
    const rig = tellDevices(relay().link(true), entry(NAME)).forget();
    tellDevices(rig, entry(NAME), entry('a lamp'));
    expect([rig.faults, rig.out]).toEqual([[], []]);
    tellDevices(rig, entry('a lamp'));
    expect(rig.faults).toMatchObject([{ type: 'refused' }]);
  });
});

describe('each way to be unfit has its own words', () => {
  it.each([
    ['missing', entry('other'), /no device "bath_valves".*Pair it/],
    ['disabled', entry(NAME, { disabled: true }), /disabled.*Enable it/],
    ['interview failed', entry(NAME, { interview_state: 'FAILED' }), /interview .* is failed/],
    [
      'interview of old',
      entry(NAME, { interview_state: undefined, interview_completed: false }),
      /interview .* is pending/,
    ],
    ['unsupported', entry(NAME, { definition: null }), /does not support/],
    ['generic', entry(NAME, { model_id: 'ZBMINI' }, { model: 'ZBMINI' }), /no timer known/],
    [
      'deaf',
      entry(NAME, { manufacturer: '_TZ3000_xfxpoxe0' }),
      /_TZ3000_xfxpoxe0 take a countdown and ignore it/,
    ],
    ['battery', entry(NAME, { power_source: 'Battery' }), /battery/],
    ['no countdown', entry(NAME, {}, { exposes: relayExposes('l1', 'l2').slice(0, 2) }), /no `countdown`/],
    [
      'read-only',
      entry(NAME, {}, { exposes: relayExposes('l1').map((each) => ({ ...each, access: 5 })) }),
      /no `countdown` that can be set/,
    ],
    [
      'in minutes',
      entry(NAME, {}, { exposes: relayExposes('l1').map((each) => ({ ...each, unit: 'min' })) }),
      /does not count in seconds/,
    ],
    [
      'another relay',
      entry(NAME, {}, { exposes: relayExposes('left', 'right') }),
      /no endpoint "l1".*endpoint: left` or `endpoint: right/,
    ],
    ['one relay', entry(NAME, {}, { exposes: relayExposes(null) }), /one relay only.*Leave `endpoint` out/],
  ])('%s', (_what, device, words) => {
    const why = verdict(device);
    expect(why?.type).toBe('refused');
    expect(textOf(why)).toMatch(words);
    expect(textOf(why)).toContain('opens no water');
  });

  it('several relays and none named', () => {
    expect(textOf(verdict(entry(NAME), { name: NAME }))).toMatch(
      /several relays.*endpoint: l1` or `endpoint: l2/,
    );
  });

  it.each([...MODELS].filter(([, { verdict: is }]) => is === 'refused'))('%s', (model, known) => {
    const why = verdict(entry(NAME, {}, { model }));
    expect(why).toMatchObject({ type: 'refused' });
    expect(textOf(why)).toContain(known.verdict === 'refused' ? known.why : '');
    expect(textOf(why)).toContain('Use a mains relay module');
  });

  it('a SONOFF SWV is declared with its travel, which no stream takes', () => {
    const why = verdict(entry(NAME, {}, { model: 'SWV', exposes: relayExposes(null) }), { name: NAME });
    expect(why).toMatchObject({
      type: 'declared',
      declaration: { travelMs: 10_000, acknowledgesRenewals: false },
    });
  });

  it('each entry names its source', () => {
    for (const { source } of MODELS.values()) expect(source).toMatch(/^src\/(devices|lib)\/\w+\.ts/);
  });
});

/** A house of this many devices, each with as much to say as a real one. */
function house(devices: number): string {
  const words =
    'Controls the behavior when the device is powered on after power loss. Takes effect at the next report. ';
  const exposes = Array.from({ length: 24 }, (_, i) => ({
    type: 'enum',
    name: `option_${i}`,
    description: words.repeat(2),
  }));
  return JSON.stringify([
    ...Array.from({ length: devices }, (_, i) => entry(`room ${i}/device`, {}, { exposes })),
    entry(NAME),
  ]);
}

describe('the list of a large house', () => {
  const cleanup: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const undo of cleanup.splice(0).reverse()) await undo();
  });

  it('of 1 MB and more is read, and one beyond any house is not', () => {
    expect(house(200).length).toBeGreaterThan(1_000_000);
    const found = findEntry(house(200), NAME);
    expect(found).toMatchObject({ friendly_name: NAME });
    expect(found === null || found === 'missing' ? [] : exposesOf(found)).not.toEqual([]);
    expect(findEntry(house(200), 'nobody')).toBe('missing');
    expect(findEntry(`[${'1,'.repeat(LIST_MAX_CHARS / 2)}1]`, NAME)).toBeNull();
    for (const odd of ['', '{', '{}', 'null', '[', '['.repeat(100_000), '[null,7,"x",[],{}]'])
      expect(['missing', null]).toContain(findEntry(odd, NAME));
  });

  it('of 4 MB does not hold up a STOP: its parse stays far under the 250 ms of T10', () => {
    const large = house(600);
    expect(large.length).toBeGreaterThan(3_000_000);
    expect(large.length).toBeLessThan(LIST_MAX_CHARS);
    const clock = new SystemClock();
    const startMs = clock.nowMs();
    expect(findEntry(large, NAME)).not.toBe('missing');
    expect(clock.nowMs() - startMs).toBeLessThan(250);
  });

  it('comes through the embedded broker and the client, retained', async () => {
    const broker = await startBroker({ host: '127.0.0.1', port: 0 });
    cleanup.push(() => broker.close());
    const clock = new SystemClock();
    const bridge = connectMqtt({ clientId: 'bridge', url: broker.url, clock });
    cleanup.push(() => bridge.close());
    const payload = house(600);
    await new Promise<void>((resolve) => {
      bridge.onLink((up) => {
        if (up) resolve();
      });
    });
    bridge.publish({ topic: `${BASE}/bridge/devices`, payload, qos: 1, retain: true });
    const ebb = connectMqtt({ clientId: 'ebb', url: broker.url, clock });
    cleanup.push(() => ebb.close());
    ebb.subscribe([`${BASE}/bridge/devices`]);
    const heard = await new Promise<string>((resolve) => {
      ebb.onMessage((message) => {
        resolve(message.payload);
      });
    });
    expect(heard).toBe(payload);
  });
});
