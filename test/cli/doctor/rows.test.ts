/**
 * If these fail, a person trusts a valve that does not close by itself, or one that does is called a liar: what the
 * doctor says of simulated hardware, whole and broken, line by line.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { exitCodeOfFindings } from '../../../src/cli/doctor/finding.ts';
import type { Finding } from '../../../src/cli/doctor/finding.ts';
import { Zigbee2mqtt, type Paired } from '../../../firmware-sim/gadgets/zigbee2mqtt.ts';
import { Folder, configOf } from '../../config/support.ts';
import { exampleConfig } from '../../support/simulate.ts';
import { examined, onceOpen } from './bench.ts';
import type { Ward } from './bench.ts';

const folder = new Folder();
afterAll(() => {
  folder.dispose();
});

const BATH = `
mqtt: { url: "mqtt://broker.local" }
simulated: true
stations:
  bath:
    kind: bath
    vessel: stream
    hot: { driver: tasmota, topic: valves, relay: 1 }
    cold: { driver: shelly, prefix: cold, switch: 0 }
    thermometer: { driver: esphome, node: probe, sensor: water }
    flow: { driver: mqtt, state: meter/flow, every: 1 s }
    button: { driver: zigbee2mqtt, name: button }
    scald_guard: { by: valve, max: 41 C }
`;
const WITH_CLASSES = `${BATH}
  other:
    kind: shower
    hot: { driver: zigbee2mqtt, name: wall, base: other }
    cold: { driver: zigbee2mqtt, name: pipe, base: other }
    thermometer: { driver: esphome, node: probe2, sensor: water }
    scald_guard: { by: valve, max: 41 C }
`;

const load = (text: string) => configOf(folder.load(text));
const line = (findings: readonly Finding[], check: string, device: string | null = null) =>
  findings.find((finding) => finding.check === check && finding.device === device);

/** A Zigbee bridge whose relays have no timer that a command could set. */
function withoutTimers({ clock, connect }: Ward): void {
  const listed = (model: string): Paired => ({
    kind: 'other',
    listing: { definition: { model, vendor: 'any', description: 'any', exposes: [] } },
  });
  const paired = new Map([
    ['wall', listed('BMCT-RZ')],
    ['pipe', listed('TS0601_water_valve_1')],
  ]);
  new Zigbee2mqtt({ clock, seed: 1, connect, base: 'other', paired });
  clock.runUntil(clock.nowMs() + 20_000);
}

describe('the timed proof', () => {
  test('hardware that does as it says: every line is ok, and each valve was open once and not for long', async () => {
    const { findings, rigs } = await examined(load(BATH));
    expect(findings.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
    expect(line(findings, 'lease', 'bath-hot')?.message).toMatch(
      /closed by itself 3\.\d s after a lease of 3\.0 s.*l\/min ran/,
    );
    expect(line(findings, 'lease', 'bath-cold')?.message).toMatch(/closed by itself 3\.\d s/);
    expect(exitCodeOfFindings(findings)).toBe(0);
    const openings = rigs[0]?.plant.openings() ?? [];
    expect(openings.map(({ valve }) => valve)).toEqual(['hot', 'cold']);
    for (const { openedAtMs, closedAtMs } of openings)
      expect((closedAtMs ?? Infinity) - openedAtMs).toBeLessThan(4_500);
  });

  test('one valve of each class of deadline, one of them lying: each line as it should be', async () => {
    const { findings, rigs } = await examined(load(WITH_CLASSES), (ward) => {
      withoutTimers(ward);
      ward.rigs[0]?.faults.answers('bath-cold', { type: 'clings' });
    });
    expect(line(findings, 'lease', 'bath-hot')?.verdict).toBe('ok');
    expect(line(findings, 'lease', 'bath-cold')).toMatchObject({
      verdict: 'fail',
      kind: 'lease',
      message: expect.stringMatching(/stayed open 4\.5 s after a lease of 3\.0 s/) as string,
    });
    expect(line(findings, 'devices', 'other-hot')).toMatchObject({
      verdict: 'fail',
      message: expect.stringMatching(/BMCT-RZ: only a lasting setting closes it/) as string,
    });
    expect(line(findings, 'devices', 'other-cold')).toMatchObject({
      verdict: 'fail',
      message: expect.stringMatching(/TS0601_water_valve_1: it has no timer of its own/) as string,
    });
    expect(line(findings, 'lease', 'other-hot')?.message).toMatch(/^not tested/);
    expect(line(findings, 'lease', 'other-cold')?.message).toMatch(/^not tested/);
    expect(exitCodeOfFindings(findings)).toBe(4);
    // The liar was told to close, and nothing is open now.
    expect(rigs[0]?.plant.openings().filter(({ closedAtMs }) => closedAtMs === null)).toEqual([]);
  });

  test.each(['tasmota', 'shelly', 'esphome', 'zigbee2mqtt'])('a lying %s is found', async (driver) => {
    const hot = {
      tasmota: 'driver: tasmota, topic: v, relay: 1',
      shelly: 'driver: shelly, prefix: v, switch: 0',
      esphome: 'driver: esphome, node: v, valve: hot',
      zigbee2mqtt: 'driver: zigbee2mqtt, name: v',
    }[driver];
    const text = BATH.replace('driver: tasmota, topic: valves, relay: 1', hot ?? '');
    const honest = await examined(load(text));
    expect(line(honest.findings, 'lease', 'bath-hot')).toMatchObject({ verdict: 'ok' });
    const { findings } = await examined(load(text), ({ rigs }) => {
      rigs[0]?.faults.answers('bath-hot', { type: 'clings' });
    });
    expect(line(findings, 'lease', 'bath-hot')).toMatchObject({ verdict: 'fail', kind: 'lease' });
    expect(line(findings, 'lease', 'bath-cold')).toMatchObject({ verdict: 'ok' });
  });

  test('valves on FirmataExpress end their leases by themselves, by a restart of the board', async () => {
    const config = load(
      BATH.replace(
        '{ driver: tasmota, topic: valves, relay: 1 }',
        '{ driver: firmata, port: /dev/ttyACM0, pin: 4 }',
      ).replace(
        '{ driver: shelly, prefix: cold, switch: 0 }',
        '{ driver: firmata, port: /dev/ttyACM0, pin: 5 }',
      ),
    );
    const { findings } = await examined(config);
    for (const device of ['bath-hot', 'bath-cold'])
      expect(line(findings, 'lease', device), JSON.stringify(findings)).toMatchObject({
        verdict: 'ok',
        message: expect.stringContaining('by a restart') as string,
      });
  });

  test('a relay that says closed before a valve that sticks: the meter knows', async () => {
    const { findings } = await examined(load(BATH), ({ rigs, clock }) => {
      onceOpen({ rigs, clock }, (rig) => {
        rig.faults.jam('hot', true);
      });
    });
    const told = findings.filter(({ kind }) => kind === 'lease');
    expect(told.map(({ message }) => message).join()).toMatch(
      /it says that it closed, and .* l\/min still run/,
    );
  });

  test.each([
    ['says nothing', { type: 'silent' }],
    ['will not open', { type: 'refuses' }],
  ] as const)('a valve that %s is unfit, and the next one is looked at', async (_, how) => {
    const { findings } = await examined(load(BATH), ({ rigs }) => {
      rigs[0]?.faults.answers('bath-cold', how);
    });
    expect(
      findings.filter(({ device, verdict }) => device === 'bath-cold' && verdict === 'fail'),
    ).not.toEqual([]);
    expect(exitCodeOfFindings(findings)).not.toBe(0);
  });

  test('its own report comes too late: not honoured', async () => {
    const { findings } = await examined(load(BATH), ({ rigs }) => {
      rigs[0]?.faults.answers('bath-hot', { type: 'late', byMs: 2_000 });
    });
    expect(line(findings, 'lease', 'bath-hot')).toMatchObject({ verdict: 'fail', kind: 'lease' });
  });

  test('a controller that comes online stops it, with every valve closed', async () => {
    const { findings, rigs, stopped } = await examined(load(BATH), ({ rigs, connect, clock }) => {
      const other = connect({ clientId: 'ebb-home' });
      onceOpen({ rigs, clock }, () => {
        other.publish({ topic: 'ebb/status', payload: 'online', qos: 1 });
      });
    });
    expect(stopped?.why).toContain('controller came online');
    expect(findings.some(({ check }) => check === 'clock')).toBe(false);
    const openings = rigs[0]?.plant.openings() ?? [];
    for (const { openedAtMs, closedAtMs } of openings)
      expect((closedAtMs ?? Infinity) - openedAtMs).toBeLessThan(2_500);
  });

  test('nothing is opened with --no-water', async () => {
    const { findings, rigs } = await examined(load(BATH), undefined, false);
    expect(rigs[0]?.plant.openings()).toEqual([]);
    expect(line(findings, 'lease', 'bath-hot')).toMatchObject({ verdict: 'warn' });
    expect(exitCodeOfFindings(findings)).toBe(0);
  });

  test('water from a scald guard that is broken is shut off at once', async () => {
    const config = load(BATH);
    const hotter = { ...config, plant: { ...config.plant, guardC: 60, hotC: 60, deadTimeMs: 0, lagMs: 0 } };
    const { findings } = await examined(hotter);
    expect(line(findings, 'lease', 'bath-hot')).toMatchObject({
      verdict: 'fail',
      message: expect.stringContaining('scald guard') as string,
    });
  });
});

describe('every example that ships', () => {
  test.each([
    'foot-bath',
    'foot-bath-mixer',
    'foot-bath-basin',
    'foot-bath-two-basins',
    'foot-bath-full',
    'shower',
    'foot-bath-zigbee2mqtt',
  ] as const)('%s has no line that fails', async (name) => {
    const { findings } = await examined(exampleConfig(name));
    expect(findings.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
    expect(findings.filter(({ check, verdict }) => check === 'lease' && verdict === 'ok')).not.toEqual([]);
  });
});

describe('what is settled without water', () => {
  test('ceilings are read back; one that a device forgot is told', async () => {
    const { findings } = await examined(load(BATH));
    for (const id of ['bath-hot', 'bath-cold'])
      expect(line(findings, 'ceiling', id)?.message).toMatch(/it ends after 45 s; at power-up it is off/);
    const broken = await examined(load(BATH), ({ connect, clock }) => {
      const hand = connect({ clientId: 'hand' });
      // Long after the driver has met the relay, and before the doctor reads it back.
      clock.at(clock.nowMs() + 400, 'a hand', () => {
        hand.publish({ topic: 'cmnd/valves/PulseTime1', payload: '0', qos: 1 });
      });
    });
    expect(line(broken.findings, 'ceiling', 'bath-hot')).toMatchObject({ verdict: 'warn' });
  });

  test.each([
    ['bath-hot', 'cmnd/valves/PulseTime1', '0', /nothing ends what a hand/],
    [
      'bath-cold',
      'cold/rpc',
      '{"id":9,"src":"hand","method":"Switch.SetConfig","params":{"id":0,"config":{"auto_off_delay":900}}}',
      /only after 900 s ends what a hand/,
    ],
  ])(
    '%s: a ceiling that somebody changed (%s) is set where that is asked for',
    async (id, topic, payload, why) => {
      const changed = ({ connect, clock }: Ward): void => {
        const hand = connect({ clientId: 'hand' });
        clock.at(clock.nowMs() + 400, 'a hand', () => {
          hand.publish({ topic, payload, qos: 1 });
        });
      };
      const left = await examined(load(BATH), changed, false);
      expect(line(left.findings, 'ceiling', id)?.message).toMatch(why);
      const { findings } = await examined(load(BATH), changed, false, true);
      expect(line(findings, 'ceiling', id)).toMatchObject({
        verdict: 'ok',
        message: 'set now: whoever opens it, it ends after 45 s; at power-up it is off',
      });
    },
  );

  test('a thermometer that is too slow for L20, says nonsense, or says nothing', async () => {
    const slow = await examined(load(BATH), ({ rigs, clock }) => {
      // It speaks for a second out of seven.
      const turn = (hung: boolean): void => {
        rigs[0]?.faults.hang('bath-thermometer', hung);
        clock.at(clock.nowMs() + (hung ? 6_000 : 1_000), 'turn', () => {
          turn(!hung);
        });
      };
      turn(false);
    });
    expect(line(slow.findings, 'thermometer', 'bath-thermometer')?.message).toMatch(
      /never older than \d.\d s: warm water may rest on a reading for 3 s \(L20\)/,
    );
    const mad = await examined(load(BATH), ({ rigs }) => {
      rigs[0]?.faults.probe('bath-thermometer', () => 85);
    });
    expect(line(mad.findings, 'thermometer', 'bath-thermometer')?.message).toMatch(/are no temperature/);
    const mute = await examined(load(BATH), ({ rigs }) => {
      rigs[0]?.faults.hang('bath-thermometer', true);
    });
    expect(
      mute.findings.some(({ device, verdict }) => device === 'bath-thermometer' && verdict === 'fail'),
    ).toBe(true);
    expect(exitCodeOfFindings(mute.findings)).toBe(5);
  });

  test('a box without power does not answer, and its valve is not opened', async () => {
    const { findings, rigs } = await examined(load(BATH), ({ rigs: [rig], clock }) => {
      rig?.faults.disconnect('bath-cold');
      clock.runUntil(clock.nowMs() + 120_000);
    });
    expect(line(findings, 'devices', 'bath-cold')).toMatchObject({ verdict: 'fail', kind: 'reach' });
    expect(rigs[0]?.plant.openings().filter(({ valve }) => valve === 'cold')).toEqual([]);
    expect(exitCodeOfFindings(findings)).toBe(5);
  });

  test('a stop button whose device is off is no device that just says nothing yet', async () => {
    const text = BATH.replace(
      / {4}flow:.*/,
      '    stop: { driver: esphome, node: stop, binary_sensor: stop }',
    );
    const { findings } = await examined(load(text), ({ rigs: [rig], clock }) => {
      rig?.faults.disconnect('bath-stop');
      clock.runUntil(clock.nowMs() + 120_000);
    });
    expect(line(findings, 'devices', 'bath-stop')).toMatchObject({ verdict: 'fail', kind: 'reach' });
    const mute = BATH.replace(/ {4}flow:.*/, '    stop: { driver: mqtt, state: bath/stop }');
    expect(line((await examined(load(mute))).findings, 'devices', 'bath-stop')).toMatchObject({
      verdict: 'warn',
      message: 'stop (mqtt) has said nothing yet',
    });
  });

  test('with --no-water a press of a button that says nothing by itself shows that it is there', async () => {
    const text = BATH.replace(/ {4}flow:.*/, '    stop: { driver: mqtt, state: bath/stop }');
    const { findings, stopped } = await examined(
      load(text),
      ({ rigs: [rig], clock }) => {
        clock.at(clock.nowMs() + 4_000, 'a finger', () => rig?.pressStop());
      },
      false,
    );
    expect(line(findings, 'devices', 'bath-stop')?.verdict).toBe('ok');
    expect(stopped).toBeNull();
    expect(findings.some(({ check }) => check === 'disk')).toBe(true);
  });

  test.each([
    ['board, valve: 1', 'board, valve: 2'],
    ['firmata, pin: 4', 'firmata, pin: 5'],
  ])('a port that is not there (%s) is out of reach, and not unfit', async (hot, cold) => {
    const at = (what: string) => `driver: ${what.replace(',', ', port: /dev/ttyACM0,')}`;
    const text = BATH.replace('driver: tasmota, topic: valves, relay: 1', at(hot)).replace(
      'driver: shelly, prefix: cold, switch: 0',
      at(cold),
    );
    const { findings } = await examined(load(text), ({ unplug }) => {
      unplug('/dev/ttyACM0');
    });
    for (const device of ['bath-hot', 'bath-cold'])
      expect(line(findings, 'devices', device)).toMatchObject({
        verdict: 'fail',
        kind: 'reach',
        message: expect.stringContaining('there is no /dev/ttyACM0') as string,
      });
    expect(exitCodeOfFindings(findings)).toBe(5);
  });

  test('a look at the thermometers ends with everything else, and says nothing of half a look', async () => {
    const { findings, stopped } = await examined(
      load(BATH),
      ({ connect, clock }) => {
        const other = connect({ clientId: 'ebb-home' });
        clock.at(clock.nowMs() + 4_000, 'another controller', () => {
          other.publish({ topic: 'ebb/status', payload: 'online', qos: 1 });
        });
      },
      false,
    );
    expect(stopped?.why).toContain('controller came online');
    expect(findings.some(({ check }) => check === 'lease')).toBe(true);
    expect(findings.filter(({ check }) => check === 'thermometer')).toEqual([]);
  });
});
