import type { BasinContext, BasinEvent } from './basin-run.ts';
import { exchangeFor, settle } from './basin-run.ts';
import { DEFAULTS, ENVELOPE } from './envelope.ts';

/** The guards of a basin's chart, by the phrase that the chart uses. */
export const basinGuards = {
  'the level is late': ({ deadlines }: BasinContext, { atMs }: BasinEvent) =>
    deadlines.level !== undefined && atMs >= deadlines.level,
  'the supply is fit': ({ settings, goal }: BasinContext, event: BasinEvent) =>
    event.type === 'settled' && goal !== null && 'targetC' in settle(settings, goal, event.valueC),
  'an exchange helps': (context: BasinContext, event: BasinEvent) =>
    event.type === 'drift' && exchangeFor(context, event.toward, event.valueC) !== null,
  'it is too old to begin': ({ filledAtMs }: BasinContext, event: BasinEvent) =>
    event.type === 'prepare' &&
    filledAtMs !== null &&
    event.atMs >= freshUntilMs(filledAtMs, event.goal.neededMs),
  'it has grown old and nobody is in': ({ deadlines, occupied }: BasinContext, { atMs }: BasinEvent) =>
    !occupied && deadlines.age !== undefined && atMs >= deadlines.age,
};

/** L17: contact begins on water that has not stood long, and that will not have stood too long when it ends. */
export function freshUntilMs(filledAtMs: number, neededMs: number): number {
  return filledAtMs + Math.max(0, Math.min(DEFAULTS.standingMs, ENVELOPE.standingMs - neededMs));
}
