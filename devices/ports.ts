import { z } from 'zod';
import { isOutputRole } from '../src/model/device.ts';
import type { Clash, Listening } from './mqtt/clashes.ts';

/**
 * A path of this computer as short as it can be written: the same port under two names is two ports to whoever compares
 * them. What a link leads to shows only where it is opened.
 */
export const SHORTEST = {
  pattern: /^(?!\/(.*\/)?\.{1,2}(\/|$))/,
  message: 'written as short as it goes: without `.` and `..` between its slashes',
} as const;

const schema = z.looseObject({
  port: z.string(),
  pin: z.union([z.number(), z.string()]).optional(),
  address: z.string().optional(),
});

/** On an Uno and a Nano, which most boards are: A0 is pin 14. A Mega counts otherwise, and has pins enough. */
const FIRST_ANALOGUE = 14;

function numberOf(pin: number | string | undefined): number | null {
  if (typeof pin === 'string') return FIRST_ANALOGUE + Number(pin.slice(1));
  return pin ?? null;
}

/**
 * Two dialects at one serial port, one pin under its two names, and probes of one wire that cannot be told apart: a
 * DS18B20 without an address is whichever is found first, so beside another one it may be that very probe.
 */
export function portClashes(devices: readonly Listening[]): readonly Clash[] {
  const placed = devices.flatMap((device) => {
    const at = schema.safeParse(device.options);
    return at.success ? [{ ...device, at: at.data }] : [];
  });
  return placed.flatMap(({ id, driver, at }, index): readonly Clash[] => {
    const before = placed.slice(0, index).filter((other) => other.at.port === at.port);
    const foreign = before.find((other) => other.driver !== driver);
    if (foreign !== undefined) {
      const message = `${at.port} is where ${foreign.id} has its ${foreign.driver}, and one port has one board at its end; give this ${driver} the port of its own board`;
      return [{ id, code: 'same_device', option: 'port', message }];
    }
    const { address, pin } = at;
    const number = numberOf(pin);
    const same = before.find((other) => other.at.pin !== pin && numberOf(other.at.pin) === number);
    if (number !== null && same !== undefined) {
      const message = `pin ${pin ?? ''} is pin ${same.at.pin ?? ''} of an Uno or a Nano by its other name, and that is ${same.id}; give this one another pin`;
      return [{ id, code: 'same_device', option: 'pin', message }];
    }
    const twin = before.find(
      (other) =>
        pin !== undefined &&
        other.at.pin === pin &&
        (address === undefined) !== (other.at.address === undefined),
    );
    if (twin === undefined) return [];
    const message = `pin ${pin ?? ''} is the wire of ${twin.id} as well, and without an address one of them may be the other's probe; give each its \`address:\``;
    return [{ id, code: 'same_device', option: 'pin', message }];
  });
}

/**
 * The valve board stops by itself when its button is pressed while anything is open, and whoever begins at a bath does so
 * while the water runs: there it can only be a stop button.
 */
export function buttonsThatStop(devices: readonly Listening[]): readonly Clash[] {
  const boards = devices.flatMap((device) => {
    const at = schema.safeParse(device.options);
    return device.driver === 'board' && at.success ? [{ ...device, port: at.data.port }] : [];
  });
  return boards.flatMap(({ id, role, port }): readonly Clash[] => {
    const valve = boards.find((other) => other.port === port && isOutputRole(other.role));
    if (role !== 'button' || valve === undefined) return [];
    const message =
      `a press of the board's own button shuts ${valve.id} in the board while it is open, so it can begin nothing; ` +
      'make it `stop:`, and begin at the page, in the terminal, or with a button of another device';
    return [{ id, code: 'wrong_role', option: 'button', message }];
  });
}
