/**
 * If these fail, a person presses stop while the doctor has a valve open, and the water runs on; or whoever stops it is
 * told that a valve failed which did as it should.
 */
import { afterAll, describe, expect, test } from 'vitest';
import type { Rig } from '../../../firmware-sim/rig.ts';
import { Folder, configOf } from '../../config/support.ts';
import { examined, onceOpen } from './bench.ts';

const folder = new Folder();
afterAll(() => {
  folder.dispose();
});

const PORT = 'port: /dev/ttyACM0';
const TASMOTA = ['tasmota, topic: v, relay: 1', 'tasmota, topic: v, relay: 2'] as const;
const PROBE = 'esphome, node: probe, binary_sensor: stop';

function bath([hot, cold]: readonly [string, string], stop: string) {
  const text = `
mqtt: { url: "mqtt://broker.local" }
simulated: true
stations:
  bath:
    kind: bath
    vessel: stream
    hot: { driver: ${hot} }
    cold: { driver: ${cold} }
    thermometer: { driver: esphome, node: probe, sensor: water }
    button: { driver: zigbee2mqtt, name: button }
    stop: { driver: ${stop} }
    scald_guard: { by: valve, max: 41 C }
`;
  return configOf(folder.load(text));
}
const opened = ([rig]: readonly Rig[]) => rig?.plant.openings() ?? [];

describe.each([
  ['a Tasmota valve', TASMOTA, PROBE],
  [
    'an ESPHome valve',
    ['esphome, node: v, valve: hot', 'esphome, node: v, valve: cold'],
    'mqtt, state: stop',
  ],
  ['a Zigbee valve', ['zigbee2mqtt, name: warm', 'zigbee2mqtt, name: tap'], 'zigbee2mqtt, name: stop'],
  ['the valve board', [`board, ${PORT}, valve: 1`, `board, ${PORT}, valve: 2`], `board, ${PORT}, button: 1`],
  ['a Firmata board', [`firmata, ${PORT}, pin: 4`, `firmata, ${PORT}, pin: 5`], `firmata, ${PORT}, pin: 2`],
] as const)('%s is open for the proof', (_, valves, stop) => {
  test.each(['stop', 'button'] as const)(
    'a press of %s closes it at once, and ends the look',
    async (role) => {
      let pressedAtMs = Infinity;
      const { findings, rigs, stopped } = await examined(bath(valves, stop), ({ rigs, clock }) => {
        onceOpen({ rigs, clock }, (rig) => {
          pressedAtMs = clock.nowMs();
          if (role === 'stop') rig.pressStop();
          else rig.press();
        });
      });
      expect(stopped).toEqual({ by: 'person', why: `bath-${role} was pressed` });
      expect(findings.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
      const leases = findings.filter(({ check }) => check === 'lease');
      expect(leases.map(({ device, verdict }) => [device, verdict])).toEqual([['bath-hot', 'warn']]);
      expect(leases[0]?.message).toBe(`stopped here, so not tested to its end: bath-${role} was pressed`);
      expect(findings.at(-1)?.check).toBe('lease');
      expect(opened(rigs).map(({ valve }) => valve)).toEqual(['hot']);
      expect((opened(rigs)[0]?.closedAtMs ?? Infinity) - pressedAtMs).toBeLessThan(1_000);
    },
  );
});

test('a press between two valves opens no other one', async () => {
  const { rigs, stopped } = await examined(bath(TASMOTA, PROBE), ({ rigs, clock }) => {
    const look = (): void => {
      if (opened(rigs).some(({ closedAtMs }) => closedAtMs !== null)) rigs[0]?.pressStop();
      else clock.at(clock.nowMs() + 50, 'look', look);
    };
    look();
  });
  expect(stopped).toEqual({ by: 'person', why: 'bath-stop was pressed' });
  expect(opened(rigs).map(({ valve }) => valve)).toEqual(['hot']);
});

test('a press before the first valve lets none of them open', async () => {
  const { rigs, stopped } = await examined(bath(TASMOTA, PROBE), ({ rigs: [rig], clock }) => {
    clock.at(clock.nowMs() + 100, 'a finger', () => rig?.pressStop());
  });
  expect(stopped).toEqual({ by: 'person', why: 'bath-stop was pressed' });
  expect(opened(rigs)).toEqual([]);
});

test('a valve that does not say that it closed when a person stops it has failed, with the tap named', async () => {
  const { findings } = await examined(bath(TASMOTA, PROBE), ({ rigs, clock }) => {
    onceOpen({ rigs, clock }, (rig) => {
      rig.faults.answers('bath-hot', { type: 'silent' });
      clock.at(clock.nowMs() + 500, 'a finger', () => {
        rig.pressStop();
      });
    });
  });
  expect(findings.find(({ device, check }) => device === 'bath-hot' && check === 'lease')).toMatchObject({
    verdict: 'fail',
    kind: 'unfit',
    remedy: expect.stringContaining('shut the tap by hand now') as string,
  });
});
