import type { Command } from 'commander';
import { z } from 'zod';
import type { LinkError } from '../model/errors.ts';
import type { PlaceState } from '../model/desk.ts';
import { formatTemperature } from '../model/units.ts';
import { addConfig, addFormat, formatOf, readOptions } from './options.ts';
import type { Context } from './output.ts';
import { quietLog } from './session/foreground.ts';
import { openHouse } from './session/house.ts';
import { watchInterrupts } from './session/interrupts.ts';
import { realPace } from './session/pace.ts';
import { stepText, valvesText } from './view/frame.ts';

const optionsSchema = z.object({ config: z.string().optional(), watch: z.boolean().default(false) });

export function register(program: Command, context: Context): void {
  const command = program
    .command('status')
    .description('what each station of the running controller does right now')
    .option('--watch', 'go on with every change until Ctrl-C')
    .action(async (options: unknown) => {
      await status(options, context);
    });
  addFormat(addConfig(command));
}

async function status(raw: unknown, context: Context): Promise<void> {
  const { config: file, watch } = readOptions(optionsSchema, raw);
  const home = { ...context.loadHome(file), log: quietLog(context) };
  const json = formatOf(raw, context.env) === 'json';
  const unit = home.config.temperatureUnit;
  const house = await openHouse(home);
  try {
    if (json && !watch) context.printJson({ stations: Object.fromEntries(house.states) });
    const show = (station: string, state: PlaceState): void => {
      if (!json) context.print(lineOf(station, state, unit));
      else if (watch) context.stdout.write(`${JSON.stringify({ station, ...state })}\n`);
    };
    for (const [station, state] of house.states) show(station, state);
    if (!watch) return;
    house.onState(show);
    const lost = await untilInterrupted(context, (listener) => {
      house.onLost(listener);
    });
    if (lost !== null) throw lost;
  } finally {
    await house.close();
  }
}

async function untilInterrupted(
  { outputClosed }: Context,
  onLost: (listener: (error: LinkError) => void) => void,
): Promise<LinkError | null> {
  const pace = realPace();
  const interrupts = watchInterrupts(outputClosed);
  const gone: { error: LinkError | null } = { error: null };
  interrupts.onInterrupt(() => {
    pace.nudge();
  });
  onLost((error) => {
    gone.error = error;
    pace.nudge();
  });
  await pace.until(() => interrupts.count > 0 || gone.error !== null, Infinity);
  interrupts.close();
  return gone.error;
}

/** One station on one line. */
export function lineOf(station: string, state: PlaceState, unit: 'celsius' | 'fahrenheit'): string {
  const parts = [
    state.simulated ? 'SIMULATED' : '',
    'reminders' in state ? state.state : state.phase,
    stepText(state),
    state.water_c === null ? '' : `water ${formatTemperature(state.water_c, unit)}`,
    'reminders' in state ? '' : valvesText(state.valves),
    state.fault === null
      ? ''
      : `fault ${state.fault.code}${state.fault.latched ? ' (latched: ebb clear)' : ''}`,
    state.prompt === null ? '' : `${state.prompt.text} (ebb answer)`,
    state.message ?? '',
    'reminders' in state && state.next !== null ? `next: ${state.next}` : '',
    'reminders' in state && state.calendar_trouble !== null ? `! ${state.calendar_trouble}` : '',
  ];
  return `${station}: ${parts.filter((part) => part !== '').join(' · ')}`;
}
