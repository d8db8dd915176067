import type { Command } from 'commander';
import { z } from 'zod';
import { SystemClock } from '../../../clock/system.ts';
import { connectHome } from '../../../main.ts';
import { ConfigError, LinkError, isEbbError } from '../../../model/errors.ts';
import { connectMqtt } from '../../../transports/mqtt.ts';
import type { MqttBus } from '../../../transports/mqtt.ts';
import { addFormat, formatOf, readOptions } from '../../options.ts';
import type { Context } from '../../output.ts';
import { runningController } from '../../session/controller-file.ts';
import { quietLog } from '../../session/foreground.ts';
import { realPace } from '../../session/pace.ts';
import type { Found } from './found.ts';
import { listen } from './listen.ts';
import { serialPorts } from './ports.ts';
import { named, yamlLines } from './print.ts';

const optionsSchema = z.object({ config: z.string().optional() });

export function register(devices: Command, context: Context): void {
  const command = devices
    .command('scan')
    .description(
      'find devices at an MQTT broker and serial ports of this computer, and print config for them; moves nothing, and needs no config',
    )
    .argument(
      '[url]',
      'the broker, such as mqtt://user:password@homeassistant.local (default: the one of the config)',
    )
    .action(async (url: unknown, _: unknown, self: Command) => {
      await scan(z.string().optional().parse(url), self.optsWithGlobals(), context);
    });
  addFormat(command);
}

/** How long a broker on the house's own network may take. */
const CONNECT_MS = 5_000;

interface Place {
  /** Without a login. */
  readonly shown: string;
  readonly connect: () => MqttBus;
}

async function scan(url: string | undefined, raw: unknown, context: Context): Promise<void> {
  const { config } = readOptions(optionsSchema, raw);
  const json = formatOf(raw, context.env) === 'json';
  const ports = serialPorts();
  const place = url === undefined ? await placeOfConfig(config, context) : placeOf(url, context);
  const heard = typeof place === 'string' ? place : await hear(place);
  const [found, why] = typeof heard === 'string' || heard instanceof LinkError ? [[], heard] : [heard, null];
  const broker = typeof place === 'string' ? null : place.shown;
  if (json) {
    context.printJson({
      broker,
      message: why === null ? null : textOf(why),
      found: found.map(plain(found)),
      ports,
    });
  } else {
    if (broker !== null && why === null)
      context.print(`# found at ${broker}; give the ids below to the roles of a station`);
    for (const line of yamlLines(found, ports)) context.print(line);
    if (why !== null) context.stderr.write(`ebb: ${textOf(why)}\n`);
  }
  context.finish(why instanceof LinkError ? 5 : 0);
}

const textOf = (why: string | LinkError): string => (typeof why === 'string' ? why : why.message);

const plain =
  (all: readonly Found[]) =>
  ({ kind, name, about }: Found, index: number) => ({
    kind,
    name,
    about,
    devices: (named(all)[index]?.devices ?? []).map(({ id, part: { driver, options, roles, note } }) => ({
      ...{ id, driver, options, roles, note },
    })),
  });

/** @throws ConfigError where it is no address */
function placeOf(text: string, context: Context): Place {
  const url = URL.parse(text.includes('://') ? text : `mqtt://${text}`);
  if (url === null || url.hostname === '') {
    throw new ConfigError('usage', 'this is no address of an MQTT broker', {
      remedy: 'mqtt://homeassistant.local is one',
    });
  }
  const login = {
    ...(url.username === '' ? {} : { username: decoded(url.username) }),
    ...(url.password === '' ? {} : { password: decoded(url.password) }),
  };
  url.username = '';
  url.password = '';
  const log = quietLog(context);
  const options = {
    ...login,
    url: url.href,
    clientId: `ebb-scan-${process.pid}`,
    clock: new SystemClock(),
    log,
  };
  return { shown: url.href, connect: () => connectMqtt(options) };
}

/** The broker of a config, or a sentence that says why there is none to ask. */
async function placeOfConfig(option: string | undefined, context: Context): Promise<Place | string> {
  if (context.configFile(option) === null)
    return 'no broker was asked: name one, such as "ebb devices scan mqtt://homeassistant.local"';
  const home = { ...context.loadHome(option), log: quietLog(context) };
  const { url } = home.config.mqtt;
  const clientId = `ebb-${home.config.site}-scan`;
  if (url !== null) return { shown: url, connect: () => connectHome(home, url, { clientId }) };
  const running = (await runningController(home.config.journalPath))?.mqtt ?? null;
  if (running === null) return 'no broker was asked: the one of this config runs with "ebb serve"';
  return { shown: running, connect: () => connectHome(home, running, { clientId }) };
}

/** What is at a broker, or why it cannot be known. */
async function hear({ shown, connect }: Place): Promise<readonly Found[] | LinkError> {
  const pace = realPace();
  const bus = connect();
  const seen: { up: boolean; error: LinkError | null } = { up: false, error: null };
  bus.onError((error) => {
    seen.error ??= error;
    pace.nudge();
  });
  bus.onLink((up) => {
    seen.up = up;
    pace.nudge();
  });
  try {
    await pace.until(() => seen.up || seen.error !== null, CONNECT_MS);
    if (seen.error !== null) return seen.error;
    if (!seen.up)
      return new LinkError('broker_unreachable', `no MQTT broker answers at ${shown}`, { url: shown });
    return await listen(bus, pace);
  } catch (error) {
    if (isEbbError(error) && error instanceof LinkError) return error;
    throw error;
  } finally {
    await bus.close();
  }
}

/** @throws ConfigError usage, where a percent sign stands by itself */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new ConfigError('usage', 'the login in the address has a "%" that stands for nothing', {
      remedy: 'write %25 for a percent sign',
    });
  }
}
