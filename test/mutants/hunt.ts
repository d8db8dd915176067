import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { campaignSchema } from '../../src/campaign/report/json.ts';
import { ROOT } from '../project/sources.ts';
import { plant } from './mutant.ts';
import type { Mutant } from './mutant.ts';

export interface Hunt {
  readonly seed: number;
  readonly sessions: number;
  readonly workers: number;
}

/** What a campaign made of a mutant. */
export interface Catch {
  readonly mutant: Mutant;
  /** 4: a violation was found. */
  readonly exit: number;
  /** How many sessions it took; all of them where nothing was found. */
  readonly sessions: number;
  readonly seed: number | null;
  readonly invariant: string | null;
  readonly what: string | null;
  readonly replay: string | null;
  /** What the replay command finds in the mutant, and in the code as it is. */
  readonly again: readonly string[];
  readonly clean: readonly string[];
  /** What the program said on stderr where it did not run as it should. */
  readonly trouble: string;
}

/** Hunts for a mutant with the command line alone: a campaign, its replay command, and the same one without the mutant. */
export async function hunt(mutant: Mutant, { seed, sessions, workers }: Hunt): Promise<Catch> {
  const root = plant(mutant);
  try {
    const numbers = ['--seed', String(seed), '--sessions', String(sessions), '--workers', String(workers)];
    const ran = await ebb(root, ['sim', ...mutant.campaign, ...numbers, '--fail-fast', '--json']);
    const nothing = { mutant, seed: null, invariant: null, what: null, replay: null, again: [], clean: [] };
    if (ran.exit !== 0 && ran.exit !== 4)
      return { ...nothing, exit: ran.exit, sessions: 0, trouble: ran.err };
    const report = campaignSchema.parse(JSON.parse(ran.out));
    const [first] = report.violations;
    if (first === undefined) return { ...nothing, exit: ran.exit, sessions: report.sessions, trouble: '' };
    const words = wordsOf(first.replay);
    return {
      mutant,
      exit: ran.exit,
      sessions: first.seed - seed + 1,
      seed: first.seed,
      invariant: first.invariant,
      what: first.message,
      replay: first.replay,
      again: violationsIn(await ebb(root, words)),
      clean: violationsIn(await ebb(ROOT, words)),
      trouble: '',
    };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

interface Ran {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

function ebb(root: string, args: readonly string[]): Promise<Ran> {
  const { GITHUB_ACTIONS: _, ...env } = process.env;
  return new Promise((resolve) => {
    const options = { cwd: root, env: { ...env, NO_COLOR: '1' }, maxBuffer: 1 << 28 };
    execFile(process.execPath, [join(root, 'bin/ebb.js'), ...args], options, (error, out, err) => {
      const exit = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ exit, out, err });
    });
  });
}

/** The arguments of a printed command, as a shell takes them. */
export function wordsOf(command: string): readonly string[] {
  const words = command.match(/(?:'(?:[^']|'\\'')*'|[^\s'])+/g) ?? [];
  return words
    .slice(1)
    .map((word) => word.replace(/'\\''/g, '\u0000').replace(/'/g, '').replaceAll('\u0000', "'"));
}

/** The invariants that a replay says to be broken; a replay that did not run is a mistake of ours. */
function violationsIn({ exit, out, err }: Ran): readonly string[] {
  if (exit !== 0 && exit !== 4) throw new Error(`a replay ended with ${exit}: ${err}`);
  return [...out.matchAll(/^(\w+) at [\d.]+ s: /gm)].map(([, invariant = '']) => invariant);
}
