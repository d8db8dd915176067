import { REASON_TEXT } from '../controller/index.ts';
import type { StoredRecord } from '../journal/index.ts';
import { sessionResultSchema, stepResultSchema } from '../model/state.ts';
import { SECOND_MS, formatDuration, formatTemperature } from '../model/units.ts';
import { capital, commonSentence } from './common.ts';
import type { Reason, Sentence } from './sentence.ts';
import { numberOf, sentence, textOf } from './sentence.ts';
import { sourceText } from './words.ts';

export interface WaterAbout {
  readonly station: string;
  /** null: the whole station; else what concerns this valve is told, and nothing of the others. */
  readonly device: string | null;
}

/** What explains an opening or a close stands within this of it, by the monotonic clock: it is one event's doing. */
const TOGETHER_MS = 100;

/** A station's records in words, oldest first. */
export function waterSentences(
  records: readonly StoredRecord[],
  { station, device }: WaterAbout,
): readonly Sentence[] {
  return records.flatMap((record, index) => {
    if (record.station !== station && record.station !== null) return [];
    if (record.type === 'open' || record.type === 'close') {
      if (device !== null && textOf(record, 'device') !== device) return [];
      return [record.type === 'open' ? opened(records, index, record) : closed(records, index, record)];
    }
    return told(record) ?? [];
  });
}

function told(record: StoredRecord): Sentence | null {
  const text = whatOf(record);
  return text === null ? commonSentence(record) : sentence(record, `${capital(text)}.`);
}

/** What happened, as a clause; null: of another kind. */
function whatOf(record: StoredRecord): string | null {
  const { type, body } = record;
  const source = sourceText(textOf(record, 'source'));
  switch (type) {
    case 'start': {
      const who =
        body['dry'] === true ? 'a dry run with nobody in it' : `for ${textOf(record, 'person') ?? 'nobody'}`;
      return `a session of ${textOf(record, 'protocol') ?? ''} began to prepare, ${who}, started from ${source}`;
    }
    case 'continue':
      return `the session was continued from ${source}`;
    case 'begin':
      return `begin came from ${source}`;
    case 'stop':
      return `STOP came from ${source}`;
    case 'exposed':
      return body['on'] === true ? 'contact was permitted' : 'contact was not permitted any more';
    case 'proved':
      return provedText(record);
    case 'step':
      return stepText(record);
    case 'trip':
      return tripText(record);
    case 'clear':
      return `the fault ${textOf(record, 'code') ?? ''} was cleared`;
    case 'symptom':
      return `a symptom of ${textOf(record, 'person') ?? ''} was reported: no water for them for 24 h`;
    case 'lock':
      return `${textOf(record, 'person') ?? ''} had had enough heat: no water for them for 24 h`;
    case 'flushed':
      return 'the line, which nobody had used for long, was flushed on both sides';
    case 'flow':
      return body['silent'] === true ? 'the flow meter fell silent' : 'the flow meter was heard again';
    case 'end':
      return endText(record);
    default:
      return null;
  }
}

function provedText(record: StoredRecord): string {
  const [leg, plateauC] = [numberOf(record, 'leg'), numberOf(record, 'plateauC')];
  const which = leg === null ? 'a leg' : `leg ${leg + 1} of 3`;
  return `${which} of the proof test was over${plateauC === null ? '' : `, at ${formatTemperature(plateauC)}`}`;
}

function stepText(record: StoredRecord): string {
  const result = stepResultSchema.safeParse(record.body['result']).data;
  if (result !== undefined) {
    const { kind, cycle, planned_s, actual_s } = result;
    const [planned, actual] = [planned_s, actual_s].map((s) => formatDuration(s * SECOND_MS));
    return `the ${kind} step of cycle ${cycle} was over after ${actual ?? ''} of ${planned ?? ''}`;
  }
  if (record.body['on'] === true) return `the ${textOf(record, 'kind') ?? ''} step began`;
  return 'the step was broken off';
}

function tripText(record: StoredRecord): string {
  const waits = record.body['latched'] === true ? '; it waits for a clear at the station' : '';
  return `${textOf(record, 'detector') ?? 'a detector'} closed the water: ${textOf(record, 'message') ?? ''} (${textOf(record, 'code') ?? ''})${waits}`;
}

function endText({ body }: StoredRecord): string {
  const result = sessionResultSchema.safeParse(body['result']).data;
  if (result === undefined) return 'the session ended; the journal does not say how';
  const contact = formatDuration(result.contact_s * SECOND_MS);
  const why = result.outcome === 'complete' ? '' : `: ${REASON_TEXT[result.reason]}`;
  return `the session ended, ${result.outcome}${why}, after ${contact} of contact`;
}

/** An open is recorded before it is sent: it belongs to what the session had come to. */
function opened(records: readonly StoredRecord[], index: number, record: StoredRecord): Sentence {
  const device = textOf(record, 'device') ?? '';
  const targetC = numberOf(record, 'target_c');
  const target = targetC === null ? '' : ` at ${formatTemperature(targetC)}`;
  const cause = records
    .slice(0, index)
    .findLast((one) => one.session === record.session && CAUSES_AN_OPEN.has(one.type));
  const what = cause === undefined ? null : (whatOf(cause) ?? takenText(cause));
  if (cause === undefined || what === null || record.session === null)
    return sentence(record, `${device} was about to be opened${target}; the journal does not say why.`);
  return sentence(
    record,
    `${device} was about to be opened${target}. What the session had come to: ${what}.`,
    [cause],
  );
}

const CAUSES_AN_OPEN: ReadonlySet<string> = new Set([
  'start',
  'continue',
  'proved',
  'begin',
  'step',
  'flushed',
  'taken',
]);

function takenText(record: StoredRecord): string | null {
  return record.type === 'taken'
    ? `${textOf(record, 'command') ?? ''} came from ${sourceText(textOf(record, 'source'))}`
    : null;
}

/** What closes, the weightiest first: a trip closes whatever else happens in the same moment. */
const CAUSES_A_CLOSE = [
  ...['trip', 'symptom', 'stop', 'taken', 'step', 'proved', 'flushed', 'halt', 'start', 'continue', 'clear'],
  ...['rebooted', 'exposed', 'end'],
] as const;

function closed(records: readonly StoredRecord[], index: number, record: StoredRecord): Sentence {
  const device = textOf(record, 'device') ?? '';
  const { text, from } = whyClosed(records, index, record, device);
  return sentence(record, `${device} was told to close: ${text}.`, from);
}

function whyClosed(
  records: readonly StoredRecord[],
  index: number,
  record: StoredRecord,
  device: string,
): Reason {
  const cause = causeOf(records, index, record);
  if (cause?.type === 'start' || cause?.type === 'continue')
    return { text: 'what is not known to be closed is told so before a session prepares', from: [cause] };
  const what = cause === null ? null : (whatOf(cause) ?? takenText(cause) ?? plain(cause));
  if (cause !== null && what !== null) return { text: what, from: [cause] };
  // Told again, or told though it was not open: each as far as the journal shows it.
  const earlier = records.slice(0, index);
  const boot = earlier.findLast((one) => one.type === 'boot' && one.boot === record.boot);
  const last = earlier.findLast((one) => isOf(one, device));
  if (last?.type === 'close' && last.boot === record.boot)
    return {
      text: 'it had been told so already and is told again; the journal does not say more',
      from: [last],
    };
  if (boot !== undefined && (last === undefined || last.boot !== record.boot))
    return { text: 'after its start a controller closes everything first', from: [boot] };
  return { text: 'the journal does not say why', from: [] };
}

function isOf(record: StoredRecord, device: string): boolean {
  return (record.type === 'open' || record.type === 'close') && textOf(record, 'device') === device;
}

function plain(record: StoredRecord): string | null {
  return record.type === 'rebooted' ? `${textOf(record, 'device') ?? 'a device'} restarted by itself` : null;
}

function causeOf(records: readonly StoredRecord[], index: number, record: StoredRecord): StoredRecord | null {
  const near = (one: StoredRecord): boolean =>
    one.boot === record.boot && Math.abs(one.atMs - record.atMs) <= TOGETHER_MS;
  const together = [
    ...records.slice(Math.max(0, index - 50), index).filter(near),
    ...records.slice(index + 1, index + 50).filter(near),
  ].filter((one) => one.station === record.station || one.station === null);
  for (const type of CAUSES_A_CLOSE) {
    const cause = together.find((one) => one.type === type && isCause(one));
    if (cause !== undefined) return cause;
  }
  return null;
}

/** A step that begins closes nothing, nor does contact that is permitted or any command but a pause. */
function isCause(record: StoredRecord): boolean {
  if (record.type === 'step' || record.type === 'exposed') return record.body['on'] !== true;
  return record.type !== 'taken' || textOf(record, 'command') === 'pause';
}
