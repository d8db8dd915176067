import { isOutputRole } from '../../../model/device.ts';
import type { Seat } from '../bench.ts';
import { fail, ok, warn } from '../finding.ts';
import type { Told } from '../finding.ts';
import type { Check } from '../patient.ts';

/** As `ebb devices`; where the broker has just started, devices come back when their own patience is over. */
const MEET_MS = 8_000;
const MEET_OWN_BROKER_MS = 45_000;

/** Every device of the config is there, and every output of it rests. */
export const present: Check = {
  name: 'devices',
  run: async ({ bench, pace, ownBroker, water }, tell) => {
    // A press ends a look that opens valves, so only one that does not waits for it.
    const isPressed = (seat: Seat): boolean => seat.up || water || !isButton(seat);
    const isReady = (seat: Seat): boolean =>
      (seat.declaration.unannounced === true && isPressed(seat)) ||
      (seat.up && (!isOutputRole(seat.device.role) || seat.held?.held === false));
    const known = (seat: Seat): boolean => isReady(seat) || seat.why !== null;
    const over = (): boolean => bench.stopped !== null || bench.seats.every(known);
    await pace.until(over, ownBroker ? MEET_OWN_BROKER_MS : MEET_MS);
    // Ctrl-C, or another controller: nobody waits for devices any more.
    if (bench.stopped !== null) return;
    if (bench.seats.length === 0) tell(ok(null, 'the stations of this config have none: cues on the screen'));
    for (const seat of bench.seats) tell(judge(seat));
  },
};

const PRESS = `press it while "ebb doctor --no-water" looks (${MEET_MS / 1_000} s), or trust it`;
const WET = 'make it speak once while the doctor looks, or trust it';
const isButton = ({ device: { role } }: Seat): boolean => role === 'button' || role === 'stop';

function judge(seat: Seat): Told {
  const { id, driver, role } = seat.device;
  const what = `${role} (${driver})`;
  if (seat.why !== null) {
    const kind = seat.unreached ? 'reach' : 'unfit';
    return fail(id, kind, `${what}: ${seat.why}`, 'put that right, then look again');
  }
  if (!seat.up) {
    if (seat.declaration.unannounced === true)
      return warn(id, `${what} has said nothing yet`, isButton(seat) ? PRESS : WET);
    const remedy = 'look at its power, its network, and its name in the config';
    return fail(id, 'reach', `${what} does not answer`, remedy);
  }
  if (!isOutputRole(role)) return ok(id, `${what} is there`);
  if (seat.held?.held === false) return ok(id, `${what} is there and at rest`);
  const said =
    seat.held === null ? 'does not say whether it is at rest' : 'stays on although it was told off';
  return fail(id, 'unfit', `${what} ${said}`, 'close the tap by hand, and look at the device itself');
}
