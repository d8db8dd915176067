/**
 * If it fails, a bath on hardware that people own does not run as promised. At 5x: what two cores hold beside the other tests.
 */
import { wholeSessions } from './everyday-session-suite.ts';

wholeSessions(5);
