/**
 * If these fail, a person with new hardware is left to guess what to write into a config, is handed lines that do not
 * work, or a stranger's message at the broker writes them; or a scan moves something.
 */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { listen } from '../../src/cli/devices/scan/listen.ts';
import { serialPorts } from '../../src/cli/devices/scan/ports.ts';
import { yamlLines } from '../../src/cli/devices/scan/print.ts';
import type { Found } from '../../src/cli/devices/scan/found.ts';
import { virtualPace } from '../../src/cli/session/pace.ts';
import { VirtualClock } from '../../src/clock/virtual.ts';
import { findDriver } from '../../devices/index.ts';
import { simulatedHardware } from '../../src/main.ts';
import type { Bus, BusMessage, BusOptions } from '../../src/model/bus.ts';
import { Random } from '../../src/random/random.ts';
import { startBroker } from '../../src/transports/broker.ts';
import { MemoryBroker } from '../../src/transports/memory.ts';
import { Folder, configOf, errorsOf } from '../config/support.ts';
import { openTap } from '../support/house.ts';
import { cleanUp, freePort, newFolder, runEbb, runRig, writeHome } from '../support/process.ts';

const folder = new Folder();
afterAll(() => {
  folder.dispose();
});
const close: (() => Promise<void>)[] = [];
afterEach(async () => {
  await cleanUp();
  for (const one of close.splice(0).reverse()) await one();
});

const HOME = `
mqtt: { url: "mqtt://broker.local" }
simulated: true
stations:
  bath:
    kind: bath
    vessel: stream
    hot: { driver: tasmota, topic: valves, relay: 1 }
    cold: { driver: tasmota, topic: valves, relay: 2 }
    master: { driver: shelly, prefix: main-valve, switch: 0 }
    thermometer:
      - { driver: esphome, node: probe, sensor: water }
      - { driver: tasmota, topic: valves, sensor: DS18B20 }
    button: { driver: zigbee2mqtt, name: "bath/button" }
    light: { driver: zigbee2mqtt, name: lamp }
    scald_guard: { by: valve, max: 41 C }
`;

type Say = (topic: string, payload: string, retain?: boolean) => void;

/** A scan in virtual time; `during` happens a second after it began. */
function scanned(
  config: string | null,
  before: (say: Say) => void,
  during: (say: Say) => void = () => undefined,
) {
  const clock = new VirtualClock();
  const broker = new MemoryBroker({ clock, random: new Random(1, 'bus') });
  const connect = (options: BusOptions): Bus => broker.connect(options);
  const home = config === null ? null : configOf(folder.load(config));
  const rigs = (home?.stations ?? []).map((station) => {
    if (home === null) throw new Error('there is one');
    return simulatedHardware({ config: home }, station, 1, clock, connect);
  });
  const heard: BusMessage[] = [];
  const hand = connect({ clientId: 'hand' });
  hand.onMessage((message) => heard.push(message));
  hand.subscribe(['#']);
  clock.runUntil(15_000);
  const say: Say = (topic, payload, retain = false) => {
    hand.publish({ topic, payload, qos: 1, retain });
  };
  before(say);
  clock.runUntil(20_000);
  heard.length = 0;
  const bus = connect({ clientId: 'scan' });
  clock.at(clock.nowMs() + 1_000, 'during', () => {
    during(say);
  });
  const found = listen(bus, virtualPace(clock));
  return { found, heard, rigs };
}

const partsOf = (found: readonly Found[], name: string): readonly string[] =>
  (found.find((thing) => thing.name === name)?.parts ?? []).map(({ options }) => JSON.stringify(options));

describe('simulated devices', () => {
  test('each is found with its parts, by what it keeps at the broker, or says when it is asked', async () => {
    const { found, heard, rigs } = scanned(
      HOME,
      () => undefined,
      (say) => {
        // A Shelly keeps nothing at the broker: somebody presses its button.
        say('main-valve/events/rpc', JSON.stringify({ src: 'x', method: 'NotifyStatus', params: {} }));
      },
    );
    const things = await found;
    expect(partsOf(things, 'valves')).toEqual([
      '{"topic":"valves","relay":1}',
      '{"topic":"valves","relay":2}',
      '{"topic":"valves","sensor":"DS18B20"}',
    ]);
    expect(partsOf(things, 'probe')).toEqual(['{"node":"probe","sensor":"water"}']);
    expect(partsOf(things, 'main-valve')).toEqual(['{"prefix":"main-valve","switch":0}']);
    expect(things.find(({ name }) => name === 'main-valve')?.about).toMatch(/Plus2PM 1\.4\.0, Gen2/);
    expect(partsOf(things, 'bath/button')).toEqual(['{"name":"bath/button"}']);
    expect(things.find(({ name }) => name === 'lamp')?.parts[0]?.roles).toEqual(['light']);
    const roles = things.find(({ name }) => name === 'valves')?.parts.map((part) => part.roles);
    expect(roles?.[0]).toContain('hot');
    expect(roles?.[2]).toEqual(['thermometer']);
    // Nothing was told to do anything: questions only.
    const commands = heard.filter(
      ({ topic }) => /^cmnd|\/rpc$|\/set$|command|lease$/.test(topic) && !/^ebb\/|events\/rpc$/.test(topic),
    );
    for (const { topic, payload } of commands)
      expect(`${topic} ${payload}`).toMatch(
        /Status 1[01]$|"method":"Shelly\.Get|^shellies\/command announce$/,
      );
    expect(rigs.flatMap(({ plant }) => plant.openings())).toEqual([]);
  });

  test('what is printed goes into a config as it stands', async () => {
    const { found } = scanned(
      HOME,
      () => undefined,
      (say) => {
        say('main-valve/online', 'true');
      },
    );
    const lines = yamlLines(await found, [
      { path: '/dev/serial/by-id/usb-x', node: '/dev/ttyUSB0', about: 'usb-x' },
    ]);
    const text = `${lines.join('\n')}
mqtt: { url: "mqtt://broker.local" }
stations:
  bath:
    kind: bath
    vessel: stream
    hot: valves-relay-1
    cold: valves-relay-2
    master: main-valve-switch-0
    thermometer: [probe-water, valves-ds18b20]
    button: bath-button-button
    light: lamp-light
    scald_guard: { by: valve, max: 41 C }
`;
    expect(errorsOf(folder.load(text).problems)).toEqual([]);
    expect(lines.join('\n')).toMatch(
      /valves-relay-1: \{ driver: tasmota, topic: valves, relay: 1 \} # hot, cold/,
    );
  });
});

/** As arendst/Tasmota xdrv_12_discovery.ino writes it. */
const DISCOVERY = {
  ...{
    ip: '192.0.2.7',
    dn: 'Bath',
    fn: ['Bath', null],
    hn: 'bath-7',
    mac: '0C0FFEE0BEEF',
    md: '4CH Pro',
    ty: 0,
    if: 0,
  },
  ...{ ofln: 'Offline', onln: 'Online', state: ['OFF', 'ON', 'TOGGLE', 'HOLD'], sw: '14.2.0', t: 'bath' },
  ...{
    ft: 'home/%topic%/%prefix%/',
    tp: ['cmnd', 'stat', 'tele'],
    rl: [1, 1, 3, 0],
    swc: [-1, 1],
    swn: [null, null],
  },
  ...{ btn: [1, 0], so: { '4': 0 }, lk: 0, lt_st: 0, bat: 0, dslp: 0, sho: [], sht: [], ver: 1 },
};

describe('announcements', () => {
  test('Tasmota’s own discovery: relays and not shutters, probes by Id where there are two, the FullTopic', async () => {
    const { found } = scanned(null, (say) => {
      say('tasmota/discovery/0C0FFEE0BEEF/config', JSON.stringify(DISCOVERY), true);
      const probe = (id: string) => ({ Id: id, Temperature: 20.6 });
      const sn = {
        Time: 'now',
        'DS18B20-1': probe('3C01F0955C57'),
        'DS18B20-2': probe('3C01F0955C58'),
        TempUnit: 'C',
      };
      say('tasmota/discovery/0C0FFEE0BEEF/sensors', JSON.stringify({ sn, ver: 1 }), true);
    });
    const things = await found;
    const at = '"topic":"bath","full_topic":"home/%topic%/%prefix%/"';
    expect(partsOf(things, 'bath')).toEqual([
      `{${at},"relay":1}`,
      `{${at},"relay":2}`,
      `{${at},"sensor":"3C01F0955C57"}`,
      `{${at},"sensor":"3C01F0955C58"}`,
      `{${at},"button":1}`,
      `{${at},"switch":2}`,
    ]);
    expect(things[0]?.about).toBe('Bath (4CH Pro 14.2.0)');
  });

  test('a Shelly of the first generation, a node that answers, a Zigbee relay that opens no water', async () => {
    const list = [
      {
        friendly_name: 'wall',
        interview_state: 'SUCCESSFUL',
        definition: {
          model: 'BMCT-RZ',
          description: 'relay',
          exposes: [{ type: 'switch', features: [{ name: 'state', property: 'state', access: 7 }] }],
        },
      },
    ];
    const { found } = scanned(
      null,
      (say) => {
        say('home/z2m/bridge/devices', JSON.stringify(list), true);
        say('serial/bath/status', 'online', true);
        say('node/status', 'online', true);
        say('node/switch/hot/state', 'OFF', true);
        say('other/thing/x/state', 'OFF', true);
      },
      (say) => {
        say(
          'shellies/announce',
          JSON.stringify({ id: 'shelly1-AABBCC', model: 'SHSW-1', mac: 'x', ip: 'x' }),
        );
        say(
          'esphome/discover/node',
          JSON.stringify({ name: 'node', version: '2024.10.2', board: 'esp32dev' }),
        );
      },
    );
    const things = await found;
    expect(things.map(({ name }) => name).sort()).toEqual([
      'node',
      'serial/bath',
      'shellies/shelly1-AABBCC',
      'wall',
    ]);
    expect(partsOf(things, 'serial/bath').slice(0, 2)).toEqual([
      '{"port":"mqtt:serial/bath","valve":1}',
      '{"port":"mqtt:serial/bath","valve":2}',
    ]);
    expect(partsOf(things, 'shellies/shelly1-AABBCC')[0]).toBe(
      '{"prefix":"shellies/shelly1-AABBCC","gen":1,"switch":0}',
    );
    expect(things.find(({ name }) => name === 'wall')?.parts[0]).toMatchObject({
      options: { name: 'wall', base: 'home/z2m' },
      roles: ['light'],
      note: expect.stringContaining('only a lasting setting closes it') as string,
    });
    expect(things.find(({ name }) => name === 'node')).toMatchObject({ about: 'esp32dev 2024.10.2' });
    expect(things.find(({ name }) => name === 'node')?.parts[0]?.note).toContain('lease script');
  });
});

describe('hostile messages', () => {
  test('neither break it nor write lines of a config', async () => {
    const evil = 'x\n  hot: { driver: shelly, prefix: evil, switch: 0 }\u001b[31m';
    const { found } = scanned(null, (say) => {
      say('tasmota/discovery/1/config', JSON.stringify({ ...DISCOVERY, dn: evil, t: evil }), true);
      say(
        'tasmota/discovery/2/config',
        JSON.stringify({ ...DISCOVERY, dn: evil, md: evil.repeat(50), t: 'ok' }),
        true,
      );
      say('tasmota/discovery/3/config', '['.repeat(5_000), true);
      say('tasmota/discovery/4/config', JSON.stringify({ t: 5, rl: 'all' }), true);
      say(
        'zigbee2mqtt/bridge/devices',
        JSON.stringify([
          {
            friendly_name: evil,
            definition: { model: evil, exposes: [{ name: 'state', property: 'state' }] },
          },
          null,
          7,
        ]),
        true,
      );
      say('a/bridge/devices', '{', true);
      for (let turn = 0; turn < 3_000; turn += 1) {
        say(`n${turn}/status`, 'online', true);
        say(`tele/t${turn}/LWT`, 'Online', true);
      }
      for (let turn = 0; turn < 500; turn += 1) say(`n1/sensor/s${turn}/state`, '1', true);
    });
    const things = await found;
    expect(things.length).toBeLessThanOrEqual(4 * 200);
    for (const { parts } of things) expect(parts.length).toBeLessThanOrEqual(40);
    const text = yamlLines(things, []).join('\n');
    expect(text).not.toContain('\u001b');
    const { devices } = parse(text) as {
      devices: Record<string, { driver: string } & Record<string, unknown>>;
    };
    for (const [id, { driver, ...options }] of Object.entries(devices)) {
      expect(id).toMatch(/^[a-z0-9-]+$/);
      expect(findDriver(driver)?.options.safeParse(options).success).toBe(true);
      expect(JSON.stringify(options)).not.toContain('evil');
    }
    for (const line of text.split('\n')) expect(line.length).toBeLessThan(400);
  });
});

describe('serial ports', () => {
  test('by the name that stays, else by the node; none where there is nothing to look at', () => {
    const dev = newFolder();
    for (const name of ['ttyUSB0', 'ttyUSB1', 'ttyACM0', 'ttyS0', 'tty', 'cu.usbmodem14101'])
      writeFileSync(join(dev, name), '');
    mkdirSync(join(dev, 'serial', 'by-id'), { recursive: true });
    symlinkSync('../../ttyUSB0', join(dev, 'serial', 'by-id', 'usb-1a86_USB_Serial-if00-port0'));
    symlinkSync('../../ttyUSB9', join(dev, 'serial', 'by-id', 'usb-gone'));
    expect(serialPorts(dev).map(({ path }) => path.slice(dev.length + 1))).toEqual([
      'serial/by-id/usb-1a86_USB_Serial-if00-port0',
      'cu.usbmodem14101',
      'ttyACM0',
      'ttyUSB1',
    ]);
    expect(serialPorts(join(dev, 'nothing'))).toEqual([]);
  });
});

describe('ebb devices scan, as a process on a real broker', () => {
  test('needs no config; finds the rig; keeps the password to itself; exits 5 where nobody answers', async () => {
    const broker = await startBroker({ host: '127.0.0.1', port: 0 });
    close.push(() => broker.close());
    const { seen, tap } = openTap(broker.url);
    close.push(() => tap.close());
    const { file } = writeHome(`url: "${broker.url}"`);
    await runRig(file, { speed: 1, seed: 3 }).waitFor(/^up/m);
    await expect
      .poll(() => seen.some(({ topic }) => topic === 'bath-probe/status'), { timeout: 15_000 })
      .toBe(true);
    const empty = newFolder();
    const ebb = runEbb(['devices', 'scan', broker.url.replace('mqtt://', 'mqtt://sam:secret@')], empty);
    const dead = runEbb(['devices', 'scan', `mqtt://127.0.0.1:${await freePort()}`, '--json'], empty);
    const none = runEbb(['devices', 'scan'], empty);
    expect(await ebb.exit, ebb.err()).toBe(0);
    const { devices } = parse(ebb.out()) as { devices: Record<string, unknown> };
    expect(devices['bath-valves-relay-2']).toEqual({ driver: 'tasmota', topic: 'bath-valves', relay: 2 });
    expect(devices['bath-probe-water']).toEqual({ driver: 'esphome', node: 'bath-probe', sensor: 'water' });
    expect(ebb.out() + ebb.err()).not.toContain('secret');
    expect(await dead.exit).toBe(5);
    expect(JSON.parse(dead.out())).toMatchObject({ found: [] });
    expect(await none.exit).toBe(0);
    expect(none.err()).toContain('no broker was asked');
    expect(seen.some(({ topic, payload }) => topic.includes('TimedPower') && payload !== '')).toBe(false);
  });
});
