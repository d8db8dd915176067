/**
 * If it fails, a bath on hardware that people own does not run as promised. At 10x: what a host with nothing else to do holds.
 */
import { wholeSessions } from './everyday-session-suite.ts';

wholeSessions(10);
