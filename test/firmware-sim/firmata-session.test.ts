import { afterAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/index.ts';
import { packageRoot } from '../../src/protocols/index.ts';
import { configOf, Folder } from '../config/support.ts';
import { Simulation } from '../support/simulate.ts';

/*
 * If these fail, a foot bath with an Arduino at a serial port does not run, or a valve on one stays open when the cable or
 * the computer is gone. Everything is the real thing but the wire and the board: johnny-five, in virtual time.
 */

const folder = new Folder();
afterAll(() => {
  folder.dispose();
});

const example = loadConfig(`${packageRoot()}/examples/foot-bath-firmata.yaml`, { env: {} });

const VALVES = configOf(
  folder.load(`
stations:
  foot-bath:
    kind: bath
    vessel: stream
    hot: { driver: firmata, port: /dev/ttyACM0, pin: 4 }
    cold: { driver: firmata, port: /dev/ttyACM0, pin: 5 }
    thermometer: { driver: firmata, port: /dev/ttyACM1, pin: 3 }
    light: { driver: firmata, port: /dev/ttyACM0, pin: 13 }
    buzzer: { driver: firmata, port: /dev/ttyACM0, pin: 8, as: piezo }
    button: { driver: firmata, port: /dev/ttyACM0, pin: 2 }
    scald_guard: { by: valve, max: 41 C }
`),
);

/** The longest lease that is asked for, a sample of the board, and the travel of a valve. */
const CLOSED_WITHIN_MS = 4_000 + 30 + 500;

const shown = (sim: Simulation, device: string) =>
  sim.world.rig.indicators.get(`foot-bath-${device}`)?.shown.map(({ what }) => what) ?? [];

describe('lamp, buzzer and button on an Arduino, valves elsewhere', () => {
  test('the example is valid, and warns of nothing but the button', () => {
    expect(example.problems.map(({ code }) => code)).toEqual(['not_asked']);
  });

  test.each([1, 2])(
    'seed %i completes, begun by its button; the lamp lights and the buzzer sounds',
    (seed) => {
      const sim = new Simulation(configOf(example), seed);
      sim.run(2_000);
      sim.start();
      expect(sim.finish(), sim.state.message ?? '').toMatchObject({ outcome: 'complete' });
      expect(sim.dry).toBe(true);
      expect(shown(sim, 'light').filter((what) => what.startsWith('255,255,255')).length).toBeGreaterThan(5);
      expect(shown(sim, 'buzzer').filter((what) => what === 'on').length).toBeGreaterThan(5);
      const begun = sim.told.find(({ news }) => news.type === 'reading' && news.kind === 'button');
      expect(begun?.news).toMatchObject({ device: 'foot-bath-button', value: 'press' });
    },
  );

  test('pulled out and plugged in again: the button is gone, comes back and stops', () => {
    const sim = new Simulation(configOf(example), 3);
    sim.run(2_000);
    sim.start();
    sim.untilPhase('warm');
    sim.world.rig.faults.disconnect('foot-bath-button');
    sim.run(5_000);
    const lost = sim.told.flatMap(({ news }) =>
      news.type === 'event' && news.event === 'device_lost' ? [news.detail['device']] : [],
    );
    expect(lost).toEqual(['foot-bath-light', 'foot-bath-buzzer', 'foot-bath-button']);
    // The valves are not on that board.
    expect(sim.state.phase).toBe('warm');
    sim.world.rig.faults.reconnect('foot-bath-button');
    sim.run(10_000);
    sim.world.rig.press();
    expect(sim.finish()).toMatchObject({ outcome: 'stopped' });
    expect(sim.dry).toBe(true);
  });
});

describe('valves on FirmataExpress, the thermometer on ConfigurableFirmata', () => {
  test('a session completes, by leases of whole seconds that are renewed in time', () => {
    const sim = new Simulation(VALVES, 1);
    sim.run(2_000);
    sim.start();
    expect(sim.finish(), sim.state.message ?? '').toMatchObject({ outcome: 'complete' });
    expect(sim.dry).toBe(true);
    const leases = sim.told.flatMap(({ news }) =>
      news.type === 'command' && news.leaseMs !== null ? [news.leaseMs] : [],
    );
    expect(new Set(leases)).toEqual(new Set([4_000]));
    expect(shown(sim, 'buzzer').some((what) => what.startsWith('1 x 10000'))).toBe(true);
  });

  test('the cable is pulled in a warm step: the board lets go by itself, and the session is over', () => {
    const sim = new Simulation(VALVES, 2);
    sim.run(2_000);
    sim.start();
    sim.untilPhase('warm');
    sim.run(20_000);
    sim.world.rig.faults.disconnect('foot-bath-hot');
    const pulledMs = sim.world.clock.nowMs();
    sim.until(() => sim.dry, CLOSED_WITHIN_MS);
    expect(sim.world.clock.nowMs() - pulledMs).toBeLessThanOrEqual(CLOSED_WITHIN_MS);
    expect(sim.finish()).toMatchObject({ outcome: 'aborted' });
  });

  test('the probe is pulled off: no water rests on what it said last', () => {
    const sim = new Simulation(VALVES, 3);
    sim.run(2_000);
    sim.start();
    sim.untilPhase('warm');
    sim.world.rig.faults.probe('foot-bath-thermometer', () => NaN);
    const cutMs = sim.world.clock.nowMs();
    sim.until(() => sim.dry, 10_000);
    expect(sim.world.clock.nowMs() - cutMs).toBeLessThanOrEqual(5_000 + 500 + 500);
  });
});
