import { escapeXml } from '../../campaign/report/junit.ts';
import { message, property } from '../../campaign/report/github.ts';

/** What came of one scenario file. */
export interface Tested {
  readonly file: string;
  readonly name: string;
  readonly outcome: string;
  readonly failures: readonly { readonly line: number; readonly column: number; readonly what: string }[];
  /** It could not be run: the file is wrong, not the water. */
  readonly unusable: boolean;
}

export function junitOfTests(results: readonly Tested[]): string {
  const failed = results.filter(({ failures }) => failures.length > 0).length;
  const counts = `tests="${results.length}" failures="${failed}" errors="0" skipped="0" time="0"`;
  const cases = results.map(({ name, file, failures }) => {
    const open = `<testcase name="${escapeXml(name)}" classname="${escapeXml(file)}" time="0"`;
    const [first] = failures;
    if (first === undefined) return `${open}/>`;
    const all = failures.map(({ line, column, what }) => `${file}:${line}:${column} ${what}`).join('\n');
    return `${open}><failure message="${escapeXml(first.what)}" type="scenario">${escapeXml(all)}</failure></testcase>`;
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="ebb test" ${counts}>`,
    `  <testsuite name="ebb test" ${counts}>`,
    ...cases.map((one) => `    ${one}`),
    '  </testsuite>',
    '</testsuites>',
  ].join('\n');
}

export function githubOfTests(results: readonly Tested[]): readonly string[] {
  return results.flatMap(({ file, name, failures }) =>
    failures.map(
      ({ line, column, what }) =>
        `::error file=${property(file)},line=${line},col=${column},title=${property(name)}::${message(what)}`,
    ),
  );
}
