import { describe, expect, it } from 'vitest';
import { DEFAULTS, ENVELOPE, TRIPS } from '../../machines/envelope.ts';
import { exists, filesIn, textOf } from './sources.ts';

/*
 * If this fails, docs/safety.md promises somebody limits, detectors or proofs that the code does not have.
 */

const page = textOf('docs/safety.md');
const cells = page
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

function row(id: string): { readonly hard: string; readonly normal: string } {
  const [, , hard = '', normal = ''] = cells.find(([first]) => first === id) ?? [];
  return { hard, normal };
}

const min = (ms: number): string => `${ms / 60_000} min`;
const s = (ms: number): string => `${ms / 1_000} s`;
const h = (ms: number): string => `${ms / 3_600_000} h`;
const c = (tempC: number): string => `${tempC} °C`;

describe('the limits of docs/safety.md are those of the code', () => {
  it.each([
    ['L1', c(ENVELOPE.warmMaxC), c(DEFAULTS.warmC)],
    ['L2', c(ENVELOPE.coldMinC), c(DEFAULTS.coldC)],
    ['L3', s(ENVELOPE.warmStepMs), s(DEFAULTS.warmStepMs)],
    ['L4', s(ENVELOPE.coldStepMs), s(DEFAULTS.coldStepMs)],
    ['L5', `${ENVELOPE.cyclesMin} to ${ENVELOPE.cyclesMax}`, String(DEFAULTS.cycles)],
    ['L6', min(ENVELOPE.warmContactMs), ''],
    ['L7', min(ENVELOPE.coldContactMs), ''],
    ['L8', min(ENVELOPE.sessionMs), `${min(DEFAULTS.sessionMs)}; ${min(DEFAULTS.sessionUnaskedMs)}`],
    ['L9', h(ENVELOPE.sessionGapMs), h(DEFAULTS.sessionGapMs)],
    [
      'L10',
      `${ENVELOPE.sessionsPerDay} and ${ENVELOPE.sessionsPerWeek}`,
      `${DEFAULTS.sessionsPerDay} and ${DEFAULTS.sessionsPerWeek}`,
    ],
    ['L11', min(ENVELOPE.soakMs), `${min(DEFAULTS.soakMs)} at ${c(DEFAULTS.soakC)}`],
    [
      'L13',
      `${s(ENVELOPE.ladderFromMs)}, ${s(ENVELOPE.ladderStepMs)} a session, ${s(ENVELOPE.ladderWeekMs)} a week`,
      '',
    ],
    [
      'L14',
      `warm ${c(ENVELOPE.limited.warmMaxC)}, cold ${c(ENVELOPE.limited.coldMinC)} for ${s(ENVELOPE.limited.coldStepMs)}, ${ENVELOPE.limited.cyclesMax} cycles`,
      '',
    ],
    ['L15', `${s(ENVELOPE.bandHoldMs)} without a gap, within ${s(ENVELOPE.purgeMs)}`, s(DEFAULTS.purgeMs)],
    ['L19', s(ENVELOPE.pauseMs), s(DEFAULTS.pauseMs)],
    ['L20', s(ENVELOPE.readingAgeMs), s(DEFAULTS.readingAgeMs)],
    ['L21', s(ENVELOPE.leaseMs), ''],
    ['L22', `${s(ENVELOPE.deadTimeMs)} and ${s(ENVELOPE.lagMs)}`, ''],
  ])('%s', (id, hard, normal) => {
    expect(row(id).hard).toContain(hard);
    expect(row(id).normal).toContain(normal);
  });

  it.each([
    ['T1', c(TRIPS.t1.limitC)],
    ['T2', `+ ${TRIPS.t2.overC} K, at most ${c(TRIPS.t2.ceilingC)}, for ${s(TRIPS.t2.forMs)}`],
    ['T3', `above ${c(TRIPS.t3.aboveC)} and rising by more than ${TRIPS.t3.risePerS} K/s`],
    ['T4', `below ${c(TRIPS.t4.coldC)} for ${s(TRIPS.t4.forMs)}, or below ${c(TRIPS.t4.veryColdC)}`],
    ['T9', `${TRIPS.t9.integralKs} K s`],
    ['T13', s(TRIPS.t13.answerMs)],
  ])('%s', (id, numbers) => {
    expect(cells.find(([first]) => first === id)?.[1]).toContain(numbers);
  });
});

describe('docs/safety.md', () => {
  it('has a row for each detector that is built', () => {
    const built = new Set(
      filesIn('machines/watch', /\/t\d+[^/]*\.ts$/).map((file) => `T${/\/t(\d+)/.exec(file)?.[1] ?? ''}`),
    );
    expect(built.size).toBeGreaterThan(5);
    const told = new Set(cells.map(([first]) => first));
    expect([...built].filter((id) => !told.has(id))).toEqual([]);
  });

  const proofs = [...page.matchAll(/`(test\/[\w./-]+)`: "([^"]+)"/g)].map(([, file = '', title = '']) => ({
    file,
    title,
  }));

  it('names a test for each invariant it claims', () => {
    expect(proofs.length).toBeGreaterThanOrEqual(10);
  });

  it.each(proofs)('$file has "$title"', ({ file, title }) => {
    expect(exists(file)).toBe(true);
    expect(textOf(file)).toContain(title);
  });
});
