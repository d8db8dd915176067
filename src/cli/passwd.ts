import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Command } from 'commander';
import { z } from 'zod';
import { openPasswords, passwordsFile } from '../auth/passwords.ts';
import type { Account } from '../auth/passwords.ts';
import type { Config } from '../config/index.ts';
import { ConfigError } from '../model/errors.ts';
import { addConfig, readOptions } from './options.ts';
import type { Context } from './output.ts';

const optionsSchema = z.object({ config: z.string().optional(), mqtt: z.boolean().default(false) });

/** What a line may hold, in bytes; a password is far shorter. */
const MAX_LINE_BYTES = 4_096;

const PROTECTS: Readonly<Record<Account, string>> = {
  http: 'the page and its API, on any address but loopback (http.host)',
  mqtt: "Ebb's own MQTT broker, on any address but loopback (mqtt.listen)",
};

export function register(program: Command, context: Context): void {
  const command = program
    .command('passwd')
    .description(
      'sets the password of the page, or of the embedded broker; needed on any address but loopback',
    )
    .option('--mqtt', "the password of Ebb's own MQTT broker")
    .addHelpText('after', '\nAsks twice on a terminal; piped, it reads one line: ebb passwd --mqtt < FILE')
    .action(async (raw: unknown) => {
      const options = readOptions(optionsSchema, raw);
      await passwd(options.mqtt ? 'mqtt' : 'http', context.loadHome(options.config).config, context);
    });
  addConfig(command);
}

async function passwd(account: Account, config: Config, context: Context): Promise<void> {
  const file = passwordsFile(config.journalPath);
  // First, so that nobody types a password in vain.
  const passwords = await openPasswords(file);
  const again = passwords.has(account);
  context.stderr.write(`this password protects ${PROTECTS[account]}\n`);
  const password = context.stdin.isTTY ? await askTwice(context) : await readLine(context.stdin);
  if (password === null) {
    context.stderr.write('nothing was changed\n');
    context.finish(3);
    return;
  }
  await passwords.set(account, password);
  context.print(`${again ? 'changed' : 'set'}; only its hash is kept, in ${file}`);
  context.print('a running controller takes it within seconds; whoever is in with the old one is out then');
  if (account === 'mqtt') context.print(nextForBroker(config));
}

function nextForBroker({ mqtt }: Config): string {
  if (mqtt.url !== null) {
    return `note: this config uses the broker at ${mqtt.url}, which has passwords of its own; this one counts without mqtt.url`;
  }
  return 'devices log in with it, and with any user name of a-z, 0-9 and dashes';
}

/** Shows nothing of what is typed. null: the person went away. */
async function askTwice({ stdin, stderr }: Context): Promise<string | null> {
  const silent = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  const terminal = createInterface({ input: stdin, output: silent, terminal: true, historySize: 0 });
  const away = new Promise<null>((resolve) => {
    terminal.once('close', () => {
      resolve(null);
    });
  });
  const ask = async (prompt: string): Promise<string | null> => {
    stderr.write(prompt);
    const answer = await Promise.race([terminal.question('').catch(() => null), away]);
    stderr.write('\n');
    return answer;
  };
  try {
    const first = await ask('new password: ');
    const second = first === null ? null : await ask('once more: ');
    if (first === null || second === null) return null;
    if (first.normalize('NFKC') === second.normalize('NFKC')) return first;
  } finally {
    terminal.close();
  }
  throw new ConfigError('usage', 'the two are not the same; nothing was changed');
}

/** The first line of what is piped in. */
async function readLine(stdin: NodeJS.ReadStream): Promise<string> {
  let bytes = Buffer.alloc(0);
  for await (const chunk of stdin) {
    bytes = Buffer.concat([bytes, Buffer.from(z.union([z.instanceof(Uint8Array), z.string()]).parse(chunk))]);
    if (bytes.includes(0x0a) || bytes.length > MAX_LINE_BYTES) break;
  }
  const end = bytes.indexOf(0x0a);
  const line = bytes.subarray(0, end === -1 ? bytes.length : end).toString('utf8');
  return line.replace(/\r$/, '');
}
