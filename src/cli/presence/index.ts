import { hostname } from 'node:os';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { z } from 'zod';
import { SystemClock } from '../../clock/system.ts';
import { messageOf } from '../../model/errors.ts';
import type { LinkError } from '../../model/errors.ts';
import { PRESENCE_EVERY_MS, PRESENCE_NAME, presenceTopic } from '../../model/presence.ts';
import type { PresenceWord } from '../../model/presence.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS, durationSchema } from '../../model/units.ts';
import { connectMqtt } from '../../transports/mqtt.ts';
import { readOptions } from '../options.ts';
import type { Context } from '../output.ts';
import { watchInterrupts } from '../session/interrupts.ts';
import { realPace } from '../session/pace.ts';
import { judge, wordOf } from './judge.ts';
import { lookerOf, runner } from './look.ts';

const LOOK_MS = 10 * SECOND_MS;

const optionsSchema = z.object({
  broker: z.string().default('mqtt://127.0.0.1:1883'),
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

async function presence(options: Options, context: Context): Promise<void> {
  const { env } = context;
  const looker = options.stdin ? null : await lookerOf(process.platform, runner(env), env);
  const clock = new SystemClock();
  const topic = presenceTopic(options.name);
  const payload = (word: PresenceWord): string => JSON.stringify(word);
  const gone = payload({ present: null, why: 'gone' });
  const password = env['EBB_MQTT_PASSWORD'];
  const bus = connectMqtt({
    ...{ url: options.broker, clock, clientId: `ebb-presence-${options.name}` },
    ...(options.username === undefined ? {} : { username: options.username }),
    ...(password === undefined ? {} : { password }),
    will: { topic, payload: gone, retain: false },
  });
  const interrupts = watchInterrupts(context.outputClosed);
  const pace = realPace();
  interrupts.onInterrupt(() => {
    pace.nudge();
  });
  const seen: { word: PresenceWord; toldMs: number; hopeless: LinkError | null; ended: boolean } = {
    ...{ word: { present: null, why: 'unknown' }, toldMs: -Infinity, hopeless: null, ended: false },
  };
  const tell = (word: PresenceWord): void => {
    const isNew = word.present !== seen.word.present || word.why !== seen.word.why;
    seen.word = word;
    if (isNew) context.print(textOf(word));
    if (!isNew && clock.nowMs() < seen.toldMs + PRESENCE_EVERY_MS) return;
    seen.toldMs = clock.nowMs();
    bus.publish({ topic, payload: payload(word), qos: 1 });
  };
  bus.onError((error) => {
    if (error.code !== 'broker_unreachable') seen.hopeless = error;
    else context.stderr.write(`ebb: ${error.message}. It is tried again\n`);
    pace.nudge();
  });
  bus.onLink((up) => {
    // Whoever was away a while heard nothing.
    if (up) seen.toldMs = -Infinity;
    if (up) tell(seen.word);
  });
  context.print(
    `tells ${options.broker} of ${options.name}, by ${looker?.by ?? 'what stands on its input'}; Ctrl-C ends it`,
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
      await pace.until(over, LOOK_MS);
    }
    if (seen.hopeless !== null) throw seen.hopeless;
  } finally {
    lines?.close();
    interrupts.close();
    bus.publish({ topic, payload: gone, qos: 1 });
    await bus.close();
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
