import { z } from 'zod';
import type { Clock } from '../../clock/clock.ts';
import { ScaledClock } from '../../clock/scaled.ts';
import { SystemClock } from '../../clock/system.ts';
import type { Bus, BusOptions } from '../../model/bus.ts';
import { ConfigError } from '../../model/errors.ts';

/** Where simulated hardware in another process says how fast its time goes, retained. */
export const SIMULATED_TOPIC = 'ebb/simulated';

const announcementSchema = z.object({ speed: z.number().positive(), seed: z.int() });
export type Announcement = z.infer<typeof announcementSchema>;

/** A rig that is there says so within this time; one that is asked for may still be on its way. */
const LOOK_MS = 500;
const WAIT_MS = 10_000;

/**
 * The clock of a controller whose config says `simulated: true`: as fast as the rig on its broker announced.
 * @throws ConfigError usage, where the speeds differ or a speed is asked for that nobody announced
 */
export async function announcedClock(
  connect: (options: BusOptions) => Bus,
  clientId: string,
  speed: number | null,
): Promise<Clock> {
  const asked = speed ?? 1;
  const found = await announcement(connect, clientId, asked === 1 ? LOOK_MS : WAIT_MS);
  if (found === null && asked !== 1) {
    const message = `no simulated hardware announced a speed at ${SIMULATED_TOPIC}, so --speed ${asked} is not possible`;
    throw new ConfigError('usage', message, { remedy: 'start the simulated hardware with that speed first' });
  }
  if (found !== null && found.speed !== asked) {
    const message = `the simulated hardware runs at the speed ${found.speed}, not ${asked}`;
    throw new ConfigError('usage', message, { remedy: `use --speed ${found.speed}` });
  }
  return asked === 1 ? new SystemClock() : new ScaledClock(asked);
}

/**
 * The clock for whoever looks at simulated hardware for a while: as fast as the rig announced, whatever that is.
 */
export async function clockOfRig(connect: (options: BusOptions) => Bus, clientId: string): Promise<Clock> {
  const found = await announcement(connect, clientId, LOOK_MS);
  return found === null || found.speed === 1 ? new SystemClock() : new ScaledClock(found.speed);
}

async function announcement(
  connect: (options: BusOptions) => Bus,
  clientId: string,
  waitMs: number,
): Promise<Announcement | null> {
  const clock = new SystemClock();
  const bus = connect({ clientId });
  const found = await new Promise<Announcement | null>((resolve) => {
    const timer = clock.at(clock.nowMs() + waitMs, 'announcement', () => {
      resolve(null);
    });
    bus.onMessage(({ topic, payload }) => {
      const parsed = topic === SIMULATED_TOPIC ? parse(payload) : null;
      if (parsed === null) return;
      timer.cancel();
      resolve(parsed);
    });
    bus.subscribe([SIMULATED_TOPIC]);
  });
  await bus.close();
  return found;
}

function parse(payload: string): Announcement | null {
  try {
    return announcementSchema.safeParse(JSON.parse(payload)).data ?? null;
  } catch {
    return null;
  }
}
