import { hostname } from 'node:os';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { z } from 'zod';
import { SystemClock } from '../../clock/system.ts';
import { ConfigError, messageOf } from '../../model/errors.ts';
import type { LinkError } from '../../model/errors.ts';
import { PRESENCE_EVERY_MS, PRESENCE_NAME } from '../../model/presence.ts';
import type { PresenceWord } from '../../model/presence.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS, durationSchema } from '../../model/units.ts';
import { readOptions } from '../options.ts';
import type { Context } from '../output.ts';
import { watchInterrupts } from '../session/interrupts.ts';
import { realPace } from '../session/pace.ts';
import { judge, wordOf } from './judge.ts';
import { lookerOf, runner } from './look.ts';
import { overHttp, overMqtt } from './tell.ts';

const LOOK_MS = 10 * SECOND_MS;

const optionsSchema = z.object({
  broker: z.string().optional(),
  url: z
    .url({ protocol: /^https?$/, error: 'the address of the page, such as http://ebb.local:7373' })
    .optional(),
  username: z.string().optional(),
  name: z
    .string()
    .regex(PRESENCE_NAME, 'a name of lower-case letters, digits, - and _')
    .default(() => nameOfHost()),
  idle: durationSchema
    .refine((ms) => ms >= 30 * SECOND_MS && ms <= HOUR_MS, 'must be 30 s to 1 h')
    .default(5 * MINUTE_MS),
  stdin: z.boolean().default(false),
});
type Options = z.output<typeof optionsSchema>;

/** `Sam's-MacBook.local` is `sam-s-macbook`. */
function nameOfHost(): string {
  const name = (hostname().split('.')[0] ?? '').toLowerCase().replace(/[^a-z0-9_-]+/g, '-');
  return PRESENCE_NAME.test(name) ? name : 'computer';
}

export function register(program: Command, context: Context): void {
  program
    .command('presence')
    .description('on the computer of whoever sits at a desk: tells Ebb whether they are there; until Ctrl-C')
    .option('--broker <url>', 'the broker of Ebb (default: mqtt://127.0.0.1:1883)')
    .option(
      '--url <url>',
      'the page of Ebb instead of the broker, such as http://ebb.local:7373; its password is taken from EBB_PASSWORD',
    )
    .option('--username <name>', 'at the broker; the password is taken from EBB_MQTT_PASSWORD')
    .option(
      '--name <name>',
      'what the config calls it: presence: { driver: presence, name: … } (default: that of the computer)',
    )
    .option('--idle <duration>', 'untouched for so long, nobody is there, 30 s to 1 h (default: 5 min)')
    .option(
      '--stdin',
      'is told by another program instead, a line for each change: present, away, locked, unlocked, idle 6 min',
    )
    .action(async (raw: unknown) => {
      await presence(readOptions(optionsSchema, raw), context);
    });
}

const BROKER = 'mqtt://127.0.0.1:1883';

/** @throws ConfigError usage, where two places to tell are named */
function placeOf({ url, broker, username }: Options): string {
  const unused = broker === undefined ? (username === undefined ? null : '--username') : '--broker';
  if (url !== undefined && unused !== null)
    throw new ConfigError(
      'usage',
      `--url is the page, and ${unused} is of the broker: it tells one of them`,
      {
        ...{ option: unused, remedy: 'leave one of the two out' },
      },
    );
  return url ?? broker ?? BROKER;
}

async function presence(options: Options, context: Context): Promise<void> {
  const { env } = context;
  const place = placeOf(options);
  const looker = options.stdin ? null : await lookerOf(process.platform, runner(env), env);
  const clock = new SystemClock();
  const interrupts = watchInterrupts(context.outputClosed);
  const pace = realPace();
  interrupts.onInterrupt(() => {
    pace.nudge();
  });
  const seen: {
    word: PresenceWord;
    toldMs: number;
    hopeless: ConfigError | LinkError | null;
    ended: boolean;
  } = { word: { present: null, why: 'unknown' }, toldMs: -Infinity, hopeless: null, ended: false };
  const tell = (word: PresenceWord): void => {
    const isNew = word.present !== seen.word.present || word.why !== seen.word.why;
    seen.word = word;
    if (isNew) context.print(textOf(word));
    if (!isNew && clock.nowMs() < seen.toldMs + PRESENCE_EVERY_MS) return;
    seen.toldMs = clock.nowMs();
    teller.tell(word);
  };
  const teller = (options.url === undefined ? overMqtt : overHttp)(place, {
    ...{ name: options.name, username: options.username, env, clock },
    // Whoever was away a while heard nothing.
    ready: () => {
      seen.toldMs = -Infinity;
      pace.nudge();
    },
    trouble: (message) => {
      seen.toldMs = -Infinity;
      context.stderr.write(`ebb: ${message}. It is tried again\n`);
    },
    hopeless: (error) => {
      seen.hopeless = error;
      pace.nudge();
    },
  });
  context.print(
    `tells ${place} of ${options.name}, by ${looker?.by ?? 'what stands on its input'}; Ctrl-C ends it`,
  );
  const over = (): boolean => interrupts.count > 0 || seen.hopeless !== null || seen.ended;
  const lines = options.stdin ? createInterface({ input: context.stdin }) : null;
  lines?.on('line', (line) => {
    const word = wordOf(line, options.idle);
    if (word !== null) tell(word);
    else if (line.trim() !== '')
      context.stderr.write(
        `ebb: "${line.slice(0, 60)}" means nothing; there are present, away, locked, unlocked, unknown and idle 6 min\n`,
      );
  });
  lines?.on('close', () => {
    seen.ended = true;
    pace.nudge();
  });
  const look = looker?.look ?? null;
  try {
    while (!over()) {
      if (look === null) tell(seen.word);
      else tell(await lookOnce(look, options.idle, seen.word, context));
      await pace.until(() => over() || seen.toldMs === -Infinity, LOOK_MS);
    }
    if (seen.hopeless !== null) throw seen.hopeless;
  } finally {
    lines?.close();
    interrupts.close();
    await teller.close();
  }
}

async function lookOnce(
  look: () => Promise<Parameters<typeof judge>[0]>,
  idleMs: number,
  before: PresenceWord,
  context: Context,
): Promise<PresenceWord> {
  try {
    return judge(await look(), idleMs);
  } catch (error) {
    if (before.present !== null)
      context.stderr.write(`ebb: nobody can be seen just now: ${messageOf(error)}\n`);
    return { present: null, why: 'unknown' };
  }
}

function textOf({ present, why }: PresenceWord): string {
  if (present === null) return 'not known';
  return `${present ? 'there' : 'away'} (${why})`;
}
