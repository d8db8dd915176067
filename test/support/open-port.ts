/**
 * Opens a serial port and says what came of it: a process of its own, for what one process cannot show. As the user
 * whose number comes second, if one does; `throws` there makes a mistake at the first byte. Stays while it has the port.
 */
import { SystemClock } from '../../src/clock/system.ts';
import { SerialPorts } from '../../src/transports/serial/index.ts';

const [path = '', more] = process.argv.slice(2);
const throws = more === 'throws';
// Loaded before the rights are given up: where they lie, nobody else may look.
await import('serialport');
if (more !== undefined && !throws) process.seteuid?.(Number(more));
new SerialPorts(new SystemClock()).open(path, 115_200, ({ port, failure }) => {
  port?.onData(() => {
    if (throws) throw new TypeError('a mistake of our own');
  });
  port?.onClose(({ message }) => {
    console.log(`closed: ${message}`);
  });
  console.log(failure === undefined ? 'opened' : `${failure.problem}: ${failure.message}`);
});
