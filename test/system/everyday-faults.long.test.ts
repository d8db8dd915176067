/** If these fail, a plug can be pulled and warm water goes on running: every fault on every dialect. */
import { FAULT_NAMES, pullPlugs } from './everyday-faults-suite.ts';

pullPlugs({
  tasmota: FAULT_NAMES,
  esphome: FAULT_NAMES,
  shelly: FAULT_NAMES,
  zigbee2mqtt: FAULT_NAMES,
});
