import { CUES } from '../../../../machines/cues.ts';
import type { Cue } from '../../../model/device.ts';
import type { Seat } from '../bench.ts';
import { fail, ok } from '../finding.ts';
import type { Told } from '../finding.ts';
import type { Check } from '../patient.ts';
import { pass } from '../patient.ts';

/** Five flashes and two beeps of a reminder, and the light stays for a moment. */
const SHOWN_MS = 6_000;
/** Whatever cannot show it says so within this time. */
const WORD_MS = 1_000;
const TEST: Cue = {
  ...CUES['remind-again'],
  words: { title: 'ebb doctor', text: 'A test: this is how a reminder looks and sounds.' },
};

/**
 * Every light and buzzer is shown one cue, all at once, and told off. Most of them say nothing of it, so whoever looks
 * has to tell whether they saw and heard it; a device that refuses is told.
 */
export const cues: Check = {
  name: 'cue',
  run: async (patient, tell) => {
    const { bench } = patient;
    const cueing = bench.seats.filter(isCueing).filter(isUsable);
    for (const seat of cueing) bench.command(seat, { action: 'cue', cue: TEST });
    if (cueing.length > 0) await pass(patient, SHOWN_MS);
    for (const seat of cueing) bench.command(seat, { action: 'cue', cue: CUES.off });
    if (cueing.length > 0) await pass(patient, WORD_MS);
    if (bench.stopped === null) for (const seat of cueing) tell(judge(seat));
  },
};

const isCueing = ({ device: { role } }: Seat): boolean => role === 'light' || role === 'buzzer';
/** What is not there has its line already. */
const isUsable = (seat: Seat): boolean => seat.why === null && (seat.up || isUnannounced(seat));
const isUnannounced = ({ declaration }: Seat): boolean => declaration.unannounced === true;

function judge(seat: Seat): Told {
  const { id, role } = seat.device;
  if (seat.why !== null) {
    const kind = seat.unreached ? 'reach' : 'unfit';
    return fail(id, kind, `it could not show a cue: ${seat.why}`, 'put that right, then look again');
  }
  if (!seat.up && !isUnannounced(seat)) {
    const message = 'it went away when it was shown a cue';
    return fail(id, 'reach', message, 'look at its power supply and its network');
  }
  const shown = role === 'light' ? 'five flashes, on for a moment, and off' : 'two beeps';
  return ok(id, `was told ${shown}: did you ${role === 'light' ? 'see it' : 'hear them'}?`);
}
