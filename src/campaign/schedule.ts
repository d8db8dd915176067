import { FAULTS, wrongArg } from '../../firmware-sim/faults/index.ts';
import type { FaultArgs } from '../../firmware-sim/faults/index.ts';
import { parseMoment } from './moment.ts';
import type { ScheduledFault } from './scenario.ts';

/**
 * A fault schedule as text, for replays and scenario files: entries separated by `;`, each
 * `ID [name=value …] @ MOMENT [for N ms|s|min]`, such as `valve-stuck-open valve=hot @ cold 1 + 5 s for 20 s`.
 */
export function formatSchedule(faults: readonly ScheduledFault[]): string {
  return faults
    .map(({ at, id, args, forMs }) => {
      const words = [id, ...Object.entries(args).map(([name, value]) => `${name}=${String(value)}`)];
      const mended =
        forMs === null ? '' : ` for ${forMs % 1_000 === 0 ? `${forMs / 1_000} s` : `${forMs} ms`}`;
      return `${words.join(' ')} @ ${at}${mended}`;
    })
    .join('; ');
}

const ENTRY = /^(\S+)((?:\s+[\w-]+=\S+)*)\s+@\s+(.+?)(?:\s+for\s+(\d+(?:\.\d+)?)\s*(ms|s|min))?$/;
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, min: 60_000 };

/** @throws RangeError what is wrong with it, and what would be right */
export function parseSchedule(text: string): readonly ScheduledFault[] {
  return text
    .split(';')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map(parseEntry);
}

function parseEntry(entry: string): ScheduledFault {
  const found = ENTRY.exec(entry);
  const [, id = '', words = '', at = '', amount, unit] = found ?? [];
  if (found === null)
    throw new RangeError(
      `"${entry}" is no fault: write ID [name=value] @ MOMENT [for N s], such as valve-stuck-open valve=hot @ cold 1 + 5 s`,
    );
  const fault = FAULTS.find((one) => one.id === id);
  if (fault === undefined)
    throw new RangeError(`there is no fault "${id}"; there are ${FAULTS.map((one) => one.id).join(', ')}`);
  if (parseMoment(at) === null)
    throw new RangeError(
      `"${at}" is no moment; write 12 s, ready, warm 2 + 10 s, cold 1 + 5 s, change 3, held or end`,
    );
  const forMs = amount === undefined ? null : Number(amount) * (UNITS[unit ?? 's'] ?? 1_000);
  const args = argsOf(words);
  const wrong = wrongArg(fault, args);
  if (wrong !== null) throw new RangeError(wrong);
  return { at: at.trim(), id, args, forMs };
}

function argsOf(words: string): FaultArgs {
  const pairs = words
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word): [string, number | string | boolean] => {
      const cut = word.indexOf('=');
      return [word.slice(0, cut), valueOf(word.slice(cut + 1))];
    });
  return Object.fromEntries(pairs);
}

function valueOf(text: string): number | string | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  const number = Number(text);
  return Number.isFinite(number) && text !== '' ? number : text;
}
