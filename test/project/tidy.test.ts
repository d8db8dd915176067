import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { BUILT_IN_PROTOCOLS } from '../../src/protocols/index.ts';
import { exists, filesIn, findLines, textOf } from './sources.ts';

/*
 * If this fails, something has crept in that no compiler sees: a clock of somebody's own, a test that is not run, a
 * note to self, a file too long to read, a document that points nowhere.
 */

const SHIPPED = ['src', 'machines', 'devices', 'firmware-sim'].flatMap((folder) => filesIn(folder, /\.ts$/));
const TESTS = filesIn('test', /\.ts$/);
const DOCS = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'LICENSE',
  ...filesIn('docs', /\.md$/),
  ...filesIn('examples', /./),
  ...filesIn('protocols', /./),
];
const SETUP = [
  'package.json',
  'eslint.config.js',
  '.dependency-cruiser.cjs',
  '.ci/run',
  'vitest.config.ts',
  ...filesIn('bin', /./),
];
/** This file names what it looks for. */
const SELF = 'test/project/tidy.test.ts';
const FIRMWARE = filesIn('firmware', /\.(cpp|h|ts)$/);
const EVERYTHING = [...SHIPPED, ...FIRMWARE, ...TESTS, ...DOCS, ...SETUP].filter((file) => file !== SELF);

const MOST_LINES = 400;

describe('sources', () => {
  it('take time and chance from src/clock and src/random only', () => {
    const own = SHIPPED.filter((file) => !/^src\/(clock|random)\//.test(file));
    const banned =
      /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(|\bMath\.random\(|\b(setTimeout|setInterval|setImmediate)\(|timers\/promises/;
    expect(findLines(own, banned)).toEqual([]);
  });

  it('have no file past 400 lines', () => {
    const long = [...SHIPPED, ...FIRMWARE].map((file) => ({
      file,
      lines: textOf(file).trimEnd().split('\n').length,
    }));
    expect(long.filter(({ lines }) => lines > MOST_LINES)).toEqual([]);
  });

  it('ask XState through machines/engine.ts only', () => {
    const machines = SHIPPED.filter((file) => file !== 'machines/engine.ts');
    expect(
      findLines(machines, /\b(initialTransition|transition|createActor|interpret)\b.* from 'xstate'/),
    ).toEqual([]);
  });

  it('carry no note to self', () => {
    expect(findLines(EVERYTHING, /\b(FIXME|TODO|XXX|HACK)\b/)).toEqual([]);
  });

  it('say nothing of the place they were written at', () => {
    const places = [
      /(^|[\s"'`(=])\/(work|root|home|Users)\/[a-z]/,
      /\.\.\/shared\b|\bshared\/(design|reference)\b/,
      /\b(localhost|127\.0\.0\.1):48\d\d\b|\bregistry\.[a-z-]+\.(org|com|net|io|dev|local)\b|[a-z]+\.internal\b/,
      /\b(claude|anthropic|copilot|chatgpt|subagent)\b/i,
    ];
    for (const place of places) expect(findLines(EVERYTHING, place)).toEqual([]);
  });
});

describe('tests', () => {
  const tests = TESTS.filter((file) => file !== SELF);

  it('are all run', () => {
    expect(
      findLines(tests, /\b(it|test|describe|suite)(\.\w+)*\.(skip|only|todo)\b|\b(xit|xdescribe|fit)\(/),
    ).toEqual([]);
  });

  // Real time makes a test slow and sometimes wrong. It belongs into a helper that says what it waits for, or into the
  // tests of what is itself about real time: clocks, sockets, processes.
  it('wait for real time in helpers and at real edges only', () => {
    const mayWait =
      /^test\/(clock|transports|journal|cli|system|project)\/|\/(support|helpers?)(\/|\.ts$)|-support\.ts$/;
    const inside = tests.filter((file) => !mayWait.test(file));
    expect(findLines(inside, /\b(setTimeout|setInterval|setImmediate)\(|timers\/promises|\bsleep\(/)).toEqual(
      [],
    );
  });

  it('do not replace modules of our own', () => {
    expect(findLines(tests, /\bvi\.(mock|doMock)\(/)).toEqual([]);
  });
});

describe('the library', () => {
  it('lists every file of protocols/, and nothing else', () => {
    const files = filesIn('protocols', /./)
      .map((file) => file.replace(/^protocols\/(.*)\.yaml$/, '$1'))
      .sort();
    expect([...BUILT_IN_PROTOCOLS].sort()).toEqual(files);
  });

  it.each(BUILT_IN_PROTOCOLS)('%s is named as its file', (id) => {
    expect(textOf(`protocols/${id}.yaml`)).toMatch(new RegExp(`^id: ${id}$`, 'm'));
  });
});

describe('CHANGELOG.md', () => {
  const lines = textOf('CHANGELOG.md').trimEnd().split('\n');
  const releases = lines.filter((line) => line.startsWith('## '));

  it('has one heading a release, newest first, with its date or "unreleased"', () => {
    expect(lines[0]).toBe('# Changelog');
    expect(releases.length).toBeGreaterThan(0);
    for (const release of releases)
      expect(release).toMatch(/^## \d+\.\d+\.\d+ \((\d{4}-\d\d-\d\d|unreleased)\)$/);
    const rank = (release: string): number =>
      (/(\d+)\.(\d+)\.(\d+)/.exec(release) ?? [])
        .slice(1)
        .reduce((sum, part) => sum * 10_000 + Number(part), 0);
    const ranks = releases.map(rank);
    expect(ranks).toEqual([...ranks].sort((a, b) => b - a));
    expect(new Set(ranks).size).toBe(ranks.length);
  });

  it('begins with the version of package.json', () => {
    const { version } = z.object({ version: z.string() }).parse(JSON.parse(textOf('package.json')));
    expect(releases[0]).toContain(`## ${version} (`);
  });

  it('sorts what changed under known headings', () => {
    const headings = lines.filter((line) => line.startsWith('### '));
    const known = ['Breaking', 'Safety', 'Added', 'Changed', 'Fixed', 'Removed'].map((one) => `### ${one}`);
    expect(headings.filter((heading) => !known.includes(heading))).toEqual([]);
    expect(lines.filter((line) => line.startsWith('- ')).length).toBeGreaterThan(0);
  });
});

describe('documents', () => {
  const pages = DOCS.filter((file) => file.endsWith('.md'));

  it.each(pages)('%s links to files that exist', (page) => {
    const folder = page.includes('/') ? page.slice(0, page.lastIndexOf('/') + 1) : '';
    const links = [...textOf(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)(#[^)]*)?\)/g)].map(
      ([, link]) => link,
    );
    const missing = links.filter((link) => !exists(`${folder}${link ?? ''}`));
    expect(missing).toEqual([]);
  });

  it.each(['README.md', 'docs/architecture.md', 'docs/safety.md', 'CONTRIBUTING.md'])(
    '%s names files that exist',
    (page) => {
      const named = [
        ...textOf(page).matchAll(
          /`((?:src|machines|devices|firmware-sim|test|docs|examples|protocols|bin)\/[\w./-]+)`/g,
        ),
      ];
      const missing = named.map(([, name]) => name ?? '').filter((name) => !exists(name));
      expect(missing).toEqual([]);
    },
  );
});
