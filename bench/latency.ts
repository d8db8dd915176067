import { percentile, short, table } from './table.ts';

/** Prints milliseconds of real time beside a floor of the same run. */
export function latencies(
  title: string,
  floor: readonly number[],
  took: readonly number[],
  wanted: number,
): void {
  const row = (name: string, share: number): readonly string[] => {
    const [bare, ours] = [percentile(floor, share), percentile(took, share)];
    return [name, short(bare), short(ours), `${short(ours / bare)}x`];
  };
  const count = took.length < wanted ? `${took.length} of ${wanted} fitted the time` : String(took.length);
  table(title, [
    ['ms', 'floor: MQTT echo', 'stop', 'ratio'],
    row('p50', 0.5),
    row('p99', 0.99),
    row('max', 1),
    ['count', floor.length, count],
  ]);
}
