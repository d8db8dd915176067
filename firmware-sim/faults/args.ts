import type { Fault, FaultArgs, Takes } from './catalogue.ts';
import type { FaultFacts } from './ports.ts';

/** What is wrong with the words and figures of a fault that a person wrote, and what would be right; null: nothing. */
export function wrongArg({ id, takes, parts }: Fault, args: FaultArgs): string | null {
  const known = [...parts.names, ...Object.keys(takes)];
  for (const [name, value] of Object.entries(args)) {
    if (!known.includes(name))
      return `${id} knows no "${name}"; it takes ${known.length === 0 ? 'nothing' : known.join(', ')}`;
    const given = `"${name}=${String(value)}" of ${id}`;
    const rule = takes[name];
    if (rule === undefined) {
      if (typeof value !== 'string') return `${given} names nothing that a station has`;
    } else if (!isRight(rule, value)) return `${given} is ${wanted(rule)}`;
  }
  return null;
}

function isRight(rule: Takes, value: FaultArgs[string]): boolean {
  if (rule.type === 'word') return typeof value === 'string' && rule.of.includes(value);
  return typeof value === 'number' && value >= rule.least && value <= rule.most;
}

function wanted(rule: Takes): string {
  return rule.type === 'word'
    ? `none of ${rule.of.join(', ')}`
    : `no number from ${rule.least} to ${rule.most}`;
}

/** A fault's words and figures with what of this station was left out; null where the station has no such thing. */
export function fitted({ parts }: Fault, args: FaultArgs, facts: FaultFacts): FaultArgs | null {
  const part = parts
    .of(facts)
    .find((one) => Object.entries(one).every(([name, value]) => (args[name] ?? value) === value));
  return part === undefined ? null : { ...part, ...args };
}

/** The things of a station that a fault may be of, as a person writes them: `valve=hot device=bath-hot`. */
export function choicesOf({ parts }: Fault, facts: FaultFacts): readonly string[] {
  return parts.of(facts).map((part) =>
    Object.entries(part)
      .map(([name, value]) => `${name}=${String(value)}`)
      .join(' '),
  );
}
