/**
 * If these fail, `ebb sim` says that nothing is wrong and has not looked, or finds something that nobody can see again: the
 * sum must not depend on the workers, a seed must do the same twice, and a replay must show what was found.
 */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FAULTS } from '../../firmware-sim/faults/index.ts';
import { INVARIANTS } from '../../src/campaign/invariants/index.ts';
import { UNREACHABLE } from '../../src/campaign/unreachable.ts';
import { universe } from '../../src/cli/sim/charts.ts';
import { runScenario, runSeed } from '../../src/campaign/run.ts';
import { drawScenario } from '../../src/campaign/draw.ts';
import { formatSchedule, parseSchedule } from '../../src/campaign/schedule.ts';
import { formatMoment, parseMoment } from '../../src/campaign/moment.ts';
import { campaignSchema } from '../../src/campaign/report/json.ts';
import type { CampaignJson } from '../../src/campaign/report/json.ts';
import { isGood } from '../../src/campaign/report/report.ts';
import { newTally } from '../../src/campaign/tally.ts';
import { tracePage } from '../../src/campaign/report/trace-page.ts';
import { Timeline } from '../../src/campaign/timeline.ts';
import { main } from '../../src/cli/index.ts';
import { drawOptions } from '../../src/cli/sim/request.ts';
import { packageRoot } from '../../src/protocols/index.ts';

async function ebb(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const code = await main(args, {
    stdin: process.stdin,
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    env: {},
    cwd: packageRoot(),
  });
  return { code, out, err };
}

/** The promised object; a name that is not promised is none that this schema takes. */
async function campaignOf(...args: readonly string[]): Promise<{ code: number; report: CampaignJson }> {
  const { code, out } = await ebb('sim', ...args, '--json');
  return { code, report: campaignSchema.parse(JSON.parse(out)) };
}

const ALL = { config: null, station: null, protocol: null, faults: 'all', mode: 'safety' } as const;
const draws = drawOptions(ALL);

describe('ebb sim', () => {
  test('one worker and two find the same, to the last byte of the trace', async () => {
    const [one, two] = await Promise.all(
      ['1', '2'].map((workers) => campaignOf('-n', '40', '--workers', workers)),
    );
    const timeless = { wall_s: 0, sessions_per_s: 0 };
    expect(one?.report).toMatchObject({
      sessions: 40,
      seed: { first: 1, last: 40 },
      good: true,
      violations: [],
    });
    expect(JSON.stringify({ ...one?.report, ...timeless })).toBe(
      JSON.stringify({ ...two?.report, ...timeless }),
    );
    const { outcomes, other_outcomes: others, faults, coverage } = one?.report ?? {};
    expect(Object.values({ ...outcomes, ...others }).reduce((sum, n) => sum + n, 0)).toBe(40);
    // That many of the catalogue fired, and those are what coverage counts.
    expect(Object.keys(faults ?? {}).length).toBeGreaterThan(5);
    expect(coverage?.faults.reached).toBe(Object.keys(faults ?? {}).length);
    expect(coverage?.faults.missing).toHaveLength(
      (coverage?.faults.total ?? 0) - (coverage?.faults.reached ?? 0),
    );
  });

  test('what is violated is told with the command that shows it again', async () => {
    // Water that never gets warm: nothing is broken, and nobody is let in.
    const cwd = mkdtempSync(join(tmpdir(), 'ebb-sim-'));
    const example = readFileSync(join(packageRoot(), 'examples', 'foot-bath.yaml'), 'utf8');
    const file = join(cwd, 'cold.yaml');
    writeFileSync(file, `${example}\nsim: { plant: { hot: 25 C } }\n`);
    const asked = ['--config', file, '--faults', 'none', '--steady', '--workers', '1'];
    const { code, report } = await campaignOf(...asked, '--seed', '4', '-n', '5');
    expect(code).toBe(4);
    expect(report).toMatchObject({ good: false, sessions: 5, violated_sessions: 5, broken: { nuisance: 5 } });
    expect(report.violations.map(({ seed }) => seed)).toEqual([4, 5, 6, 7, 8]);
    // The first few are shrunk, the others are not; each has its own command.
    for (const { invariant, seed, at_s: atS, message, replay } of report.violations) {
      expect(invariant).toBe('nuisance');
      expect(message).toMatch(/nothing was broken and the session ended/);
      expect(replay).toContain(`--seed ${seed} --faults none --steady --replay`);
      expect(atS).toBeGreaterThan(1);
    }
    const last = report.violations.at(-1);
    const again = await ebb(...(last?.replay ?? '').split(' ').slice(1));
    expect(again.code).toBe(4);
    expect(again.out).toContain(`nuisance at ${last?.at_s.toFixed(3) ?? ''} s: ${last?.message ?? ''}`);
  });

  test('the same seed does the same twice, and another one does not', () => {
    const hashes = [11, 11, 12].map((seed) => runSeed(seed, draws).hash);
    expect(hashes[0]).toBe(hashes[1]);
    expect(hashes[0]).not.toBe(hashes[2]);
  });

  test('a schedule comes back from its text as it went in', () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const { faults } = drawScenario(seed, draws).scenario;
      expect(parseSchedule(formatSchedule(faults))).toEqual(faults);
      for (const { at } of faults)
        expect(formatMoment(parseMoment(at) ?? { from: 'end', nth: 9, plusMs: 0 })).toBe(at);
    }
  });

  test('a replay runs what the campaign ran', async () => {
    const seed = 9;
    const { scenario } = drawScenario(seed, draws);
    const { hash } = runSeed(seed, draws);
    const schedule = formatSchedule(scenario.faults);
    const { out } = await ebb(
      'sim',
      '--seed',
      String(seed),
      '--replay',
      '--faults',
      schedule === '' ? 'none' : schedule,
    );
    expect(out).toContain(`hash ${hash}`);
  });

  test('a replay of a named fault runs what the campaign ran', async () => {
    const named = drawOptions({ ...ALL, faults: 'valve-late-ack' });
    const seed = 5;
    const { scenario } = drawScenario(seed, named);
    const { hash } = runSeed(seed, named);
    const where = ['--station', scenario.house, '--protocol', scenario.protocol, '--steady'];
    const what = ['--faults', formatSchedule(scenario.faults)];
    const { out } = await ebb('sim', '--seed', String(seed), ...where, ...what, '--replay');
    expect(out).toContain(`hash ${hash}`);
  });

  test.each([
    [['--faults', 'nothing'], /there is no fault nothing/],
    [['--faults', 'valve-stuck-open valve=hot @ never'], /is no moment/],
    [['--faults', 'valve-stuck-open vlave=hot @ warm 1'], /knows no "vlave"; it takes valve, device/],
    [['--faults', 'valve-late-ack byMs=soon @ warm 1'], /"byMs=soon" of valve-late-ack is no number from 0/],
    [['--faults', 'person-stop channel=phone @ warm 1'], /"channel=phone" .* is none of button, page/],
    [
      ['--station', 'buckets', '--faults', 'person-stop @ 1 s; valve-offline valve=hot @ 1 s'],
      /no station here can have "valve-offline valve=hot"[^]*needs what none of them has/,
    ],
    [
      ['--station', 'foot-bath', '--faults', 'valve-stuck-open valve=hto @ warm 1'],
      /no station here can have "valve-stuck-open valve=hto"[^]*there is valve=hot device=foot-bath-hot; valve=cold/,
    ],
    [['--station', 'buckets', '--faults', 'valve-stuck-open'], /no station here can have "valve-stuck-open"/],
    [['--station', 'cellar'], /there is no station "cellar"/],
    [['--protocol', 'warm-bath'], /warm-bath runs at none/],
    [['--faults', 'person-stop @ warm 0'], /"warm 0" is no moment/],
    [
      ['--faults', 'person-stop @ warm 99'],
      /no session comes to "warm 99"[^]*5 cycles at most: warm 1 to warm 5/,
    ],
    [['--faults', 'person-stop @ cold 6 + 1 s'], /no session comes to "cold 6 \+ 1 s"/],
    [['--replay', '-n', '5'], /--sessions does nothing with --replay[^]*leave out --replay/],
    [['--replay', '--workers', '2'], /--workers does nothing with --replay/],
    [['--replay', '--json'], /--format does nothing with --replay[^]*--sessions 1/],
    [['-n', '1', '--days', '3'], /--sessions is for sessions of water[^]*leave out --days for water/],
    [['--station', 'desk', '--workers', '2'], /--workers is for sessions of water/],
    [['--station', 'desk', '--faults', 'none'], /--faults is for sessions of water/],
    [['--trace', 'no-such-folder/page.html'], /there is no folder \S*no-such-folder[^]*make it/],
    [['--trace', 'examples'], /--trace examples: that is a folder[^]*name a file in it/],
    [['--trace', 'package.json/page.html'], /there is no folder/],
    [['-n', '0'], /--sessions/],
    [['--mode', 'fast'], /--mode/],
  ])('%j is refused, with what would be right', async (args, says) => {
    const { code, err } = await ebb('sim', ...args);
    expect(code).toBe(2);
    expect(err).toMatch(says);
  });

  test('a moment to which no session came is told, and fails where everything has to be covered', async () => {
    const faults = 'person-stop channel=page @ ready; valve-late-ack valve=hot @ warm 3';
    const asked = [
      'sim',
      '--station',
      'foot-bath',
      '--faults',
      faults,
      '--steady',
      '-n',
      '2',
      '--workers',
      '1',
    ];
    const { code, err, out } = await ebb(...asked, '--json');
    expect(err).toBe('no session came to "warm 3": what was to begin there was not tried\n');
    expect(campaignSchema.parse(JSON.parse(out))).toMatchObject({ never_came: ['warm 3'], sessions: 2 });
    expect(code).toBe(0);
    const covered = { tally: newTally(), coverage: [] };
    const good = [[], ['warm 3']].map((never) =>
      [false, true].map((must) => isGood({ ...covered, neverCame: never, requireCoverage: must })),
    );
    expect(good).toEqual([
      [true, true],
      [true, false],
    ]);
    const one = await ebb('sim', '--station', 'foot-bath', '--faults', faults, '--steady', '--replay');
    expect(one.err).toContain('the session did not come to "warm 3"');
  });

  test('the page of a session loads nothing and holds what happened', () => {
    const { scenario, house } = drawScenario(9, draws);
    const timeline = new Timeline();
    const verdict = runScenario(scenario, house, timeline);
    const page = tracePage(timeline, verdict);
    expect(page).not.toMatch(/(?:src|href)=|url\(|@import|https?:/);
    expect(page).toContain('SIMULATED');
    expect(page.match(/<polyline class="true/g)).toHaveLength(timeline.vessels.length);
    for (const { id } of scenario.faults.filter(() => verdict.measured.fired.length > 0))
      if (verdict.measured.fired.includes(id)) expect(page).toContain(id);
  });
});

test('every excuse of the coverage is of something that exists', () => {
  const all = new Set([
    ...universe().states,
    ...universe().rows,
    ...universe().trips,
    ...INVARIANTS.map(({ id }) => id),
    ...FAULTS.map(({ id }) => id),
  ]);
  expect(Object.keys(UNREACHABLE).filter((name) => !all.has(name))).toEqual([]);
});
