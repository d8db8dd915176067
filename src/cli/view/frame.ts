import type { Phase, StateObject } from '../../model/state.ts';
import { formatTemperature } from '../../model/units.ts';
import type { Style } from '../output.ts';
import { bigText } from './big.ts';
import type { ViewModel } from './model.ts';
import { clockTime, rangeText } from './text.ts';
import type { Unit } from './text.ts';

/** A piece of a line and how it looks; the look never counts towards the width. */
export type Segment = readonly [text: string, style?: Style];
export type Line = readonly Segment[];

export interface FrameOptions {
  readonly columns: number;
  readonly unit: Unit;
  readonly simulated: boolean;
  readonly speed: number | null;
  readonly keys: string | null;
  readonly nowMs: number;
  readonly wallMs: number;
}

export const PHASE_STYLE: Readonly<Record<Phase, Style>> = {
  idle: 'dim',
  preparing: 'yellow',
  ready: ['bold', 'green'],
  warm: ['bold', 'red'],
  cold: ['bold', 'cyan'],
  active: 'bold',
  changing: 'yellow',
  paused: ['bold', 'yellow'],
  stopping: 'yellow',
  stopped: 'yellow',
  fault: ['bold', 'red'],
  drying: 'green',
  done: ['bold', 'green'],
};

/** Everything that is redrawn, top to bottom. */
export function frame(model: ViewModel, options: FrameOptions): readonly Line[] {
  const { state } = model;
  if (state === null) return [[['waiting for the station …', 'dim']]];
  const [top, middle, bottom] = bigText(countdown(model, options));
  const style = PHASE_STYLE[state.phase];
  return [
    banner(model, state, options),
    [[`  ${top}   `, style], [phaseText(state).toUpperCase(), style], [operationText(state)]],
    [[`  ${middle}   `, style], [stepText(state)]],
    [
      [`  ${bottom}   `, style],
      [state.next === null ? '' : `next: ${state.next}`, 'dim'],
    ],
    progressLine(model.progress, options.columns),
    waterLine(model, options),
    [['  valves  '], [valvesText(state.valves)]],
    ...remarks(state, options),
    [[`  ${options.keys ?? keysOf(state)}`, 'dim']],
  ];
}

/** `SIMULATED 20x`: never mistaken for water, whatever else is on the screen. */
export function simulatedText(speed: number | null): string {
  return speed === null || speed === 1 ? 'SIMULATED' : `SIMULATED ${speed}x`;
}

/** The phase, and while the water changes, to what: the step is the coming one then. */
export function phaseText({ phase, step }: StateObject): string {
  return phase === 'changing' && step !== null ? `changing to ${step.kind}` : phase;
}

export function stepText({ step }: Pick<StateObject, 'step'>): string {
  if (step === null) return '';
  const cycle = step.cycles > 1 ? `cycle ${step.cycle} of ${step.cycles}, ` : '';
  return `${cycle}step ${step.index + 1} of ${step.count}`;
}

export function valvesText(valves: StateObject['valves']): string {
  const known = Object.entries(valves).map(([name, value]) => `${name} ${value}`);
  return known.length === 0 ? 'none (cues only)' : known.join(' · ');
}

/** What Enter does right now. */
export function keysOf(state: StateObject): string {
  const enter =
    state.prompt !== null
      ? 'Enter: still OK · '
      : state.phase === 'ready'
        ? 'Enter: begin · '
        : state.phase === 'paused'
          ? 'Enter: go on · '
          : state.phase === 'changing' && Object.keys(state.valves).length === 0
            ? 'Enter: I am in · '
            : '';
  return `${enter}Ctrl-C: stop (the water closes first)`;
}

function countdown(model: ViewModel, { wallMs }: FrameOptions): string {
  const { endsAtMs } = model;
  return endsAtMs === null ? '-:--' : clockTime(endsAtMs - wallMs);
}

function banner(model: ViewModel, state: StateObject, { simulated, speed }: FrameOptions): Line {
  const names = [model.station, model.plan?.title ?? state.protocol ?? ''].filter((name) => name !== '');
  const isSimulated = simulated || state.simulated;
  return [
    isSimulated ? [` ${simulatedText(speed)} `, ['bold', 'inverse']] : [''],
    state.dry === true ? [' DRY RUN ', ['bold', 'inverse']] : [''],
    [`${isSimulated ? ' ' : '  '}${names.join(' · ')}`, 'bold'],
  ];
}

function operationText({ operation }: StateObject): string {
  const words: Partial<Record<NonNullable<StateObject['operation']>, string>> = {
    flush: ' · flushing the line',
    prove: ' · testing the water',
    purge: ' · running the hot side warm',
    temper: ' · bringing the water into its band',
  };
  return operation === null ? '' : (words[operation] ?? '');
}

function progressLine(progress: number, columns: number): Line {
  const width = Math.max(10, Math.min(60, columns - 12));
  const full = Math.floor(progress * width);
  return [
    ['  '],
    ['█'.repeat(full), 'green'],
    ['░'.repeat(width - full), 'dim'],
    [` ${String(Math.floor(progress * 100)).padStart(3)} %`],
  ];
}

const GAUGE = { fromC: 5, toC: 45, cells: 20 } as const;

/** The temperature, a gauge from 5 to 45 C with the band marked, and the band in figures. */
function waterLine(model: ViewModel, { unit, nowMs }: FrameOptions): Line {
  const valueC = model.waterC(nowMs) ?? model.state?.water_c ?? null;
  const { band } = model;
  const cellOf = (celsius: number): number => {
    const share = (celsius - GAUGE.fromC) / (GAUGE.toC - GAUGE.fromC);
    return Math.max(0, Math.min(GAUGE.cells - 1, Math.round(share * (GAUGE.cells - 1))));
  };
  const cells: string[] = Array.from({ length: GAUGE.cells }, (_, cell) =>
    band !== null && cell >= cellOf(band.minC) && cell <= cellOf(band.maxC) ? '═' : '─',
  );
  if (valueC !== null) cells[cellOf(valueC)] = '●';
  const inBand = valueC !== null && band !== null && valueC >= band.minC && valueC <= band.maxC;
  const text = valueC === null ? '--.-' : formatTemperature(valueC, unit);
  const targetC = model.state?.step?.target_c ?? null;
  const target = targetC === null ? '' : `, target ${formatTemperature(targetC, unit)}`;
  return [
    ['  water   '],
    [text.padEnd(8), inBand ? ['bold', 'green'] : 'bold'],
    [`├${cells.join('')}┤ `],
    [band === null ? '' : `band ${rangeText(band, unit)}${target}`, 'dim'],
  ];
}

/** What a person must read: a question, a fault, a message. */
function remarks(state: StateObject, { wallMs }: FrameOptions): readonly Line[] {
  const lines: Line[] = [];
  if (state.prompt !== null) {
    const left = clockTime(Date.parse(state.prompt.answer_by) - wallMs);
    lines.push([[`  ${state.prompt.text} press Enter (${left})`, ['bold', 'yellow']]]);
  }
  if (state.fault !== null) {
    const latched = state.fault.latched ? ', waits for a clear at the station' : '';
    lines.push([[`  fault: ${state.fault.code} (${state.fault.detector})${latched}`, ['bold', 'red']]]);
  }
  if (state.message !== null) lines.push([[`  ${state.message}`]]);
  return lines;
}
