/**
 * If these fail, a command that somebody gave long ago moves water now, or an old temperature is shown as the water's.
 */
import { describe, expect, it } from 'vitest';
import { Slot } from '../../src/controller/slot.ts';
import { exampleConfig, Simulation } from '../support/simulate.ts';

describe('a command that waited', () => {
  it('5 s is carried out, longer is refused, and a stop never is', () => {
    const simulation = new Simulation(exampleConfig('foot-bath'), 1);
    const { clock, controller } = simulation.world;
    const station = controller.station(simulation.station);
    if (station === null) throw new Error('the example has no station');
    const slot = new Slot(station);
    const send = (command: 'start' | 'stop', agoMs: number) =>
      slot.command(
        {
          type: 'command',
          command: { command },
          source: 'cli',
          sentAtMs: clock.nowMs() - agoMs,
          answer: () => undefined,
        },
        clock,
      );
    expect(send('start', 5_001)).toMatchObject({ code: 'stale' });
    expect(send('start', 60_000)?.message).toContain('60');
    expect(simulation.state.state).toBe('idle');
    expect(send('stop', 60_000)).toBeNull();
    expect(send('start', 5_000)).toBeNull();
    expect(simulation.state.state).toBe('starting');
  });
});

describe('a thermometer that fell silent', () => {
  it('its last figure is not shown as the water of now, and that is told without anybody asking', () => {
    const simulation = new Simulation(exampleConfig('foot-bath'), 1);
    simulation.start();
    simulation.untilPhase('warm');
    simulation.run(20_000);
    expect(simulation.state.water_c).toBeGreaterThan(30);
    const { rig, clock } = simulation.world;
    const atMs = clock.nowMs();
    rig.faults.disconnect('foot-bath-thermometer');
    rig.faults.disconnect('foot-bath-hot');
    simulation.run(8_000);
    expect(simulation.state.water_c).toBeNull();
    const told = simulation.told.find(
      (one) => one.atMs > atMs && one.news.type === 'state' && one.news.state.water_c === null,
    );
    expect((told?.atMs ?? Infinity) - atMs).toBeLessThan(7_000);
  });
});
