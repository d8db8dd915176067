import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { drawScenario } from '../../campaign/draw.ts';
import type { DrawOptions } from '../../campaign/draw.ts';
import { runScenario } from '../../campaign/run.ts';
import { formatSchedule } from '../../campaign/schedule.ts';
import { eventLine } from '../../campaign/report/text.ts';
import { tracePage } from '../../campaign/report/trace-page.ts';
import { Timeline } from '../../campaign/timeline.ts';
import type { Context } from '../output.ts';

/** One session again, told event by event, drawn as a page, or both. Exit 4 where it breaks an invariant. */
export function replay(options: {
  readonly seed: number;
  readonly draws: DrawOptions;
  readonly tracePath: string | null;
  readonly prints: boolean;
  readonly context: Context;
}): void {
  const { seed, draws, tracePath, prints, context } = options;
  const { scenario, house } = drawScenario(seed, draws);
  const timeline = new Timeline();
  const verdict = runScenario(scenario, house, timeline);
  if (tracePath !== null) writeFileSync(resolve(context.cwd, tracePath), tracePage(timeline, verdict));
  if (!prints) return;
  for (const at of new Set(draws.schedule?.map((one) => one.at)))
    if (!verdict.came.includes(at))
      context.stderr.write(`the session did not come to "${at}": what was to begin there was not tried\n`);
  context.print(`seed ${seed}: ${scenario.protocol} at ${house.name}, ${scenario.person.profile} profile`);
  context.print(`faults: ${formatSchedule(scenario.faults) || 'none'}`);
  for (const event of timeline.events) if (event.type !== 'reading') context.print(eventLine(event));
  for (const { invariant, atMs, what } of verdict.violations)
    context.print(`${invariant} at ${(atMs / 1_000).toFixed(3)} s: ${what}`);
  context.print(
    `${verdict.outcome} ${verdict.reason ?? ''}, dose ${verdict.dose.toFixed(3)}, hash ${verdict.hash}`,
  );
  context.finish(verdict.violations.length === 0 ? 0 : 4);
}
