/**
 * What no simulation reaches, each with its reason: the only excuses that coverage knows. A test looks that each of
 * them exists.
 */
export const UNREACHABLE: Readonly<Record<string, string>> = {
  I26: 'no config may have a heater yet, so there is none to judge',
};
