/**
 * Opens a serial port and says what came of it: a process of its own, for what one process cannot show. As the user
 * whose number comes second, if one does. Stays while it has the port.
 */
import { SystemClock } from '../../src/clock/system.ts';
import { SerialPorts } from '../../src/transports/serial/index.ts';

const [path = '', uid] = process.argv.slice(2);
// Loaded before the rights are given up: where they lie, nobody else may look.
await import('serialport');
if (uid !== undefined) process.seteuid?.(Number(uid));
new SerialPorts(new SystemClock()).open(path, 115_200, ({ failure }) => {
  console.log(failure === undefined ? 'opened' : `${failure.problem}: ${failure.message}`);
});
