/**
 * If these fail, whoever talks enough keeps a stop from the valves. The floods that cost most; flood.long.test.ts has the
 * rest.
 */
import { floodSuite } from './flood-suite.ts';

floodSuite('at 10,000 messages a second', {
  stops: ['commands that are refused, acknowledged each'],
  buttons: ['readings of the thermometer'],
  costs: false,
});
