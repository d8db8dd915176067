import type { Command } from 'commander';
import { ConfigError } from '../../model/errors.ts';
import type { Context } from '../output.ts';
import { register as registerList } from './list.ts';
import { register as registerSimulate } from './simulate.ts';

/** `ebb devices` and what stands below it; each a file of its own. */
export function register(program: Command, context: Context): void {
  const devices = registerList(program, context);
  registerSimulate(devices, context);
  devices
    .command('scan', { hidden: true })
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .action(() => {
      throw new ConfigError('unsupported', '"ebb devices scan" is not built in this version', {
        remedy: 'ebb devices --help lists what is',
      });
    });
}
