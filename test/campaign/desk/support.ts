import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { main } from '../../../src/cli/index.ts';
import { plant } from '../../mutants/mutant.ts';
import type { Mutant } from '../../mutants/mutant.ts';

export const reportSchema = z.object({
  station: z.string(),
  days: z.int(),
  seed: z.int(),
  people: z.array(
    z.looseObject({
      person: z.string(),
      hours: z.number(),
      faults: z.int(),
      reminders: z.int(),
      adherence: z.number().nullable(),
      budgets: z.record(z.string(), z.int()),
    }),
  ),
  budgets: z.record(z.string(), z.int()),
  broken: z.array(
    z.object({
      person: z.string(),
      budget: z.string(),
      value: z.int(),
      first_at: z.iso.datetime().nullable(),
      replay: z.string(),
    }),
  ),
  wall_s: z.number(),
});

/** `ebb` in this process. */
export async function ebb(argv: readonly string[], cwd: string = import.meta.dirname) {
  let [out, err] = ['', ''];
  const stdout = { write: (text: string) => (out += text) };
  const stderr = { write: (text: string) => (err += text) };
  const code = await main(argv, { stdin: process.stdin, stdout, stderr, env: {}, cwd });
  return { code, out, err };
}

/** Mistakes that somebody could make, each with the budget that breaks. */
export const DEFECTS: readonly (Mutant & { readonly breaks: string })[] = [
  {
    ...defect('just-back', 'who is back is there', 'afterReturn'),
    changes: [
      {
        file: 'src/controller/desk/presence.ts',
        before: "return atMs < this.#backMs + SETTLE_MS ? 'just_back' : null;",
        after: 'return null;',
      },
    ],
  },
  {
    ...defect('stacked', 'each reminder for itself', 'stacked'),
    changes: [
      {
        file: 'src/controller/desk/hindrances.ts',
        before: "return waits || atMs < this.#newMs + GAP_MS ? 'another' : null;",
        after: 'return null;',
      },
    ],
  },
  {
    ...defect('busy', 'a light disturbs nobody', 'whileBusy'),
    changes: [
      {
        file: 'src/controller/desk/devices.ts',
        before: "if (this.#busy.now) return 'busy';",
        after: '',
      },
    ],
  },
  {
    ...defect('empty-chair', 'whoever is away sees it when they come', 'onEmptyChair'),
    changes: [
      {
        file: 'src/controller/desk/presence.ts',
        before: "if (this.#absentSinceMs !== null) return 'away';",
        after: '',
      },
    ],
  },
  {
    ...defect('early', 'sitting counts from when somebody sits', 'outOfHours'),
    changes: [
      {
        file: 'src/schedule/rule.ts',
        before: 'const dueMs = Math.max(sinceMs, fromMs) + rule.everyMs;',
        after: 'const dueMs = sinceMs + rule.everyMs;',
      },
    ],
  },
  {
    ...defect('silent', 'nobody known is somebody there', 'onEmptyChair'),
    changes: [
      {
        file: 'src/controller/desk/presence.ts',
        before: "if (!word.yes) standing = 'absent';",
        after: "if (!word.yes && word.silentSinceMs === null) standing = 'absent';",
      },
      {
        file: 'src/controller/desk/presence.ts',
        before: "if (this.#standing === 'unknown') {",
        after: "if (this.#standing === 'unknown') { this.#absentSinceMs = null;",
      },
    ],
  },
  {
    ...defect('left-on', 'what was said was heard', 'onEmptyChair'),
    changes: [
      {
        file: 'src/controller/desk/devices.ts',
        before: "if (cue.name === 'off' && !this.#isReached(id)) this.#leftOn.add(id);",
        after: '',
      },
    ],
  },
  {
    ...defect('forgets', 'a restart begins anew', 'perHour'),
    changes: [
      {
        file: 'src/controller/desk/reminders.ts',
        before: 'if (newWallMs !== null && newWallMs <= now.wallMs)',
        after: 'if (newWallMs === -1)',
      },
    ],
  },
  {
    ...defect('flicker', 'what is due is shown, as often as it takes', 'lights'),
    changes: [
      { file: 'src/controller/desk/planned.ts', before: 'const RETURNS = 2;', after: 'const RETURNS = 200;' },
      {
        file: 'src/controller/desk/planned.ts',
        before: "return atMs < this.#disturbedMs + CALM_MS ? 'settling' : null;",
        after: 'return null;',
      },
    ],
  },
];

function defect(id: string, thought: string, breaks: string) {
  return { id: `desk-${id}`, thought, breaks, campaign: [], quick: false };
}

/** What `ebb sim` finds in a copy of the product with the defect in it. */
export async function caught(
  mutant: Mutant,
  days = 7,
): Promise<{ readonly exit: number; readonly budgets: readonly string[] }> {
  const root = plant(mutant);
  try {
    const argv = ['bin/ebb.js', 'sim', '--station', 'desk', '--days', String(days), '--json'];
    const ran = await new Promise<{ exit: number; out: string }>((resolve) => {
      execFile(process.execPath, argv, { cwd: root, env: { PATH: process.env['PATH'] } }, (error, out) => {
        resolve({ exit: typeof error?.code === 'number' ? error.code : 0, out });
      });
    });
    const { broken } = reportSchema.parse(JSON.parse(ran.out));
    return { exit: ran.exit, budgets: [...new Set(broken.map(({ budget }) => budget))] };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

export const EXAMPLE = join(import.meta.dirname, '..', '..', '..', 'examples', 'desk.yaml');
