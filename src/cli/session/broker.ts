import { SystemClock } from '../../clock/system.ts';
import { connectHome } from '../../main.ts';
import type { Home } from '../../main.ts';
import type { Bus } from '../../model/bus.ts';
import { LinkError } from '../../model/errors.ts';

/** How long a broker on the house's own network may take. */
const CONNECT_MS = 3_000;

/**
 * The broker of a config, for a command that found no controller on this computer: it may run on another one.
 * @throws LinkError controller_unreachable where the config names none, broker_unreachable where it does not answer
 */
export async function joinBroker(home: Home): Promise<Bus> {
  const { url } = home.config.mqtt;
  if (url === null) {
    throw new LinkError('controller_unreachable', 'no controller of this config runs', {
      remedy: 'start one with "ebb serve", or a session with "ebb run"',
    });
  }
  const clock = new SystemClock();
  const bus = connectHome(home, url, { clientId: `ebb-${home.config.site}-cli-${process.pid}` });
  const failure = await new Promise<LinkError | null>((resolve) => {
    const timer = clock.at(clock.nowMs() + CONNECT_MS, 'broker', () => {
      resolve(new LinkError('broker_unreachable', `no MQTT broker answers at ${url} (mqtt.url)`, { url }));
    });
    const done = (error: LinkError | null): void => {
      timer.cancel();
      resolve(error);
    };
    bus.onError(done);
    bus.onLink((up) => {
      if (up) done(null);
    });
  });
  if (failure === null) return bus;
  await bus.close();
  throw failure;
}
