/**
 * Breaks one thing of the catalogue after another, each in so many sessions, and prints the table of docs/single-faults.md:
 * `node test/campaign/single-faults.ts [--sessions N] [--seed N] [--workers N] [FAULT…]`. All of them take half an hour.
 */
import { parseArgs } from 'node:util';
import { FAULTS } from '../../firmware-sim/faults/index.ts';
import { campaignSchema } from '../../src/campaign/report/json.ts';
import { campaign } from './smoke-suite.ts';

const { values, positionals } = parseArgs({
  options: {
    sessions: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
  },
  allowPositionals: true,
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
  const report = campaignSchema.parse(JSON.parse(out.slice(out.indexOf('{'))));
  const fault = report.fault_figures[id];
  if (fault === undefined) throw new Error(`${id} never fired in ${values.sessions} sessions`);
  const cells = [
    ...[`\`${id}\``, fault.sessions, ...OUTCOMES.map((outcome) => fault.outcomes[outcome] ?? 0)],
    ...[fault.worst_dose.toFixed(3), seconds(fault.worst_trip_to_shut_ms), seconds(fault.worst_bound_ms)],
    ...[fault.late, fault.held_open, report.violated_sessions],
  ];
  console.log(`| ${cells.join(' | ')} |`);
}
