// If these fail over a real broker, Home Assistant does not find the bath after one of the two has restarted, keeps
// showing a bath that is long gone, offers a start that nobody allowed, or its STOP does not close the water.
import { afterEach, describe, expect, it } from 'vitest';
import { SystemClock } from '../../src/clock/system.ts';
import { loadConfig } from '../../src/config/index.ts';
import { composeReal } from '../../src/main.ts';
import type { Running } from '../../src/main.ts';
import type { BusMessage } from '../../src/model/bus.ts';
import { silentLog } from '../../src/model/log.ts';
import { loadLibrary } from '../../src/protocols/index.ts';
import { startBroker } from '../../src/transports/broker.ts';
import { connectMqtt } from '../../src/transports/mqtt.ts';
import type { MqttBus } from '../../src/transports/mqtt.ts';
import { isOff, openHouse, openTap, runHot } from '../support/house.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { cleanUp, writeHome } from '../support/process.ts';
import { describeWith } from '../support/programs.ts';
import { violations } from './ha-checker.ts';
import { entity, pressed, readDevice, rendered, stateOf } from './home-assistant.ts';

const clock = new SystemClock();
const { protocols } = loadLibrary([]);
const CONFIG = 'homeassistant/device/ebb_home_foot-bath/config';
const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await cleanUp();
});

interface Broker {
  readonly url: string;
  close(): Promise<unknown>;
}

const SECOND_STATION = `
  upstairs:
    kind: bath
    vessel: stream
    name: Upstairs
    light: { driver: esphome, node: lamp, light: lamp }
`;

/** A controller of a config on this broker; `more` stands below its foot bath. */
async function controllerAt(url: string, more = ''): Promise<Running> {
  const { config, problems } = loadConfig(writeHome(`url: "${url}"`, more).file, { env: {} });
  if (config === null) throw new Error(problems.map(({ message }) => message).join('\n'));
  const running = await composeReal({ config, protocols, log: silentLog }, { clock });
  let closed: Promise<void> | null = null;
  const close = (): Promise<void> => (closed ??= running.close());
  closing.push(close);
  return { ...running, close };
}

async function tapAt(url: string) {
  const opened = openTap(url);
  closing.push(() => opened.tap.close());
  await isUp(opened.tap);
  return opened;
}

function isUp(bus: MqttBus): Promise<void> {
  return new Promise((resolve) => {
    bus.onLink((up) => {
      if (up) resolve();
    });
  });
}

const isConfig = ({ topic, payload }: BusMessage): boolean => topic === CONFIG && payload !== '';
const retainedOf = (seen: readonly BusMessage[]): Map<string, string> => {
  const kept = new Map<string, string>();
  for (const { topic, payload } of seen) {
    if (!topic.startsWith('homeassistant/')) continue;
    if (payload === '') kept.delete(topic);
    else kept.set(topic, payload);
  }
  return kept;
};

/** What somebody who comes now is told at once. */
async function keptAt(url: string): Promise<Map<string, string>> {
  const late = connectMqtt({ clientId: 'late', url, clock });
  const seen: BusMessage[] = [];
  late.onMessage((message) => seen.push(message));
  late.subscribe(['homeassistant/#', 'ebb/status']);
  await expect.poll(() => seen.some(({ topic }) => topic === 'ebb/status'), { timeout: 5_000 }).toBe(true);
  // Retained messages come in one go; what is said now comes after them.
  late.publish({ topic: 'homeassistant/mark', payload: 'x', qos: 1 });
  await expect
    .poll(() => seen.some(({ topic }) => topic === 'homeassistant/mark'), { timeout: 5_000 })
    .toBe(true);
  await late.close();
  return retainedOf(seen.filter(({ retained }) => retained));
}

function discovery(startOne: () => Promise<Broker>): void {
  const open = async (): Promise<string> => {
    const broker = await startOne();
    closing.push(() => broker.close());
    return broker.url;
  };

  it('tells each station by itself, and again with its state when Home Assistant is born', async () => {
    const url = await open();
    const { seen, sees, tap } = await tapAt(url);
    const running = await controllerAt(url, SECOND_STATION);
    await sees(isConfig);
    await sees(({ topic }) => topic === 'homeassistant/device/ebb_home_upstairs/config');
    const kept = await keptAt(url);
    expect([...kept.keys()].sort()).toEqual([CONFIG, 'homeassistant/device/ebb_home_upstairs/config']);
    const messages = [...kept].map(([topic, payload]) => ({ topic, payload, retain: true }));
    expect(violations(messages)).toEqual([]);
    // The states that follow the first payloads are not those that a birth brings.
    await sees(({ topic }) => topic === 'ebb/upstairs/state', seen.findLastIndex(isConfig));
    const from = seen.length;
    tap.publish({ topic: 'homeassistant/status', payload: 'online', qos: 0 });
    const { payload } = await sees(isConfig, from);
    expect(payload).toBe(kept.get(CONFIG));
    const state = await sees(({ topic }) => topic === 'ebb/foot-bath/state', from);
    expect(stateOf(state)).toEqual(running.controller.state('foot-bath'));
    expect(rendered(entity(readDevice(payload), 'phase'), state.payload)).toBe('idle');
  });

  it('takes out a station that has left the config, and leaves everybody else alone', async () => {
    const url = await open();
    const { seen, sees, tap } = await tapAt(url);
    const before = await controllerAt(url, SECOND_STATION);
    await sees(isConfig);
    await before.close();
    const others = ['homeassistant/device/ebb_cabin_upstairs/config', 'homeassistant/device/lamp/config'];
    for (const topic of others) tap.publish({ topic, payload: '{"device":{}}', qos: 1, retain: true });
    const from = seen.length;
    await controllerAt(url);
    await sees(isConfig, from);
    expect([...(await keptAt(url)).keys()].sort()).toEqual([CONFIG, ...others].sort());
  });

  it('takes the start back, each entity once alone and then for good, when MQTT may not start any more', async () => {
    const url = await open();
    const { seen, sees } = await tapAt(url);
    const before = await controllerAt(url, '    prepare_from: [button, page, cli, mqtt]\n');
    const { payload } = await sees(isConfig);
    const device = readDevice(payload);
    expect(entity(device, 'protocol').options).toEqual(
      expect.arrayContaining(['contrast-foot-bath', 'warm-soak']),
    );
    expect(entity(device, 'start').command_topic).toBeDefined();
    const select = entity(device, 'protocol').state_topic;
    await sees(({ topic }) => topic === select);
    await before.close();
    const from = seen.length;
    await controllerAt(url);
    await sees(({ topic, payload: text }) => topic === select && text === '', from);
    await expect.poll(() => seen.slice(from).filter(isConfig).length, { timeout: 5_000 }).toBe(2);
    const [first, second] = seen.slice(from).filter(isConfig);
    expect(JSON.parse(first?.payload ?? '')).toMatchObject({
      components: { protocol: { platform: 'select' }, start: { platform: 'button' } },
    });
    expect(Object.keys(entity(readDevice(first?.payload ?? ''), 'start')).sort()).toEqual(
      ['platform', 'qos', 'retain'].sort(),
    );
    expect(Object.keys(readDevice(second?.payload ?? '').components)).not.toContain('start');
    expect(Object.keys(readDevice(second?.payload ?? '').components)).not.toContain('protocol');
    for (const one of [first, second])
      expect(violations([{ topic: CONFIG, payload: one?.payload ?? '', retain: true }])).toEqual([]);
  });
}

describe('discovery over the embedded broker', () => {
  discovery(async () => {
    const broker = await startBroker({ host: '127.0.0.1', port: 0 });
    return { url: broker.url, close: () => broker.close() };
  });

  it('refuses the buttons of Home Assistant where somebody has had them retained', async () => {
    const broker = await startBroker({ host: '127.0.0.1', port: 0 });
    closing.push(() => broker.close());
    const { url } = broker;
    const { sees, tap } = await tapAt(url);
    for (const topic of ['ebb/foot-bath/set', 'ebb/foot-bath/select/start'])
      tap.publish({ topic, payload: topic.endsWith('set') ? 'pause' : 'start', qos: 1, retain: true });
    await sees(({ topic }) => topic === 'ebb/foot-bath/select/start');
    await controllerAt(url, '    prepare_from: [button, page, cli, mqtt]\n');
    for (const command of ['pause', 'start']) {
      await sees(
        ({ topic, payload }) =>
          topic === 'ebb/foot-bath/error' &&
          payload.includes(`"${command}"`) &&
          payload.includes('"retained"'),
      );
    }
  });

  it('closes the water when STOP is pressed in Home Assistant', async () => {
    const house = await openHouse(4);
    closing.push(() => house.close());
    const { payload } = await house.sees(isConfig);
    const stop = entity(readDevice(payload), 'stop');
    await runHot(house);
    const ha = connectMqtt({ clientId: 'ha', url: house.url, clock });
    closing.push(() => ha.close());
    await isUp(ha);
    const from = house.seen.length;
    ha.publish(pressed(stop));
    await house.sees(isOff, from);
    const stopped = await house.sees(
      (message) => message.topic === 'ebb/foot-bath/state' && stateOf(message).state === 'stopped',
      from,
    );
    expect(rendered(entity(readDevice(payload), 'valve_hot'), stopped.payload)).toBe('closed');
  });
});

describeWith(['mosquitto'], 'discovery over Mosquitto', () => {
  discovery(async () => {
    const broker = await startMosquitto();
    return { url: broker.url, close: () => broker.stop() };
  });
});
