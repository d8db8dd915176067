import type { Report } from './report.ts';
import { eventLine } from './text.ts';

/** JUnit XML: one case an invariant, one a kind of coverage. What a CI server reads. */
export function junitReport(report: Report): string {
  const { tally, coverage, finds, requireCoverage, tookS } = report;
  const broken = Map.groupBy(finds, ({ shrunk }) => shrunk.violations[0]?.invariant ?? '');
  const cases = [...new Set([...Object.keys(tally.judged), ...broken.keys()])].map((id) => {
    const failures = broken.get(id) ?? [];
    const body = failures.map(({ shrunk, replay }) => {
      const what = shrunk.violations[0]?.what ?? '';
      const text = [...shrunk.last.map(eventLine), replay].join('\n');
      return `<failure message="${escapeXml(what)}" type="violation">${escapeXml(text)}</failure>`;
    });
    return testCase(id, 'invariants', body[0] ?? '');
  });
  for (const { what, missing } of coverage) {
    const text = escapeXml(missing.join(', '));
    const failed = requireCoverage && missing.length > 0;
    cases.push(
      testCase(what, 'coverage', failed ? `<failure message="not reached: ${text}" type="coverage"/>` : ''),
    );
  }
  if (requireCoverage && report.neverCame.length > 0) {
    const text = escapeXml(report.neverCame.join(', '));
    cases.push(
      testCase('moments', 'coverage', `<failure message="no session came to: ${text}" type="coverage"/>`),
    );
  }
  if (report.interrupted)
    cases.push(testCase('whole', 'campaign', '<failure message="it was ended early" type="interrupted"/>'));
  const failures = cases.filter((one) => one.includes('<failure')).length;
  const counts = `tests="${cases.length}" failures="${failures}" errors="0" skipped="0" time="${tookS.toFixed(3)}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="ebb sim" ${counts}>`,
    `  <testsuite name="${escapeXml(report.command)}" ${counts}>`,
    ...cases.map((one) => `    ${one}`),
    '  </testsuite>',
    '</testsuites>',
  ].join('\n');
}

function testCase(name: string, group: string, body: string): string {
  const open = `<testcase name="${escapeXml(name)}" classname="ebb.sim.${group}" time="0"`;
  return body === '' ? `${open}/>` : `${open}>${body}</testcase>`;
}

/** XML 1.0 has no place for most control characters, escaped or not. */
export function escapeXml(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '?')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/\n/g, '&#10;');
}
