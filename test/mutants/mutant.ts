import { cpSync, mkdtempSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../project/sources.ts';

/**
 * A planted defect: a mistake that somebody could make, as a patch of its own. The patch says what its author would have
 * thought, and finds its place by the text alone: what is taken away, with the lines around it, must stand exactly once
 * in the file. So it holds while the code around it moves, and a test says when it does not hold any more.
 *
 *     # what the author would have thought
 *     campaign: --faults none        (left out: as `ebb sim` is called without)
 *     quick                          (left out: not one of those that a few sessions catch)
 *     --- machines/interlock.ts
 *      a line that stays
 *     -a line that goes
 *     +a line that comes
 */
export interface Mutant {
  readonly id: string;
  readonly thought: string;
  /** What the campaign that looks for it is called with, beside how many sessions. */
  readonly campaign: readonly string[];
  /** A few sessions from any seed catch it. */
  readonly quick: boolean;
  readonly changes: readonly Change[];
}

export interface Change {
  readonly file: string;
  readonly before: string;
  readonly after: string;
}

const FOLDER = import.meta.dirname;

export function readMutants(): readonly Mutant[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.patch'))
    .toSorted()
    .map((name) => parseMutant(name.replace(/\.patch$/, ''), readFileSync(join(FOLDER, name), 'utf8')));
}

export function parseMutant(id: string, text: string): Mutant {
  const [head = '', ...hunks] = text.split(/^--- /m);
  const lines = head.split('\n');
  const campaign = lines.find((line) => line.startsWith('campaign: '))?.slice('campaign: '.length);
  return {
    id,
    thought: lines
      .filter((line) => line.startsWith('# '))
      .map((line) => line.slice(2))
      .join(' '),
    campaign: campaign?.split(' ') ?? [],
    quick: lines.includes('quick'),
    changes: hunks.map(changeOf),
  };
}

function changeOf(hunk: string): Change {
  const [file = '', ...lines] = hunk.replace(/\n$/, '').split('\n');
  const side = (sign: '-' | '+'): string =>
    lines
      .filter((line) => line === '' || line.startsWith(' ') || line.startsWith(sign))
      .map((line) => line.slice(1))
      .join('\n');
  return { file, before: side('-'), after: side('+') };
}

/** How often the place of a change is found in its file: once is right. */
export function places({ file, before }: Change, root: string = ROOT): number {
  return readFileSync(join(root, file), 'utf8').split(before).length - 1;
}

/** A house with what the examples do without. */
const HOUSE = 'test/mutants/house.yaml';
/** What `ebb sim` needs to run. */
const PRODUCT = [
  'bin',
  'src',
  'machines',
  'devices',
  'firmware-sim',
  'protocols',
  'examples',
  'package.json',
  HOUSE,
];

/** A copy of the product with the mutant in it, in a folder of its own. */
export function plant({ id, changes }: Mutant): string {
  const root = mkdtempSync(join(tmpdir(), `ebb-mutant-${id}-`));
  for (const name of PRODUCT) cpSync(join(ROOT, name), join(root, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  for (const change of changes) {
    const found = places(change, root);
    if (found !== 1) throw new RangeError(`${id}: its place in ${change.file} is found ${found} times`);
    const path = join(root, change.file);
    // A function: in a text `$` would mean something.
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace(change.before, () => change.after),
    );
  }
  return root;
}
