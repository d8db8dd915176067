import { z } from 'zod';
import type { HistoryReader } from '../../journal/index.ts';
import { guideResultSchema } from '../../model/desk.ts';
import type { StationId } from '../../model/ids.ts';
import type { SuitedPast } from './suited.ts';

const leftOutSchema = z.object({ protocols: z.array(z.string()), off: z.boolean() });
const doneSchema = z.object({ event: z.literal('done'), protocol: z.string() });
const ledSchema = z.object({ event: z.literal('ended'), result: guideResultSchema });
/** 90 days of a desk that reminds eighteen times a day, with what is recorded on the way to each. */
const LOOK_BACK = 10_000;

/** What the journal knows of what suits whoever sits at a desk. */
export function suitedPast(history: HistoryReader | null, station: StationId): SuitedPast {
  const leftOut = new Set<string>();
  const done = new Map<string, number>();
  if (history === null) return { leftOut: [], done };
  for (const { body } of history.records({ station, types: ['not_for_me'], limit: LOOK_BACK })) {
    const said = leftOutSchema.safeParse(body).data;
    for (const id of said?.protocols ?? []) {
      if (said?.off === true) leftOut.delete(id);
      else leftOut.add(id);
    }
  }
  for (const { at, body } of history.records({ station, types: ['reminder', 'guide'], limit: LOOK_BACK })) {
    // Most say something else: whoever starts does not wait for them to be looked at in full.
    if (body['event'] !== 'done' && body['event'] !== 'ended') continue;
    const reminded = doneSchema.safeParse(body).data?.protocol;
    const led = ledSchema.safeParse(body).data?.result;
    const protocol = reminded ?? (led?.reason === 'completed' ? led.protocol : undefined);
    if (protocol !== undefined) done.set(protocol, Date.parse(at));
  }
  return { leftOut: [...leftOut], done };
}
