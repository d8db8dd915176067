/**
 * If these fail, something stands between two closes of one decision: a trip is recorded and told while a valve is still
 * to be closed for it, or an open that was decided before a trip goes out after the trip's close and stays.
 */
import { describe, expect, it } from 'vitest';
import { Outbox } from '../../src/controller/outbox.ts';
import { Vessel } from '../../src/controller/vessel.ts';
import { exampleConfig, Simulation } from '../support/simulate.ts';

const vesselOf = (): Vessel => {
  const simulation = new Simulation(exampleConfig('foot-bath'), 1);
  const station = simulation.world.controller.station(simulation.station);
  if (station === null) throw new Error('the example has no station');
  return new Vessel(station.core.settings.vessels[0]);
};
const close = (device: string) => ({ type: 'close', device }) as const;
const open = (device: string) =>
  ({ type: 'open', device, side: 'warm', leaseMs: 10_000, targetC: null }) as const;

/** An outbox that writes down what it does, and what happens at one of its words. */
function written(at: string, happens: (box: Outbox, vessel: Vessel) => void) {
  const log: string[] = [];
  const vessel = vesselOf();
  let happened = false;
  const note = (word: string): void => {
    log.push(word);
    if (word !== at || happened) return;
    happened = true;
    happens(box, vessel);
    log.push('it has happened');
  };
  const box = new Outbox(
    ({ output: { type, device } }) => {
      note(`send ${type} ${device}`);
    },
    ({ output: { type, device } }) => {
      note(`tell ${type} ${device}`);
    },
  );
  return { log, box, vessel };
}

describe('what an interlock lets out', () => {
  it('is all on the wire before anything of it is told', () => {
    const { log, box, vessel } = written('', () => undefined);
    box.put(vessel, [close('hot'), close('cold')], 0);
    box.put(vessel, [close('master')], 0);
    box.flush();
    expect(log).toEqual([
      ...['send close hot', 'send close cold', 'send close master'],
      ...['tell close hot', 'tell close cold', 'tell close master'],
    ]);
  });

  it.each(['send close heater', 'tell close heater'])(
    'an open that was decided before a close goes out before it, though the close came up at "%s"',
    (at) => {
      const { log, box, vessel } = written(at, (again, same) => {
        again.put(same, [close('hot')], 0);
        again.flush();
      });
      box.put(vessel, [close('heater'), open('hot')], 0);
      box.flush();
      const sent = log.filter((word) => word.startsWith('send'));
      const told = log.filter((word) => word.startsWith('tell'));
      expect(sent).toEqual(['send close heater', 'send open hot', 'send close hot']);
      expect(told).toEqual(['tell close heater', 'tell open hot', 'tell close hot']);
      // Whoever closes may rely on it once it comes back.
      expect(log.indexOf('send close hot')).toBeLessThan(log.indexOf('it has happened'));
    },
  );
});

it('a second trip in the middle of the closes of a first one is told once every valve is closed', () => {
  const simulation = new Simulation(exampleConfig('foot-bath-full'), 3);
  const { controller, clock } = simulation.world;
  const core = controller.station(simulation.station)?.core;
  if (core === undefined) throw new Error('the example has no station');
  simulation.start();
  simulation.untilPhase('warm');
  simulation.run(20_000);
  const trip = { detector: 'T9', response: 'abort', latch: false, message: 'as a test says' } as const;
  const heard: string[] = [];
  controller.listen(simulation.station, (news) => {
    if (news.type === 'command' && news.action === 'close') {
      heard.push(`close ${news.device}`);
      core.water.trip({ ...trip, reason: 'rising_too_fast' }, clock.nowMs());
    } else if (news.type === 'event' && news.event === 'trip') heard.push(String(news.detail['code']));
  });
  core.water.trip({ ...trip, reason: 'out_of_band' }, clock.nowMs());
  expect(heard.slice(0, 3)).toEqual([
    'close foot-bath-hot',
    'close foot-bath-cold',
    'close foot-bath-master',
  ]);
  expect(heard.slice(3).toSorted()).toEqual(['out_of_band', 'rising_too_fast']);
});
