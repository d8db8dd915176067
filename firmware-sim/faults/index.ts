import type { Fault } from './catalogue.ts';
import { VALVE_FAULTS } from './valve.ts';

/** The fault catalogue. */
export const FAULTS: readonly Fault[] = [...VALVE_FAULTS];

export { FAULT_CLASSES } from './catalogue.ts';
export type { Fault, FaultArgs, FaultClass } from './catalogue.ts';
export type * from './ports.ts';
