import type { ValveName } from '../plant/valve.ts';
import type { Parts } from './catalogue.ts';
import type { FaultFacts } from './ports.ts';

/** Nothing of the station: any has it. */
export const ANYWHERE: Parts = { names: [], of: () => [{}] };

/** Nothing that has a name, and only where water comes out of a pipe. */
export const PIPES: Parts = { names: [], of: ({ plumbing }) => (plumbing === 'cues' ? [] : [{}]) };

/** The wires of two valves. */
export const TWO_VALVES: Parts = {
  names: [],
  of: ({ plumbing, valves }) => (plumbing === 'two-valves' && valves.length >= 2 ? [{}] : []),
};

/** A valve, by its role and its device. */
export function valvesThat(which: (valve: ValveName) => boolean): Parts {
  return {
    names: ['valve', 'device'],
    of: ({ valves }) =>
      valves.filter(({ valve }) => which(valve)).map(({ valve, device }) => ({ valve, device })),
  };
}

/** `valve` names the output as traces do: `drain`, and of two basins `warm-drain` and `cold-drain`. */
export const DRAINS: Parts = {
  names: ['valve', 'device', 'basin'],
  of: ({ drains }) =>
    drains.map(({ device, basin }) => ({
      valve: basin === 'basin' ? 'drain' : `${basin}-drain`,
      device,
      basin,
    })),
};

export const HEATERS: Parts = {
  names: ['valve', 'device', 'basin'],
  of: ({ heaters }) => heaters.map(({ device, basin }) => ({ valve: 'heater', device, basin })),
};

/** A thermometer; `least`: of so many. */
export function thermometers(least = 1): Parts {
  return {
    names: ['device'],
    of: (facts) =>
      facts.thermometers.length < least ? [] : facts.thermometers.map((device) => ({ device })),
  };
}

/** The first two thermometers. */
export const PAIR: Parts = {
  names: ['device', 'other'],
  of: ({ thermometers: [first, second] }) =>
    first === undefined || second === undefined ? [] : [{ device: first, other: second }],
};

/** A sense of that role. */
export function senses(role: keyof FaultFacts['senses']): Parts {
  return { names: ['device'], of: (facts) => facts.senses[role].map((device) => ({ device })) };
}

/** A serial port, by its path. */
export const PORTS: Parts = { names: ['port'], of: ({ ports }) => ports.map((port) => ({ port })) };

/** The connection of the controller, by its client id. */
export const CONNECTION: Parts = { names: ['client'], of: ({ clientId }) => [{ client: clientId }] };
