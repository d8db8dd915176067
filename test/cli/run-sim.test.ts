// Without these: a simulated session could not be trusted to be the same twice, a wrong option could be taken for
// another one, or a simulation could be mistaken for water.
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { main } from '../../src/cli/index.ts';
import { sessionResultSchema, stateObjectSchema } from '../../src/model/state.ts';
import { packageRoot } from '../../src/protocols/index.ts';
import { cleanUp, newFolder } from '../support/process.ts';

afterAll(cleanUp);

async function ebb(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const code = await main(argv, {
    stdin: Object.assign(new PassThrough(), { isTTY: false }) as unknown as NodeJS.ReadStream,
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: (text: string) => (err += text) },
    env: {},
    cwd: newFolder(),
  });
  return { code, out, err };
}

const lineSchema = z.looseObject({ type: z.string(), t_ms: z.number().min(0) });
const run = (...more: string[]) => ebb('run', 'contrast-foot-bath', '--sim', '--speed', 'max', ...more);

describe('ebb run --sim --speed max', () => {
  it('runs a foot bath on the valve board, whose port is simulated too', async () => {
    const config = join(packageRoot(), 'examples', 'foot-bath-board.yaml');
    const { code, out, err } = await run('--config', config, '--seed', '2', '--json');
    expect(code, err).toBe(0);
    expect(out.trim().split('\n').at(-1)).toMatch(/"type":"result".*"outcome":"complete"/);
  });

  it.each([1, 2, 3, 4, 5])('seed %i completes, and prints the same bytes twice', async (seed) => {
    const first = await run('--seed', String(seed), '--json');
    const second = await run('--seed', String(seed), '--json');
    expect(first.code, first.err).toBe(0);
    expect(second.out).toBe(first.out);
    const lines = first.out
      .trim()
      .split('\n')
      .map((line) => lineSchema.parse(JSON.parse(line)));
    expect(lines[0]).toMatchObject({ type: 'plant', t_ms: 0, seed });
    for (const line of lines) {
      const { type, t_ms: _, ...rest } = line;
      if (type === 'state') stateObjectSchema.parse(rest);
    }
    const { type, t_ms: _, ...result } = lines.at(-1) ?? { type: '', t_ms: 0 };
    expect(type).toBe('result');
    expect(sessionResultSchema.parse(result)).toMatchObject({ outcome: 'complete', simulated: true });
    expect(lines.filter((line) => line.type === 'result')).toHaveLength(1);
    expect(lines.map(({ t_ms }) => t_ms)).toEqual(lines.map(({ t_ms }) => t_ms).toSorted((a, b) => a - b));
  });

  it('draws another world from another seed', async () => {
    const [one, two] = [await run('--seed', '1', '--json'), await run('--seed', '2', '--json')];
    expect(one.out.split('\n')[0]).not.toBe(two.out.split('\n')[0]);
  });

  it('tells the seed that nobody gave, and says SIMULATED', async () => {
    const { code, out } = await run();
    expect(code).toBe(0);
    expect(out).toMatch(/seed \d+/);
    expect(out).toMatch(/SIMULATED/);
    expect(out).toMatch(/Complete\./);
    expect(out).toMatch(/┤/);
  });

  it('takes what is chosen for one session', async () => {
    const { code, out } = await run('--seed', '1', '--json', '--with', 'cycles=4,cold=20s');
    expect(code).toBe(0);
    const result = sessionResultSchema.loose().parse(JSON.parse(out.trim().split('\n').at(-1) ?? ''));
    expect(result.steps).toHaveLength(8);
    expect(result.steps[1]).toMatchObject({ kind: 'cold', planned_s: 20 });
  });
});

describe('ebb run --dry', () => {
  it('says so ahead of everything, runs by itself, and counts for nobody', async () => {
    const { code, out, err } = await run('--seed', '1', '--dry');
    expect(code, err).toBe(0);
    expect(out).toMatch(/DRY RUN: the water runs by itself\. Nobody may be in it/);
    expect(out).toMatch(/Dry run: stay out of the water/);
    expect(out).toMatch(/contact 0 /);
    expect(out).toMatch(/DRY RUN: nobody was in the water, and it counts for nobody/);
    expect(out).not.toMatch(/press begin/);
  });

  it('tells a program the same', async () => {
    const { out } = await run('--seed', '1', '--dry', '--json');
    const lines = out
      .trim()
      .split('\n')
      .map((line) => lineSchema.parse(JSON.parse(line)));
    const states = lines.filter(({ type }) => type === 'state');
    expect(states.length).toBeGreaterThan(10);
    for (const state of states) expect(state).toMatchObject({ exposed: false });
    expect(lines.at(-1)).toMatchObject({ type: 'result', dry: true, contact_s: 0, outcome: 'complete' });
  });

  it('needs water to run', async () => {
    const config = join(packageRoot(), 'examples', 'buckets.yaml');
    const { code, err } = await ebb(
      ...['run', 'contrast-buckets', '--sim', '--speed', 'max', '--dry', '--config', config],
    );
    expect(code).toBe(2);
    expect(err).toMatch(/a dry run runs the water, and buckets only gives cues/);
  });
});

describe('what ebb run refuses, with exit 2 and before anything moves', () => {
  it.each([
    ['a dry run for a person', ['--sim', '--dry', '--person', 'sam'], /--dry is for nobody/],
    ['max without --sim', ['--speed', 'max'], /needs --sim/],
    ['a speed that is none', ['--sim', '--speed', 'fast'], /0\.1 to 1000/],
    ['a speed too high', ['--sim', '--speed', '1001'], /at most 1000/],
    ['a speed too low', ['--sim', '--speed', '0.01'], /at least 0\.1/],
    ['a choice outside the protocol', ['--sim', '--speed', 'max', '--with', 'cold=90s'], /cold must be/],
    ['a choice that is none', ['--sim', '--speed', 'max', '--with', 'hot=1'], /--with/],
    ['a choice without a value', ['--sim', '--speed', 'max', '--with', 'cycles'], /key=value/],
    ['an unknown station', ['--sim', '--station', 'shower'], /no station "shower"/],
    ['no config', [], /no ebb\.yaml here/],
  ])('%s', async (_, more, message) => {
    const { code, out, err } = await ebb('run', 'contrast-foot-bath', ...more);
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(out).toBe('');
  });

  it('an unknown protocol', async () => {
    const { code, err } = await ebb('run', 'sauna', '--sim', '--speed', 'max');
    expect(code).toBe(2);
    expect(err).toMatch(/no protocol "sauna"/);
  });
});
