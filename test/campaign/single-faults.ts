/**
 * Breaks one thing of the catalogue after another, each in so many sessions, and prints the table of docs/single-faults.md:
 * `node test/campaign/single-faults.ts [--sessions N] [--seed N] [--workers N] [FAULT…]`. All of them take half an hour.
 */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { FAULTS } from '../../firmware-sim/faults/index.ts';
import { campaign } from './smoke-suite.ts';

const { values, positionals } = parseArgs({
  options: {
    sessions: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
  },
  allowPositionals: true,
});

const row = z.object({
  sessions: z.number(),
  outcomes: z.record(z.string(), z.number()),
  worstDose: z.number(),
  worstTripToShutMs: z.number(),
  worstBoundMs: z.number(),
  late: z.number(),
  neverShut: z.number(),
});
const report = z.object({
  tally: z.object({ faults: z.record(z.string(), row), violations: z.array(z.unknown()) }),
});

const OUTCOMES = ['complete', 'stopped', 'aborted', 'refused', 'unended'] as const;
const HEAD = [
  'fault',
  'sessions',
  ...OUTCOMES,
  'worst dose',
  'worst close, s',
  'bound, s',
  'late',
  'held',
  'violations',
];
const seconds = (ms: number): string => (ms / 1_000).toFixed(1);

console.log(`| ${HEAD.join(' | ')} |`);
console.log(`| --- |${' ---: |'.repeat(HEAD.length - 1)}`);
for (const { id } of FAULTS) {
  if (positionals.length > 0 && !positionals.includes(id)) continue;
  const sizes = ['--sessions', values.sessions, '--seed', values.seed, '--workers', values.workers];
  const { out } = await campaign('--faults', id, ...sizes, '--format', 'json');
  const { tally } = report.parse(JSON.parse(out.slice(out.indexOf('{'))));
  const fault = tally.faults[id];
  if (fault === undefined) throw new Error(`${id} never fired in ${values.sessions} sessions`);
  const cells = [
    ...[`\`${id}\``, fault.sessions, ...OUTCOMES.map((outcome) => fault.outcomes[outcome] ?? 0)],
    ...[fault.worstDose.toFixed(3), seconds(fault.worstTripToShutMs), seconds(fault.worstBoundMs)],
    ...[fault.late, fault.neverShut, tally.violations.length],
  ];
  console.log(`| ${cells.join(' | ')} |`);
}
