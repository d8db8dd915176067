import { z } from 'zod';
import { idSchema } from './ids.ts';

/** Where a command came from. Which source may do what: `prepare_from` and `begin_from` of the station. */
export const SOURCES = ['button', 'page', 'cli', 'mqtt', 'http', 'schedule'] as const;
export type Source = (typeof SOURCES)[number];

/** Chosen for one session, within the protocol's ranges: `--with cycles=4,cold=45s`. */
export const choicesSchema = z
  .strictObject({
    cycles: z.int().min(1).max(5).optional(),
    warm: z.union([z.string(), z.number()]).optional(),
    cold: z.union([z.string(), z.number()]).optional(),
    warm_water: z.union([z.string(), z.number()]).optional(),
    cold_water: z.union([z.string(), z.number()]).optional(),
  })
  .describe('cycles, the durations `warm` and `cold`, the temperatures `warm_water` and `cold_water`');
export type Choices = z.infer<typeof choicesSchema>;

const transaction = z.string().max(100).optional();
const plain = <T extends string>(command: T) => z.strictObject({ command: z.literal(command), transaction });

/** One object on `ebb/<station>/set`, and the same from the command line. */
export const setCommandSchema = z.discriminatedUnion('command', [
  z.strictObject({
    command: z.literal('start'),
    protocol: idSchema.optional(),
    person: idSchema.optional(),
    with: choicesSchema.optional(),
    /** Real water, nobody in it: contact is never permitted and nothing counts for anyone, so it takes no `person`. */
    dry: z.literal(true).optional(),
    transaction,
  }),
  plain('begin'),
  plain('pause'),
  plain('resume'),
  plain('continue'),
  plain('stop'),
  plain('clear'),
  plain('answer'),
  /** A symptom, at any time: what runs stops, and the person's water is locked for 24 h. */
  z.strictObject({
    command: z.literal('report'),
    /** Who has it; by default whose session it is, or was last. */
    person: idSchema.optional(),
    /** What it is, in a few words, for the journal. */
    symptom: z.string().trim().min(1).max(200).optional(),
    transaction,
  }),
]);
export type SetCommand = z.infer<typeof setCommandSchema>;
export type CommandWord = SetCommand['command'];
export const COMMAND_WORDS = [
  'start',
  'begin',
  'pause',
  'resume',
  'continue',
  'stop',
  'clear',
  'answer',
  'report',
] as const;

const reminder = idSchema.optional().describe('the id of one reminder; without it what is shown, or due');

/** What is said to a desk alone. */
export const deskCommandSchema = z.discriminatedUnion('command', [
  z.strictObject({ command: z.literal('ack'), reminder, transaction }),
  z.strictObject({ command: z.literal('snooze'), reminder, transaction }),
  z.strictObject({ command: z.literal('skip'), reminder, transaction }),
  z.strictObject({
    command: z.literal('quiet'),
    for: z.string().max(20).optional().describe('a duration, such as 60 min; without it and `until` 1 h'),
    until: z.string().max(5).optional().describe('a time of the day, HH:MM'),
    off: z.literal(true).optional().describe('the quiet is over'),
    transaction,
  }),
  z.strictObject({
    command: z.literal('not_for_me'),
    protocol: idSchema.optional().describe('the id of a protocol; without it what is shown, or due'),
    off: z.literal(true).optional().describe('it is for me after all'),
    transaction,
  }),
  /** What no device sees: it belongs to no place, and is said to any. */
  z.strictObject({
    command: z.literal('done'),
    item: idSchema.describe('the protocol that was done'),
    person: idSchema.optional(),
    transaction,
  }),
  z.strictObject({
    command: z.literal('log'),
    item: idSchema.describe('the protocol that it belongs to'),
    value: z
      .union([z.string().trim().min(1).max(200), z.number()])
      .optional()
      .describe('what is noted'),
    person: idSchema.optional(),
    transaction,
  }),
]);
export type DeskCommand = z.infer<typeof deskCommandSchema>;
export const DESK_WORDS = ['ack', 'snooze', 'skip', 'quiet', 'not_for_me', 'done', 'log'] as const;

/** Everything that can be said to a place; which of it fits depends on what the place is. */
export const anyCommandSchema = z.discriminatedUnion('command', [
  ...setCommandSchema.options,
  ...deskCommandSchema.options,
]);
export type AnyCommand = z.infer<typeof anyCommandSchema>;

export function isDeskCommand(command: AnyCommand): command is DeskCommand {
  return DESK_WORDS.some((word) => word === command.command);
}

/** The answer to each refused command: `ebb/<station>/error`. */
export interface CommandError {
  readonly command: string;
  readonly code: string;
  readonly message: string;
  readonly transaction?: string;
}
