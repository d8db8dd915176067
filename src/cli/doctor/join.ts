import { SystemClock } from '../../clock/system.ts';
import type { Clock } from '../../clock/clock.ts';
import type { Config } from '../../config/index.ts';
import type { HomeBroker } from '../../home-broker.ts';
import type { Bus, BusOptions } from '../../model/bus.ts';
import { LinkError, RefusedError } from '../../model/errors.ts';
import { realPace } from '../session/pace.ts';
import type { Pace } from '../session/pace.ts';

export interface Joined {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly pace: Pace;
}

const CONNECT_MS = 5_000;
/** A controller elsewhere says `online` there, retained. */
const STATUS_MS = 700;

/**
 * Joins the broker of a home where no controller has its devices.
 * @throws LinkError broker_unreachable and its kin; RefusedError controller_running
 */
export async function joinAlone(
  { site }: Config,
  { connect, url }: HomeBroker,
  clockOf: ((connect: (options: BusOptions) => Bus, clientId: string) => Promise<Clock>) | null,
): Promise<Joined> {
  const bus = connect({ clientId: `ebb-${site}-doctor` });
  const seen: { up: boolean; online: boolean; error: LinkError | null } = {
    up: false,
    online: false,
    error: null,
  };
  const real = realPace();
  bus.onError((error) => {
    seen.error ??= error;
    real.nudge();
  });
  bus.onLink((up) => {
    seen.up = up;
    real.nudge();
  });
  bus.onMessage(({ topic, payload }) => {
    if (topic === 'ebb/status') seen.online = payload === 'online';
    real.nudge();
  });
  bus.subscribe(['ebb/status']);
  try {
    await real.until(() => seen.up || seen.error !== null, CONNECT_MS);
    if (seen.error !== null) throw seen.error;
    if (!seen.up) throw new LinkError('broker_unreachable', `no MQTT broker answers at ${url}`, { url });
    await real.until(() => seen.online, STATUS_MS);
    if (seen.online) {
      throw new RefusedError(
        'controller_running',
        `a controller is online at ${url}; its devices are its own`,
        {
          remedy: 'end it first: the doctor opens valves, and a session may be on',
        },
      );
    }
    const clock = (await clockOf?.(connect, `ebb-${site}-look`)) ?? new SystemClock();
    return { bus, clock, pace: realPace(clock) };
  } catch (error) {
    await bus.close();
    throw error;
  }
}
