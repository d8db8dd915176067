/**
 * If it fails, a bath on hardware that people own does not run as promised. At 5x and on two dialects, the quickest and
 * the one over the air: what two cores hold beside the other tests. The long run has all four.
 */
import { wholeSessions } from './everyday-session-suite.ts';

wholeSessions(5, ['tasmota', 'zigbee2mqtt']);
