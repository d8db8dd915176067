import { messageOf } from '../../model/errors.ts';
import type { PortFailure, PortProblem } from '../../model/port.ts';

/** What the kernel says, in the words of serialport's binding, and what it means. In this order. */
const MEANS: readonly (readonly [RegExp, PortProblem])[] = [
  [/cannot lock port|device or resource busy|access denied/i, 'in_use'],
  [/no such file|file not found|no such device/i, 'missing'],
  [/permission denied|operation not permitted/i, 'forbidden'],
];

const SAYS: Readonly<Record<PortProblem, (path: string) => string>> = {
  missing: (path) => `there is no ${path}; plug it in, or look under /dev/serial/by-id for its name`,
  in_use: (path) =>
    `${path} is open already; end the other program (a serial monitor, a second controller), or name it once`,
  forbidden: (path) =>
    `this user may not open ${path}; add the user to its group (often dialout) and log in again`,
  unfit: (path) => `${path} is no serial port`,
  gone: (path) => `${path} went away; look at the plug, the cable and the power`,
};

export function failureOf(problem: PortProblem, path: string): PortFailure {
  return { problem, message: SAYS[problem](path) };
}

/** Why an open failed. What nobody has thought of is told as it came. */
export function openFailure(error: unknown, path: string): PortFailure {
  const said = messageOf(error);
  const known = MEANS.find(([pattern]) => pattern.test(said))?.[1];
  if (known !== undefined) return failureOf(known, path);
  return { problem: 'unfit', message: `${path} cannot be used as a serial port: ${said}` };
}
