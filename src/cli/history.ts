import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { z } from 'zod';
import { REASON_TEXT } from '../controller/index.ts';
import { openHistory, sessionResults } from '../journal/index.ts';
import type { SessionResult } from '../model/state.ts';
import { SECOND_MS, formatDuration } from '../model/units.ts';
import { addConfig, addFormat, formatOf, readOptions, wholeNumber } from './options.ts';
import { table } from './output.ts';
import type { Context } from './output.ts';

const optionsSchema = z.object({ config: z.string().optional(), limit: wholeNumber(1, 100_000) });

export function register(program: Command, context: Context): void {
  const command = program
    .command('history')
    .description('the sessions of the journal, the latest last')
    .option('-n, --limit <count>', 'how many at most', '20')
    .action((options: unknown) => {
      history(options, context);
    });
  addFormat(addConfig(command));
}

function history(options: unknown, context: Context): void {
  const { config: file, limit } = readOptions(optionsSchema, options);
  const { config } = context.loadHome(file);
  const results = existsSync(config.journalPath) ? read(config.journalPath, limit) : [];
  if (formatOf(options, context.env) === 'json') {
    context.printJson({ sessions: results });
    return;
  }
  if (results.length === 0) {
    context.print('no session has been recorded yet; the journal begins with the first one');
    return;
  }
  for (const line of table([HEAD, ...results.map((result) => row(result, config.timezone))], [5, 6])) {
    context.print(line);
  }
}

/** Read-only, so it works while a controller writes. */
function read(path: string, limit: number): readonly SessionResult[] {
  const reader = openHistory(path);
  try {
    return sessionResults(reader.records({ types: ['end'], limit }));
  } finally {
    reader.close();
  }
}

const HEAD = ['started', 'station', 'protocol', 'person', 'outcome', 'contact', 'steps', 'why'];

function row(result: SessionResult, timezone: string): string[] {
  const { station, protocol, person, outcome, reason, contact_s, steps, simulated, dry } = result;
  const began = steps.filter(({ actual_s }) => actual_s > 0).length;
  const why = outcome === 'complete' ? '' : REASON_TEXT[reason];
  return [
    localTime(result.started_at, timezone),
    station,
    protocol,
    person ?? '-',
    outcome,
    formatDuration(contact_s * SECOND_MS),
    String(began),
    [why, dry === true ? '(dry run)' : '', simulated ? '(SIMULATED)' : '']
      .filter((part) => part !== '')
      .join(' '),
  ];
}

/** `2026-03-01 20:30` in the time zone of the home: sortable, and the same in every locale. */
function localTime(iso: string, timeZone: string): string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  return format.format(new Date(iso));
}
