import type { Command } from 'commander';
import type { Context } from '../output.ts';
import { register as registerList } from './list.ts';
import { register as registerScan } from './scan/index.ts';
import { register as registerSimulate } from './simulate.ts';

/** `ebb devices` and what stands below it; each a file of its own. */
export function register(program: Command, context: Context): void {
  const devices = registerList(program, context);
  registerScan(devices, context);
  registerSimulate(devices, context);
}
