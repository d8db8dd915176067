import { ceilingOf } from '../../../../devices/ceilings.ts';
import type { Ceiling, CeilingSettings } from '../../../../devices/ceilings.ts';
import { ENVELOPE } from '../../../../machines/envelope.ts';
import type { Seat } from '../bench.ts';
import { fail, ok, warn } from '../finding.ts';
import type { Told } from '../finding.ts';
import type { Check, Patient } from '../patient.ts';

const ANSWER_MS = 3_000;
/** No ceiling is longer than the longest step and a minute (docs/safety.md). */
const MOST_MS = ENVELOPE.warmStepMs + 60_000;

/** What ends an opening that Ebb did not make, read back from the device that its driver has just set up. */
export const ceilings: Check = {
  name: 'ceiling',
  run: async (patient, tell) => {
    for (const seat of patient.bench.outputs) {
      if (!seat.up) continue;
      const told = await readBack(patient, seat);
      if (told !== null) tell(told);
    }
  },
};

async function readBack(patient: Patient, { settings, device: { id } }: Seat): Promise<Told | null> {
  const { bus, bench, setsCeilings } = patient;
  const ceiling = ceilingOf(settings);
  if (ceiling === null) return null;
  let known: Partial<CeilingSettings> = {};
  bus.onMessage(({ topic, payload, retained }) => {
    if (retained) return;
    const said = ceiling.read(topic, payload);
    if (said === null) return;
    known = { ...known, ...said };
    patient.pace.nudge();
  });
  bus.subscribe(ceiling.topics);
  const found = await asked(patient, ceiling, () => known);
  if (found === null) return null;
  const told = judge(id, found);
  const isAnswered = found.ceilingMs !== undefined && found.offAtPowerUp !== undefined;
  if (told.verdict === 'ok' || !setsCeilings || !isAnswered || bench.stopped !== null) return told;
  for (const out of ceiling.set) bus.publish(out);
  known = {};
  const after = await asked(patient, ceiling, () => known);
  if (after === null) return null;
  const again = judge(id, after);
  return again.verdict === 'ok' ? { ...again, message: `set now: ${again.message}` } : again;
}

/** What it says when it is asked, as far as it says anything; null: the look was stopped. */
async function asked(
  { bus, bench, pace }: Patient,
  { ask }: Ceiling,
  known: () => Partial<CeilingSettings>,
): Promise<Partial<CeilingSettings> | null> {
  for (const out of ask) bus.publish(out);
  const isKnown = (): boolean => known().ceilingMs !== undefined && known().offAtPowerUp !== undefined;
  await pace.until(() => isKnown() || bench.stopped !== null, ANSWER_MS);
  return bench.stopped === null ? known() : null;
}

function judge(id: string, { ceilingMs, offAtPowerUp }: Partial<CeilingSettings>): Told {
  if (ceilingMs === undefined || offAtPowerUp === undefined)
    return fail(id, 'reach', 'it does not say how it is set', 'look at its network, then look again');
  const remedy = '"ebb doctor --set-ceilings" sets it, and Ebb does when it meets the device anew';
  if (!offAtPowerUp)
    return fail(id, 'unfit', 'when its power comes back it may be on', `set it to be off then; ${remedy}`);
  if (ceilingMs === null || ceilingMs > MOST_MS) {
    const found = ceilingMs === null ? 'nothing ends' : `only after ${ceilingMs / 1_000} s ends`;
    return warn(id, `${found} what a hand or another program opens`, remedy);
  }
  return ok(id, `whoever opens it, it ends after ${ceilingMs / 1_000} s; at power-up it is off`);
}
