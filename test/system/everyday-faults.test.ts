/**
 * If these fail, a plug can be pulled and warm water goes on running. Each fault on two dialects and each dialect with two
 * faults or three; the long run has all of them on all.
 */
import { pullPlugs } from './everyday-faults-suite.ts';

pullPlugs({
  tasmota: ['controller killed', 'network dead', 'second controller'],
  esphome: ['broker killed', 'controller frozen'],
  shelly: ['controller killed', 'controller frozen', 'second controller'],
  zigbee2mqtt: ['broker killed', 'network dead'],
});
