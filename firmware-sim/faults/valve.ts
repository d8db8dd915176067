import type { ValveName } from '../plant/valve.ts';
import { oneOf, wordOf } from './catalogue.ts';
import type { Fault, FaultArgs } from './catalogue.ts';
import type { FaultFacts } from './ports.ts';
import type { Random } from '../../src/random/random.ts';

function drawValve(random: Random, { valves }: FaultFacts): FaultArgs | null {
  const valve = oneOf(random, valves);
  return valve === null ? null : { valve: valve.valve };
}

const valveOf = (args: FaultArgs): ValveName => {
  const name = wordOf(args, 'valve', 'hot');
  return name === 'cold' || name === 'mixer' ? name : 'hot';
};

function jammed(id: string, open: boolean, doc: string): Fault {
  return {
    id,
    class: 'valve',
    doc,
    draw: drawValve,
    begin: ({ hardware }, args) => {
      const valve = valveOf(args);
      hardware.jam(valve, open);
      return () => {
        hardware.jam(valve, null);
      };
    },
  };
}

export const VALVE_FAULTS: readonly Fault[] = [
  jammed('valve-stuck-open', true, 'a valve stands open whatever its relay says'),
  jammed('valve-stuck-closed', false, 'a valve stays shut whatever its relay says'),
];
