/**
 * If these fail, some flood that the gate does not try keeps a stop from the valves, or fills the disk.
 */
import { floodSuite } from './flood-suite.ts';

floodSuite('at 10,000 messages a second, the rest', {
  stops: [
    'words that are no command',
    'big objects',
    'commands to a station that does not exist',
    'readings of the thermometer',
  ],
  buttons: ['words that are no command'],
  costs: true,
});
