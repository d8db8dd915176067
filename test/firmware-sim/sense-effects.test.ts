// If these fail, a flow meter, leak sensor, mat, float, level, master or drain of a campaign is never really broken, and
// what is proved of them is proved of whole ones.
import { expect, test } from 'vitest';
import { FAULTS } from '../../firmware-sim/faults/index.ts';
import type { FaultArgs, FaultFacts, FaultWorld } from '../../firmware-sim/faults/index.ts';
import { createRig } from '../../firmware-sim/rig.ts';
import { factsOf } from '../../src/campaign/draw-faults.ts';
import { Disk } from '../../src/campaign/injectors/disk.ts';
import { hardwareOf } from '../../src/campaign/injectors/hardware.ts';
import { HostClock } from '../../src/campaign/injectors/host-clock.ts';
import { exampleHouses, housesOf } from '../../src/cli/sim/houses.ts';
import { silentLog } from '../../src/model/log.ts';
import { Random } from '../../src/random/random.ts';
import { exampleConfig } from '../support/simulate.ts';
import { ALL_DRAWN, createWorld } from './support.ts';

const never = (): never => {
  throw new Error('not in this test');
};

function build(name: 'foot-bath-full' | 'foot-bath-basin') {
  const [house] = housesOf({ config: exampleConfig(name), protocols: [], log: silentLog }, name);
  if (house === undefined) throw new Error(`no house ${name}`);
  const { station } = house;
  const { vessel } = station;
  const world = createWorld();
  const rig = createRig({
    clock: world.clock,
    seed: 5,
    connect: world.broker.connect,
    station: { ...station, vessel },
    plant: { ...ALL_DRAWN, hotC: 55, coldC: 12, guardC: 39, flowLpm: 6 },
    person: null,
  });
  const facts: FaultFacts = factsOf(house);
  const faultWorld: FaultWorld = {
    nowMs: () => world.clock.nowMs(),
    at: (atMs, act) => {
      world.clock.at(atMs, 'fault', act);
    },
    random: new Random(3, 'fault details'),
    facts,
    hardware: hardwareOf(rig),
    bus: { disturb: never, cut: never, restartBroker: never, takeOver: never, publish: never },
    time: new HostClock(world.clock),
    process: { isAlive: () => true, crash: never, crashAt: never, second: never },
    disk: new Disk(),
    person: { say: never, silent: never, leave: never, faint: never, recover: never },
  };
  /** As a campaign draws it, with some of its figures told. */
  const begin = (id: string, told: FaultArgs = {}): (() => void) => {
    const fault = FAULTS.find((one) => one.id === id);
    const args = fault?.draw(new Random(1, 'args'), facts) ?? null;
    if (fault === undefined || args === null) throw new Error(`${name} cannot have ${id}`);
    const mend = fault.begin(faultWorld, { ...args, ...told });
    if (mend === null) throw new Error(`${id} cannot be mended`);
    return mend;
  };
  /** For half a minute; of the drain: held shut. */
  const on = (relay: number): void => {
    world.say(`cmnd/bath-valves/TimedPower${relay}`, '30000');
  };
  /** What was said last of a sensor in the last so many seconds; null: nothing. */
  const said = (topic: string, seconds = 3): string | null => {
    world.heard();
    world.wait(seconds * 1_000);
    const line = world.heard().findLast((each) => each.startsWith(`${topic} `));
    return line?.slice(topic.length + 1) ?? null;
  };
  /** What was said last of it, ever. */
  const newest = (topic: string, seconds = 2): string | null => {
    world.wait(seconds * 1_000);
    return world.broker.log.findLast((each) => each.topic === topic)?.payload ?? null;
  };
  world.wait(12_000);
  return { ...world, rig, begin, on, said, newest };
}

const FLOW = 'bath-senses/sensor/flow/state';
const MASTER = 3;
const HOT = 1;

test('a flow meter that is dead, stuck, silent or sees water that is not there', () => {
  const { begin, on, said } = build('foot-bath-full');
  expect(said(FLOW)).toBe('0.00');
  const still = begin('sense-flow-running', { lpm: 4 });
  expect(Number(said(FLOW))).toBeCloseTo(4, 0);
  still();
  on(MASTER);
  on(HOT);
  expect(Number(said(FLOW))).toBeCloseTo(6, 0);
  const turn = begin('sense-flow-dead');
  expect(said(FLOW)).toBe('0.00');
  turn();
  const loosen = begin('sense-flow-stuck');
  expect(Number(said(FLOW, 40))).toBeCloseTo(6, 0);
  loosen();
  expect(said(FLOW)).toBe('0.00');
  const speak = begin('sense-flow-silent');
  expect(said(FLOW)).toBeNull();
  speak();
  expect(said(FLOW)).toBe('0.00');
});

const contact = (sensor: string): string => `bath-senses/binary_sensor/${sensor}/state`;

test.each([
  ['sense-leak-wet', 'leak'],
  ['sense-float-up', 'tray'],
  ['sense-presence-ghost', 'mat'],
] as const)('%s is told, and is over when it is mended', (id, sensor) => {
  const { begin, newest } = build('foot-bath-full');
  const mend = begin(id);
  expect(newest(contact(sensor))).toBe('ON');
  mend();
  expect(newest(contact(sensor))).toBe('OFF');
});

test.each([
  ['sense-leak-silent', 'leak', 'foot-bath-leak', 'OFF'],
  ['sense-float-low', 'tray', 'foot-bath-level', 'OFF'],
  ['sense-presence-stuck', 'mat', 'foot-bath-presence', 'OFF'],
  ['sense-presence-lost', 'mat', 'foot-bath-presence', 'OFF'],
] as const)('%s does not say what it feels, until it is mended', (id, sensor, device, wrong) => {
  const { begin, newest, rig } = build('foot-bath-full');
  const mend = begin(id);
  rig.contacts.get(device)?.set(true);
  expect(newest(contact(sensor))).toBe(wrong);
  mend();
  expect(newest(contact(sensor))).toBe('ON');
});

test('a mat that is stuck sees somebody long after they have gone, and one that is lost nobody who stands on it', () => {
  const { begin, newest, rig } = build('foot-bath-full');
  const mat = rig.contacts.get('foot-bath-presence');
  mat?.set(true);
  expect(newest(contact('mat'))).toBe('ON');
  const loosen = begin('sense-presence-stuck');
  mat?.set(false);
  expect(newest(contact('mat'), 60)).toBe('ON');
  loosen();
  mat?.set(true);
  const find = begin('sense-presence-lost');
  expect(newest(contact('mat'))).toBe('OFF');
  find();
  expect(newest(contact('mat'))).toBe('ON');
});

// --- master ----------------------------------------------------------------------------------------------------------

test('a master that is stuck closed lets nothing through, and one that is stuck open does not hold a leak back', () => {
  const { begin, on, wait, rig } = build('foot-bath-full');
  const close = begin('valve-master-stuck-closed');
  on(MASTER);
  on(HOT);
  wait(2_000);
  expect([rig.plant.isOpen('master'), rig.plant.isOpen('hot'), rig.plant.flows()]).toEqual([
    false,
    true,
    false,
  ]);
  close();
  wait(2_000);
  expect(rig.plant.flows()).toBe(true);
  wait(40_000);
  begin('valve-leaking', { valve: 'hot', share: 0.2 });
  wait(1_000);
  expect(rig.plant.flows()).toBe(false);
  const open = begin('valve-master-stuck-open');
  wait(1_000);
  expect([rig.plant.isOpen('master'), rig.plant.flows()]).toEqual([true, true]);
  open();
  wait(1_000);
  expect(rig.plant.flows()).toBe(false);
  // Shut is not tight where it leaks itself.
  begin('valve-leaking', { valve: 'master', share: 0.5 });
  expect(rig.plant.flows()).toBe(true);
});

// --- basins ----------------------------------------------------------------------------------------------------------

const LEVEL = 'bath-basin/sensor/level/state';
const DRAIN = 3;

test('a drain that is stuck open lets all water out, and one that is stuck shut keeps it', () => {
  const { begin, on, wait, rig } = build('foot-bath-basin');
  const open = begin('valve-drain-stuck-open');
  on(DRAIN);
  on(HOT);
  wait(25_000);
  expect(rig.plant.isDrainOpen('basin')).toBe(true);
  expect(rig.plant.litres('basin')).toBeLessThan(0.5);
  open();
  wait(1_000);
  expect(rig.plant.isDrainOpen('basin')).toBe(false);
  const shut = begin('valve-drain-stuck-shut');
  on(HOT);
  wait(60_000);
  const heldL = rig.plant.litres('basin');
  expect(heldL).toBeGreaterThan(2);
  wait(60_000);
  expect(rig.plant.litres('basin')).toBeCloseTo(heldL, 5);
  shut();
  wait(60_000);
  expect(rig.plant.litres('basin')).toBeLessThan(0.1);
});

test('a level that is stuck, off or silent does not follow the water', () => {
  const { begin, on, said, wait, rig } = build('foot-bath-basin');
  const loosen = begin('sense-level-stuck');
  expect(Number(said(LEVEL))).toBeLessThan(0.2);
  on(DRAIN);
  on(HOT);
  wait(20_000);
  expect(rig.plant.litres('basin')).toBeGreaterThan(1.5);
  expect(Number(said(LEVEL))).toBeLessThan(0.2);
  loosen();
  const right = begin('sense-level-offset', { byL: 3 });
  expect(Number(said(LEVEL)) - rig.plant.litres('basin')).toBeCloseTo(3, 0);
  right();
  const speak = begin('sense-level-silent');
  expect(said(LEVEL)).toBeNull();
  speak();
  expect(Math.abs(Number(said(LEVEL)) - rig.plant.litres('basin'))).toBeLessThan(0.3);
});

test('the senses and the master of every fault are in a house of the campaigns', () => {
  const facts = exampleHouses().map(factsOf);
  const wanted = FAULTS.filter(({ id }) => /^(?:sense-(?!level)|valve-master-)/.test(id));
  expect(wanted.length).toBeGreaterThan(10);
  const missing = wanted
    .filter((fault) => facts.every((each) => fault.draw(new Random(1, 'args'), each) === null))
    .map(({ id }) => id);
  expect(missing).toEqual([]);
});
