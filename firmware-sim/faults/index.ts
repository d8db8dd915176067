import { BUS_FAULTS } from './bus.ts';
import type { Fault } from './catalogue.ts';
import { PERSON_FAULTS } from './person.ts';
import { PORT_FAULTS } from './port.ts';
import { PROCESS_FAULTS } from './process.ts';
import { SENSE_FAULTS } from './sense.ts';
import { SENSOR_FAULTS } from './sensor.ts';
import { SUPPLY_FAULTS } from './supply.ts';
import { TIME_FAULTS } from './time.ts';
import { VALVE_FAULTS } from './valve.ts';

/** The fault catalogue. */
export const FAULTS: readonly Fault[] = [
  ...VALVE_FAULTS,
  ...SENSOR_FAULTS,
  ...SENSE_FAULTS,
  ...SUPPLY_FAULTS,
  ...BUS_FAULTS,
  ...PORT_FAULTS,
  ...TIME_FAULTS,
  ...PROCESS_FAULTS,
  ...PERSON_FAULTS,
];

export { choicesOf, fitted, wrongArg } from './args.ts';
export { FAULT_CLASSES } from './catalogue.ts';
export type { Fault, FaultArgs, FaultClass } from './catalogue.ts';
export type * from './ports.ts';
