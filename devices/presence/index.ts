import { z } from 'zod';
import type { Device, Driver, DriverInput, DriverStep } from '../../src/model/device.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import {
  PRESENCE_EVERY_MS,
  PRESENCE_NAME,
  presenceTopic,
  presenceWordSchema,
} from '../../src/model/presence.ts';
import { contactReading, goneReading } from '../sense.ts';
import { parseJson, plainDeclaration, stepTo } from '../support.ts';

const optionsSchema = z.strictObject({
  name: z
    .string()
    .regex(PRESENCE_NAME, 'the `--name` of `ebb presence`: lower-case letters, digits, - and _')
    .describe('the `--name` that `ebb presence` has on the computer of whoever sits there'),
});
export type PresenceOptions = z.output<typeof optionsSchema>;

/** Two of its words may be lost. */
const SILENT_MS = 3 * PRESENCE_EVERY_MS;

interface Helper {
  readonly id: DeviceId;
  readonly topic: string;
}
/** Until when what it said holds; null: nothing is known. */
interface PresenceState {
  readonly untilMs: number | null;
}

/** Whether somebody works at a computer, as `ebb presence` there tells it: for a desk, never for water. */
export const presence: Driver<PresenceOptions> = {
  name: 'presence',
  options: optionsSchema,
  refuses: (_, role) =>
    role === 'presence' ? null : `\`ebb presence\` tells whether somebody is there, and can be no ${role}`,
  create: (id, role, { name }): Device<PresenceState> => {
    const self: Helper = { id, topic: presenceTopic(name) };
    return {
      ...{ id, role, driver: 'presence', declaration: plainDeclaration(null), topics: [self.topic] },
      init: () => stepTo({ untilMs: null }),
      step: (state, input, atMs) => {
        const next = presenceStep(self, state, input, atMs);
        return { ...next, nextDeadlineMs: next.state.untilMs };
      },
    };
  },
};

function presenceStep(
  { id, topic }: Helper,
  state: PresenceState,
  input: DriverInput,
  atMs: number,
): DriverStep<PresenceState> {
  const is = (online: boolean) => ({ type: 'presence', device: id, online }) as const;
  const unknown = (): DriverStep<PresenceState> =>
    stepTo({ untilMs: null }, { faults: [is(false)], readings: [goneReading('presence', id, atMs)] });
  switch (input.type) {
    case 'link':
      // It says something within the time that it may be silent, or it is not there any more.
      return input.up ? stepTo({ untilMs: atMs + SILENT_MS }) : unknown();
    case 'clock':
      return state.untilMs !== null && atMs >= state.untilMs ? unknown() : stepTo(state);
    case 'message': {
      if (input.topic !== topic || input.retained) return stepTo(state);
      const word = parseJson(input.payload, presenceWordSchema);
      if (word === null) return stepTo(state);
      if (word.present === null) return unknown();
      return stepTo(
        { untilMs: atMs + SILENT_MS },
        { faults: [is(true)], readings: [contactReading('presence', id, word.present, atMs)] },
      );
    }
    case 'command':
      return stepTo(state);
  }
}
