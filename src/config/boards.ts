import { z } from 'zod';
import { isOutputRole, isWaterRole } from '../model/device.ts';
import type { PlacedDevice } from './devices.ts';
import type { Path } from './problem.ts';
import type { Report } from './report.ts';

/** The lamp of an Arduino, which its boot loader blinks at each start. */
const LAMP = 13;
const atPin = z.object({ pin: z.literal(LAMP) });

/** What is no mistake at a board on a serial port, and is better otherwise. */
export function adviseBoards(devices: readonly PlacedDevice[], station: Path, report: Report): void {
  for (const { driver, options, role, path } of devices) {
    if (driver.name !== 'firmata' || !isOutputRole(role) || !atPin.safeParse(options).success) continue;
    const message =
      `pin ${LAMP} is the lamp of the board, and its boot loader blinks it at each start: the ${role} is switched on ` +
      'for moments that nobody asked for; take another pin';
    report.warn([...path, 'pin'], 'boot_pin', message, 'value');
  }
  const valve = devices.find(({ driver, role }) => driver.name === 'board' && isWaterRole(role));
  if (valve === undefined || devices.some(({ role }) => role === 'stop')) return;
  const message =
    "the valve board's own button stops the water in the board, and without a `stop:` Ebb does not hear of it: a short " +
    'press between hot and cold stops nothing; add `stop: { driver: board, port: …, button: 1 }`';
  report.warn([...station], 'unheard_stop', message);
}
