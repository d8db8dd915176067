import type { Command } from 'commander';
import { z } from 'zod';
import type { Config } from '../config/index.ts';
import type { LinkError } from '../model/errors.ts';
import { addConfig, readOptions } from './options.ts';
import type { Context } from './output.ts';
import { demo } from './demo.ts';
import { refuseSecond, runningController } from './session/controller-file.ts';
import { openController } from './session/controller.ts';
import { watchInterrupts } from './session/interrupts.ts';
import { SPEED, speedSchema } from './session/options.ts';
import { realPace } from './session/pace.ts';

const optionsSchema = z.object({
  config: z.string().optional(),
  demo: z.boolean().default(false),
  speed: speedSchema.optional(),
});

export function register(program: Command, context: Context): void {
  const command = program
    .command('serve')
    .description(
      'the controller: broker, stations, page, journal; until Ctrl-C, which closes the water first',
    )
    .option('--demo', 'simulated hardware and a foot-bath session at once, live')
    .option(SPEED.flags, SPEED.description)
    .action(async (raw: unknown) => {
      const options = readOptions(optionsSchema, raw);
      if (options.demo) await demo(options.speed ?? null, context);
      else await serve(options.config, options.speed ?? null, context);
    });
  addConfig(command);
}

async function serve(file: string | undefined, speed: number | null, context: Context): Promise<void> {
  const home = context.loadHome(file);
  const { config } = home;
  const found = await runningController(config.journalPath);
  if (found !== null) refuseSecond(found);
  const interrupts = watchInterrupts(context.outputClosed);
  const pace = realPace();
  interrupts.onInterrupt(() => {
    pace.nudge();
  });
  try {
    const broker = watchBroker(context, () => {
      pace.nudge();
    });
    const options = { speed, http: true, onBrokerError: broker.failed };
    const { running, httpUrl, close } = await openController(home, options);
    try {
      const stations = [...config.stations, ...config.desks].map(({ id, name }) =>
        id === name ? id : `${id} (${name})`,
      );
      if (running.simulated) context.print('SIMULATED: the hardware of this config is simulated');
      context.print(`ebb serves ${config.site}: ${stations.join(', ')}`);
      context.print(`  broker   ${running.mqttUrl ?? ''}${embedded(config.mqtt)}`);
      context.print(`  page     ${httpUrl ?? ''}`);
      context.print(`  journal  ${config.journalPath}`);
      const use =
        config.stations.length === 0 ? 'ebb next · ebb ack' : 'ebb run contrast-foot-bath · ebb stop';
      context.print(`  use it   ebb status · ${use}`);
      context.print('  end it   Ctrl-C, or SIGTERM: the water closes first');
      await pace.until(() => interrupts.count > 0 || broker.hopeless() !== null, Infinity);
      const error = broker.hopeless();
      if (error !== null && interrupts.count === 0) throw error;
    } finally {
      await close();
    }
  } finally {
    interrupts.close();
  }
}

/** Where others reach a broker of its own, if they do. */
function embedded({ url, listen: { host, port } }: Config['mqtt']): string {
  if (url !== null) return '';
  return /^(127\.|localhost$|::1$)/.test(host)
    ? ' (embedded)'
    : ` (embedded, for the network at ${host}:${port})`;
}

/**
 * A broker that does not answer at the start may be on its way, as after a power cut, and is waited for. One that
 * refuses the login or shows a wrong certificate stays so until somebody changes something.
 */
function watchBroker(context: Context, changed: () => void) {
  const seen: { told: boolean; hopeless: LinkError | null } = { told: false, hopeless: null };
  return {
    hopeless: (): LinkError | null => seen.hopeless,
    failed: (error: LinkError): void => {
      if (error.code !== 'broker_unreachable') {
        seen.hopeless = error;
        changed();
      } else if (!seen.told) {
        seen.told = true;
        context.stderr.write(`ebb: ${error.message}. Ebb goes on trying\n`);
      }
    },
  };
}
