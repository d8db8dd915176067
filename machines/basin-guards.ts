import type { BasinContext, BasinEvent } from './basin-run.ts';
import { exchangeFor, settle } from './basin-run.ts';
import { DEFAULTS, ENVELOPE } from './envelope.ts';
import { guardsOn } from './narrow.ts';

const on = guardsOn<BasinContext, BasinEvent>();

/** The guards of a basin's chart, by the phrase that the chart uses. */
export const basinGuards = {
  'the level is late': ({ deadlines }: BasinContext, { atMs }: BasinEvent) =>
    atMs >= (deadlines.level ?? Infinity),
  'the supply is fit': on(
    'settled',
    ({ settings, goal }, { valueC }) => goal !== null && 'targetC' in settle(settings, goal, valueC),
  ),
  'an exchange helps': on(
    'drift',
    (context, { toward, valueC }) => exchangeFor(context, toward, valueC) !== null,
  ),
  'it is too old to begin': on(
    'prepare',
    ({ filledAtMs }, { atMs, goal }) => atMs >= freshUntilMs(filledAtMs ?? Infinity, goal.neededMs),
  ),
  'it has grown old and nobody is in': ({ deadlines, occupied }: BasinContext, { atMs }: BasinEvent) =>
    !occupied && atMs >= (deadlines.age ?? Infinity),
};

/** L17: contact begins on water that has not stood long, and that will not have stood too long when it ends. */
export function freshUntilMs(filledAtMs: number, neededMs: number): number {
  return filledAtMs + Math.max(0, Math.min(DEFAULTS.standingMs, ENVELOPE.standingMs - neededMs));
}
