import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { z } from 'zod';
import { openPasswords, passwordsFile } from '../../auth/passwords.ts';
import { openBroker, withDesktop, withHomeAssistants, withRealPorts } from '../../home-broker.ts';
import { ConfigError, LinkError, RefusedError } from '../../model/errors.ts';
import { isOutputRole } from '../../model/device.ts';
import { controlPath } from '../../transports/control.ts';
import { addConfig, addFormat, formatOf, readOptions } from '../options.ts';
import { painter } from '../output.ts';
import type { Context, LoadedHome } from '../output.ts';
import { openControl } from '../session/controller.ts';
import { refuseSecond, runningController } from '../session/controller-file.ts';
import { quietLog } from '../session/foreground.ts';
import { watchInterrupts } from '../session/interrupts.ts';
import type { Interrupts } from '../session/interrupts.ts';
import { clockOfRig } from '../session/simulated.ts';
import { Bench } from './bench.ts';
import type { Halt } from './bench.ts';
import { examine } from './examine.ts';
import { exitCodeOfFindings } from './finding.ts';
import type { Finding } from './finding.ts';
import type { Patient } from './patient.ts';
import { joinAlone } from './join.ts';

const optionsSchema = z.object({
  config: z.string().optional(),
  yes: z.boolean().default(false),
  water: z.boolean().default(true),
  setCeilings: z.boolean().default(false),
});

export function register(program: Command, context: Context): void {
  const command = program
    .command('doctor')
    .description(
      'look at everything that a session needs; opens each valve for seconds, so it asks first whether nobody is in the water',
    )
    .option('--yes', 'nobody is in the water, and the drain is open: do not ask')
    .option('--no-water', 'leave out what opens a valve')
    .option(
      '--set-ceilings',
      'set the ceiling of a relay, and off at power-up, where they read back otherwise (a write to its flash)',
    )
    .addHelpText('after', HELP)
    .action(async (options: unknown) => {
      await doctor(options, context);
    });
  addFormat(addConfig(command));
}

const HELP = `
Exit codes: 0 nothing failed, 2 something is unfit for a session, 3 stopped, 4 a lease is not honoured,
5 the broker or a device does not answer.`;

async function doctor(raw: unknown, context: Context): Promise<void> {
  const { config: file, yes, water, setCeilings } = readOptions(optionsSchema, raw);
  const home = { ...context.loadHome(file), log: quietLog(context) };
  const json = formatOf(raw, context.env) === 'json';
  const { config } = home;
  const found = await runningController(config.journalPath);
  if (found !== null) refuseSecond(found);
  // From here on Ctrl-C ends what runs, in good order, and the question as well.
  const interrupts = watchInterrupts(context.outputClosed);
  try {
    // It has the place of a controller while it looks, so that none starts beside it.
    const control = await openControl(controlPath(config.journalPath), { running: null });
    try {
      const opens = config.stations.some(({ devices }) => devices.some(({ role }) => isOutputRole(role)));
      const permitted = water && opens && (yes || (await ask(context, json, interrupts)));
      if (interrupts.count > 0) {
        context.stderr.write('ebb: stopped; nothing was opened\n');
        context.finish(3);
      } else if (water && opens && !permitted) {
        context.stderr.write('ebb: nothing was opened; "ebb doctor --no-water" looks at the rest\n');
        context.finish(2);
      } else await look(home, { water: permitted, setsCeilings: setCeilings }, json, interrupts, context);
    } finally {
      await control.close();
    }
  } finally {
    interrupts.close();
  }
}

const QUESTION = `Each valve is opened for seconds, one after the other: some litres run, and the drain must be open.
Is nobody in the water, and will nobody step in? [y/N] `;

/** @throws ConfigError usage, where nobody can be asked */
async function ask(
  { stdin, stdout, isTTY }: Context,
  json: boolean,
  interrupts: Interrupts,
): Promise<boolean> {
  if (!stdin.isTTY || !isTTY || json) {
    throw new ConfigError(
      'usage',
      'the doctor opens valves, and nobody is here to say that nobody is in the water',
      {
        remedy: 'say so with --yes, or leave the valves out with --no-water',
      },
    );
  }
  const asker = createInterface({ input: stdin });
  try {
    stdout.write(QUESTION);
    const answer = await new Promise<string>((resolve) => {
      asker.once('line', resolve);
      asker.once('close', () => {
        resolve('');
      });
      interrupts.onInterrupt(() => {
        stdout.write('\n');
        resolve('');
      });
    });
    return /^\s*y(es)?\s*$/i.test(answer);
  } finally {
    asker.close();
  }
}

const INTERRUPTED: Halt = { by: 'person', why: 'the doctor was interrupted' };

async function look(
  home: LoadedHome,
  may: Pick<Patient, 'water' | 'setsCeilings'>,
  json: boolean,
  interrupts: Interrupts,
  context: Context,
): Promise<void> {
  const { config } = home;
  const broker = await openBroker(home, await openPasswords(passwordsFile(config.journalPath)));
  try {
    const { clock, pace, ...joined } = await joinAlone(config, broker, config.simulated ? clockOfRig : null);
    const bus = withDesktop(withHomeAssistants(withRealPorts(joined.bus, clock, home.log), home), home);
    const bench = new Bench(config, bus, clock, may.water, () => {
      pace.nudge();
    });
    interrupts.onInterrupt(() => {
      bench.stop(INTERRUPTED);
    });
    // It may have been while the broker was looked for.
    if (interrupts.count > 0) bench.stop(INTERRUPTED);
    const patient = {
      ...{ config, clock, pace, bus, bench, ...may },
      offsetMs: clock.wallMs() - clock.nowMs(),
      ownBroker: config.mqtt.url === null,
    };
    const print = json ? () => undefined : linePrinter(context, config.simulated);
    try {
      const findings = await examine(patient, print);
      const { stopped } = bench;
      const isStopped = stopped?.by === 'person';
      const code = isStopped ? 3 : exitCodeOfFindings(findings);
      if (!isStopped && !bench.linkUp)
        throw new LinkError('broker_unreachable', 'the link to the broker was lost while the doctor looked', {
          url: config.mqtt.url,
        });
      if (!isStopped && stopped !== null)
        throw new RefusedError(
          'controller_running',
          `the doctor stopped: ${stopped.why}; every valve was told to close`,
        );
      context.finish(code);
      if (isStopped) context.stderr.write(`ebb: stopped: ${stopped.why}; every valve was told to close\n`);
      if (json)
        context.printJson({ ok: code === 0, simulated: config.simulated, findings: findings.map(plain) });
      else context.print(summary(findings));
    } finally {
      bench.end();
      await bus.close();
    }
  } finally {
    await broker.close();
  }
}

const plain = ({ check, device, verdict, message, remedy }: Finding) => ({
  check,
  device,
  verdict,
  message,
  remedy,
});

const STYLE = { ok: 'green', warn: 'yellow', fail: 'red' } as const;

function linePrinter(context: Context, simulated: boolean): (finding: Finding) => void {
  const paint = painter(context.colour);
  if (simulated) context.print('SIMULATED hardware');
  return ({ check, device, verdict, message, remedy }) => {
    const who = device === null ? check : `${check} ${device}`;
    context.print(`${paint(STYLE[verdict], verdict.padEnd(4))}  ${who}: ${message}`);
    if (remedy !== null) context.print(`      ${remedy}`);
  };
}

function summary(findings: readonly Finding[]): string {
  const count = (verdict: Finding['verdict']): number =>
    findings.filter((finding) => finding.verdict === verdict).length;
  return `${count('ok')} ok, ${count('warn')} to look at, ${count('fail')} failed`;
}
