import type { Command } from 'commander';
import { z } from 'zod';
import type { DeviceReport } from '../../model/inventory.ts';
import { formatTemperature } from '../../model/units.ts';
import { connectControl } from '../../transports/control-client.ts';
import { addConfig, addFormat, formatOf, readOptions } from '../options.ts';
import { table } from '../output.ts';
import type { Context, LoadedHome } from '../output.ts';
import { runningController } from '../session/controller-file.ts';
import { quietLog } from '../session/foreground.ts';
import { watchInterrupts } from '../session/interrupts.ts';
import { meetDevices } from '../session/meeting.ts';
import { realPace } from '../session/pace.ts';

const optionsSchema = z.object({ config: z.string().optional(), watch: z.boolean().default(false) });

/** How often `--watch` asks again, milliseconds. */
const WATCH_MS = 1_000;

type Unit = 'celsius' | 'fahrenheit';

export function register(program: Command, context: Context): Command {
  const command = program
    .command('devices')
    .description('the configured devices as they are right now; "simulate" stands in for them')
    .option('--watch', 'go on, once a second, until Ctrl-C')
    .action(async (options: unknown) => {
      await list(options, context);
    });
  return addFormat(addConfig(command));
}

async function list(raw: unknown, context: Context): Promise<void> {
  const { config: file, watch } = readOptions(optionsSchema, raw);
  const home = { ...context.loadHome(file), log: quietLog(context) };
  const json = formatOf(raw, context.env) === 'json';
  const source = await openSource(home);
  try {
    const show = async (): Promise<void> => {
      const devices = await source.ask();
      if (json) context.print(JSON.stringify({ devices, by: source.by }));
      else print(devices, home.config.temperatureUnit, context);
    };
    if (!json) context.print(source.by === 'controller' ? FROM_CONTROLLER : FROM_HERE);
    await show();
    if (watch) await everySecond(context, show);
  } finally {
    await source.close();
  }
}

const FROM_CONTROLLER = 'as the running controller sees them:';
const FROM_HERE = 'no controller runs here, so they were asked directly (every valve was told to close):';

interface Source {
  readonly by: 'controller' | 'this command';
  ask(): Promise<readonly DeviceReport[]>;
  close(): Promise<void>;
}

/** A running controller knows; a second one must not talk to its devices. Without one they are met here. */
async function openSource(home: LoadedHome): Promise<Source> {
  const found = await runningController(home.config.journalPath);
  if (found === null) {
    const met = await meetDevices(home);
    return { by: 'this command', ask: () => Promise.resolve(met.report()), close: met.close };
  }
  const client = await connectControl(found.socket);
  return {
    by: 'controller',
    ask: () => client.devices(),
    close: () => {
      client.close();
      return Promise.resolve();
    },
  };
}

async function everySecond(context: Context, show: () => Promise<void>): Promise<void> {
  const interrupts = watchInterrupts(context.outputClosed);
  const pace = realPace();
  interrupts.onInterrupt(() => {
    pace.nudge();
  });
  try {
    while (!(await pace.until(() => interrupts.count > 0, WATCH_MS))) {
      context.print();
      await show();
    }
  } finally {
    interrupts.close();
  }
}

const HEAD = ['device', 'role', 'driver', 'there', 'says', 'seen', 'closes by itself'];
const THERE = { up: 'yes', connecting: 'no answer', down: 'no broker' } as const;

function print(devices: readonly DeviceReport[], unit: Unit, context: Context): void {
  if (devices.length === 0) {
    context.print('the stations of this config have no devices: cues only, on the screen');
    return;
  }
  for (const line of table([HEAD, ...devices.map((device) => row(device, unit))])) context.print(line);
  for (const { id, why } of devices) if (why !== null) context.print(`  ${id}: ${why}`);
}

function row(
  { id, role, driver, link, valve, reading, deadline, lease_s }: DeviceReport,
  unit: Unit,
): string[] {
  const lease = lease_s === null ? '' : ` ${lease_s} s`;
  return [
    id,
    role,
    driver,
    THERE[link],
    valve ?? sayReading(reading?.value, unit),
    reading === null ? '' : `${reading.age_s.toFixed(1)} s ago`,
    deadline === null ? '' : `${DEADLINE[deadline]}${deadline === 'none' ? '' : lease}`,
  ];
}

const DEADLINE = { 'per-command': 'lease', ceiling: 'ceiling', none: 'never' } as const;

function sayReading(value: number | string | null | undefined, unit: Unit): string {
  if (value === undefined) return '';
  if (value === null) return 'no valid reading';
  return typeof value === 'number' ? formatTemperature(value, unit) : value;
}
