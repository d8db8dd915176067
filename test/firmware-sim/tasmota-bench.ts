import { Tasmota, type TasmotaOptions } from '../../firmware-sim/gadgets/tasmota.ts';
import { createWorld, type World } from './support.ts';

export interface Bench extends World {
  readonly box: Tasmota;
  readonly relays: boolean[];
  /** What the water would be at the probe. */
  waterC: number;
}

/** One box with two relays, a probe and a buzzer, three seconds after power-up. */
export function bench(options: Partial<TasmotaOptions> = {}): Bench {
  const world = createWorld();
  const relays = [false, false];
  const result: { waterC: number } = { waterC: 20.62 };
  const box = new Tasmota({
    clock: world.clock,
    seed: 1,
    connect: world.broker.connect,
    topic: 'bath',
    relays: relays.map((_, place) => ({ set: (on: boolean) => void (relays[place] = on) })),
    probes: [{ id: '01131B8A0C11', port: { read: () => result.waterC } }],
    buzzer: { beep: () => undefined },
    commissioned: ['TelePeriod 0'],
    ...options,
  });
  world.wait(3_000);
  world.heard();
  return Object.assign(result, { ...world, box, relays });
}
