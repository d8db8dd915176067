import { Command, CommanderError } from 'commander';
import { ConfigError, LinkError, RefusedError, isEbbError, messageOf } from '../model/errors.ts';
import { VERSION } from '../main.ts';
import { COMMAND_WORDS } from '../model/command.ts';
import { createContext } from './output.ts';
import type { Context, ContextHandle, ExitCode, Host } from './output.ts';

export type { Context, ExitCode, Host } from './output.ts';

interface CommandModule {
  register(program: Command, context: Context): void;
}

/** The commands that are built, in the order of the help. A command is a file and a line here. */
const COMMANDS: readonly { readonly names: readonly string[]; load(): Promise<CommandModule> }[] = [
  { names: ['init'], load: () => import('./init.ts') },
  { names: ['check'], load: () => import('./check.ts') },
  { names: ['serve'], load: () => import('./serve.ts') },
  { names: ['run'], load: () => import('./run.ts') },
  { names: ['status'], load: () => import('./status.ts') },
  // `ebb report` is another promise: the document.
  {
    names: [...COMMAND_WORDS.filter((word) => word !== 'report'), 'symptom'],
    load: () => import('./words.ts'),
  },
  { names: ['ack', 'snooze', 'skip', 'quiet', 'not-for-me', 'next'], load: () => import('./desk.ts') },
  { names: ['done', 'log'], load: () => import('./ticks.ts') },
  { names: ['today'], load: () => import('./today.ts') },
  { names: ['why'], load: () => import('./why.ts') },
  { names: ['sim'], load: () => import('./sim/index.ts') },
  { names: ['test'], load: () => import('./test/index.ts') },
  { names: ['protocols'], load: () => import('./protocols.ts') },
  { names: ['history'], load: () => import('./history.ts') },
  { names: ['devices'], load: () => import('./devices/index.ts') },
  { names: ['doctor'], load: () => import('./doctor/index.ts') },
  { names: ['passwd'], load: () => import('./passwd.ts') },
  { names: ['presence'], load: () => import('./presence/index.ts') },
];

/** Promised by the interface and not built yet: known by name, so that nobody looks for a typing mistake. */
const NOT_BUILT = [...['plans'], ...['screen', 'people', 'report', 'backup', 'restore']] as const;

/**
 * The command line. Returns the exit code and never ends the process, so that whoever runs something to the end can
 * close the water first.
 */
export async function main(argv: readonly string[], host: Host = processHost()): Promise<ExitCode> {
  const handle = createContext(host);
  const { context } = handle;
  if (host.stdout === process.stdout) watchOutput(handle);
  try {
    await run(argv, context);
    return handle.exitCode();
  } catch (error) {
    return failed(error, context);
  }
}

function processHost(): Host {
  const { stdin, stdout, stderr, env } = process;
  return { stdin, stdout, stderr, env, cwd: process.cwd() };
}

/**
 * `ebb … | head`: the reader went away, which is no mistake of anybody's. Stays for good, because what is still
 * buffered may fail after `main` has returned.
 */
function watchOutput(handle: ContextHandle): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    handle.outputGone();
  });
}

async function run(argv: readonly string[], context: Context): Promise<void> {
  const program = newProgram(context);
  for (const entry of commandsFor(argv[0])) {
    const module = await entry.load();
    module.register(program, context);
  }
  for (const name of NOT_BUILT) registerNotBuilt(program, name);
  if (argv.length === 0) {
    program.outputHelp({ error: true });
    context.finish(2);
    return;
  }
  await program.parseAsync(argv, { from: 'user' });
}

/** Only what the first word needs is loaded; all of it where the answer lists the commands or looks for a near one. */
function commandsFor(word: string | undefined): typeof COMMANDS {
  if (NOT_BUILT.some((name) => name === word)) return [];
  const asked = COMMANDS.filter(({ names }) => names.some((name) => name === word));
  return asked.length > 0 ? asked : COMMANDS;
}

function newProgram(context: Context): Command {
  return (
    new Command('ebb')
      .description('Timed contrast baths: a wellness timer and controller. Not a medical device.')
      .version(VERSION, '-V, --version', 'print the version')
      .showHelpAfterError('(ebb --help lists what there is)')
      // An option behind a subcommand belongs to that one, though the command before it has it too.
      .enablePositionalOptions()
      .exitOverride()
      .configureOutput({
        writeOut: (text) => context.stdout.write(text),
        writeErr: (text) => context.stderr.write(text),
        outputError: (text, write) => {
          write(text.replace(/^error: /, 'ebb: '));
        },
      })
  );
}

function registerNotBuilt(program: Command, name: string): void {
  program
    .command(name, { hidden: true })
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .action(() => {
      throw new ConfigError('unsupported', `"ebb ${name}" is not built in this version`, {
        remedy: 'ebb --help lists what is',
      });
    });
}

/** Tells what went wrong on stderr, and whose fault it is by the exit code. */
function failed(error: unknown, { stderr, env }: Context): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  stderr.write(`ebb: ${messageOf(error)}\n`);
  if (isEbbError(error)) {
    const { remedy, ...where } = error.fields;
    if (remedy !== undefined && remedy !== null) stderr.write(`     ${remedy}\n`);
    const known = Object.entries(where).filter(([, value]) => value !== undefined && value !== null);
    const fields = known.map(([key, value]) => `${key}: ${String(value)}`);
    stderr.write(`     (${[error.code, ...fields].join(', ')})\n`);
  }
  if (env['EBB_LOG_LEVEL'] === 'debug' && error instanceof Error) stderr.write(`${stackOf(error)}\n`);
  return exitCodeOfError(error);
}

/** Anything that is neither the caller's doing nor out of reach (the journal, a device's answer, our own mistakes) is 1. */
function exitCodeOfError(error: unknown): ExitCode {
  if (error instanceof ConfigError || error instanceof RefusedError) return 2;
  return error instanceof LinkError ? 5 : 1;
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${error.cause.stack ?? error.cause.message}` : '';
  return `${error.stack ?? error.message}${cause}`;
}
