import { bandOf, warmTopOf } from '../../machines/band.ts';
import type { Lock } from '../../machines/gate.ts';
import type { Run } from '../../machines/session-run.ts';
import type { SessionPlan, WaterKind } from '../model/plan.ts';
import type { StationKind, StationSettings } from '../model/station.ts';
import { formatTemperature } from '../model/units.ts';
import { seesStep } from './records.ts';

/** What a person is told at a station of each kind, where the moment and not the protocol says it. */
interface Words {
  readonly ready: string;
  readonly done: string;
  readonly end: string;
  readonly paused: string;
}

const FEET: Words = {
  ready: 'The water is ready: put your feet in and press begin.',
  done: 'Done. Sit, dry your feet, rise slowly.',
  end: 'end: step out and dry your feet',
  paused: 'Paused: everything is closed.',
};
export const WORDS: Readonly<Record<StationKind, Words>> = {
  bath: FEET,
  shower: {
    ready: 'The water is ready: step in and press begin.',
    done: 'Done. Hold on to something as you step out, dry yourself and sit down for a moment.',
    end: 'end: step out and dry yourself',
    paused: 'Paused: everything is closed.',
  },
  buckets: { ...FEET, paused: 'Paused: take your feet out. Measure again before you go on.' },
};

/** A meter that says nothing: water goes on, and people should know that nobody looks. */
export const FLOW_SILENT =
  'The flow meter is silent, so water that runs unasked is not seen; look at its power, its wire and its network.';

/** What a person is told while their water is locked. */
export const LOCKED_TEXT: Readonly<Record<Lock['code'], string>> = {
  symptom:
    'No water for 24 h after a symptom. Sit or lie down; if it stays, or with chest pain, breathlessness, fainting, ' +
    'or a foot that is white, blue or numb, get medical help now.',
  heat_dose: 'No water for 24 h: that was as much heat as is safe. Drink something and rest.',
};

/** Why nothing can be done yet, though water runs (L18). */
export function flushText({ flush }: Run): string {
  const idleMs = flush?.idleMs ?? null;
  const why =
    idleMs === null
      ? 'nobody knows when it was last used'
      : `it was not used for ${Math.floor(idleMs / 86_400_000)} days`;
  return `Flushing the line: ${why}. Stay out; it takes 2 min.`;
}

/** The only thing worth saying in a dry run, over and over. */
export const DRY_TEXT = 'Dry run: stay out of the water.';

/** Where the water is ready: which of two basins, or the only water there is. */
export function readyAt({ kind, vessel }: StationSettings, { plan }: Run): string {
  if (vessel !== 'two-basins') return WORDS[kind].ready;
  return `Both basins are ready: put your feet into the ${firstOf(plan)} one and press begin.`;
}

/** What a person is asked before the first contact, and after each pause: nobody else looks into the buckets. */
export function measureText(station: StationSettings, { plan }: Run, tooHot: boolean): string {
  const [warm, cold] = [targetOf(plan, 'warm'), targetOf(plan, 'cold')];
  const probe = seesStep(station, 'warm');
  if (probe && tooHot) {
    const limit = formatTemperature(warmTopOf(station.plumbing, plan));
    return `The warm bucket is too hot: stay out, and add cold water until it is below ${limit}.`;
  }
  const wanted = [
    warm === null ? '' : probe ? `the warm bucket shows ${warm}` : `the warm bucket ${warm}`,
    cold === null ? '' : `the cold one ${cold}`,
  ].filter((text) => text !== '');
  const right = wanted.length === 1 ? 'When it is right' : 'When both are right';
  return `Measure ${wanted.join(', ')}. ${right}, put your feet into the ${firstOf(plan)} one and press begin.`;
}

/** What the person says is so with the press that begins, for the journal. */
export function confirmed(plan: SessionPlan): Record<string, number> {
  return Object.fromEntries(
    (['warm', 'cold'] as const).flatMap((kind) => {
      const step = plan.steps.find((one) => one.kind === kind);
      return step === undefined ? [] : [[`${kind}_c`, step.targetC]];
    }),
  );
}

/** The warm bucket is above the band of its steps: hotter than anybody chose. */
export function isTooHot(station: StationSettings, plan: SessionPlan, valueC: number): boolean {
  const warm = plan.steps.find(({ kind }) => kind === 'warm');
  return warm !== undefined && valueC > bandOf(station.plumbing, warm, warm.targetC).maxC;
}

export function moveText({ kind: station }: StationSettings, kind: WaterKind): string {
  return `Feet into the ${kind} ${station === 'buckets' ? 'bucket' : 'basin'} now: the step begins in 5 s, or when you press.`;
}

function targetOf(plan: SessionPlan, kind: WaterKind): string | null {
  const step = plan.steps.find((one) => one.kind === kind);
  return step === undefined ? null : formatTemperature(step.targetC);
}

function firstOf(plan: SessionPlan): WaterKind {
  return plan.steps[0]?.kind ?? 'warm';
}
