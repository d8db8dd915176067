import { z } from 'zod';
import { choicesSchema } from '../../model/command.ts';
import type { Choices } from '../../model/command.ts';
import { ConfigError } from '../../model/errors.ts';

/**
 * `--with cycles=4,cold=45s`: what is chosen for one session. Whether it lies in the protocol's ranges is for the
 * compiler to say.
 * @throws ConfigError usage
 */
export function parseChoices(text: string | undefined): Choices | undefined {
  if (text === undefined) return undefined;
  const pairs = text.split(',').map((pair) => pair.split('=').map((part) => part.trim()));
  const values: Record<string, string | number> = {};
  for (const [key = '', value = '', ...rest] of pairs) {
    if (key === '' || value === '' || rest.length > 0 || Object.hasOwn(values, key))
      throw wrong(text, 'each part is key=value, once');
    values[key] = key === 'cycles' ? Number(value) : value;
  }
  const parsed = choicesSchema.safeParse(values);
  if (parsed.success) return parsed.data;
  throw wrong(text, z.prettifyError(parsed.error).replaceAll(/\s+/g, ' ').replace(/^✖ /, ''));
}

function wrong(text: string, why: string): ConfigError {
  const keys = Object.keys(choicesSchema.shape).join(', ');
  return new ConfigError('usage', `--with "${text}": ${why}; keys are ${keys}, as in cycles=4,cold=45s`, {
    option: '--with',
  });
}
