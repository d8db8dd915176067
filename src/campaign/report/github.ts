import type { Report } from './report.ts';

/** Annotations of a GitHub workflow: one line each for what failed. */
export function githubReport(report: Report): readonly string[] {
  const { finds, coverage, requireCoverage } = report;
  const lines = finds.map(({ found, shrunk, replay }) => {
    const [violation] = shrunk.violations;
    const text = `${violation?.what ?? ''} at ${((violation?.atMs ?? 0) / 1_000).toFixed(3)} s. Replay: ${replay}`;
    return `::error title=${property(`${violation?.invariant ?? ''}, seed ${found.seed}`)}::${message(text)}`;
  });
  if (report.interrupted)
    lines.push('::warning title=ebb sim::it was ended early; what it had found by then is above');
  if (requireCoverage) {
    for (const at of report.neverCame)
      lines.push(`::error title=ebb sim::${message(`no session came to ${at}`)}`);
    for (const { what, missing } of coverage)
      if (missing.length > 0)
        lines.push(`::error title=${property(`coverage of ${what}`)}::${message(missing.join(', '))}`);
  }
  return lines;
}

export function message(text: string): string {
  return text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
}

export function property(text: string): string {
  return message(text).replace(/:/g, '%3A').replace(/,/g, '%2C');
}
