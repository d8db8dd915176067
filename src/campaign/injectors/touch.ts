import type { FaultWorld } from '../../../firmware-sim/faults/index.ts';

/** What only asks, and changes nothing. */
const ASKS: ReadonlySet<string> = new Set(['opensBy', 'isAlive', 'crashAt']);

/** The same world, which says so before the first thing in it is changed. */
export function touching(world: FaultWorld, touched: () => void): FaultWorld {
  const { hardware, bus, time, process, disk, person } = world;
  return {
    ...world,
    hardware: feeling(hardware, touched),
    bus: feeling(bus, touched),
    time: feeling(time, touched),
    process: {
      ...feeling(process, touched),
      // The process dies later, at its own boundary, or never.
      crashAt: (boundary, nth, backMs) => {
        process.crashAt(boundary, nth, backMs, touched);
      },
    },
    disk: feeling(disk, touched),
    person: feeling(person, touched),
  };
}

function feeling<Hands extends object>(hands: Hands, touched: () => void): Hands {
  return new Proxy(hands, {
    get: (target, name): unknown => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function' || ASKS.has(String(name))) return value;
      return (...args: readonly unknown[]): unknown => {
        touched();
        return Reflect.apply(value, target, args);
      };
    },
  });
}
