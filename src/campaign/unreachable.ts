/**
 * What no simulation reaches, each with its reason: the only excuses that coverage knows. A test looks that each of
 * them exists, and a campaign that reaches one all the same says so.
 */
export const UNREACHABLE: Readonly<Record<string, string>> = {};
