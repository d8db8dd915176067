import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { Rig } from '../../../firmware-sim/rig.ts';
import type { DeviceSettings } from '../../model/station.ts';
import type { StationId } from '../../model/ids.ts';

/** A desk whose devices are simulated. */
export interface SimulatedDesk {
  readonly id: StationId;
  readonly devices: readonly DeviceSettings[];
  readonly rig: Rig;
}

const WORDS = ['press', 'double', 'long', 'here', 'gone', 'busy', 'free'] as const;
type Word = (typeof WORDS)[number];
/** Long enough for every dialect's idea of a long press, milliseconds. */
const LONG_MS = 1_500;

const lineSchema = z.strictObject({ station: z.string().optional(), do: z.enum(WORDS) });

/**
 * What somebody at a simulated desk does, a line each on stdin: a word (`press`, or `desk press` where there are
 * several desks), or the same as JSON: `{"station":"desk","do":"press"}`.
 */
export function watchFingers(
  { stdin }: { readonly stdin: NodeJS.ReadableStream },
  desks: readonly SimulatedDesk[],
  say: (message: string) => void,
): { stop(): void } {
  if (desks.length === 0) return { stop: () => undefined };
  const lines = createInterface({ input: stdin });
  lines.on('line', (line) => {
    if (line.trim() === '') return;
    const read = lineOf(line);
    const desk =
      read === null ? null : (desks.find(({ id }) => id === (read.station ?? desks[0]?.id)) ?? null);
    if (read === null || desk === null || !act(desk, read.do)) {
      const known = desks.map(({ id }) => id).join(', ');
      say(`"${line.trim().slice(0, 60)}" does nothing here; there are ${WORDS.join(' ')}, at ${known}`);
    }
  });
  return {
    stop: () => {
      lines.close();
    },
  };
}

function lineOf(line: string): z.infer<typeof lineSchema> | null {
  if (line.trimStart().startsWith('{')) return lineSchema.safeParse(jsonOf(line)).data ?? null;
  const words = line.trim().toLowerCase().split(/\s+/);
  const named = words.length > 1 ? { station: words[0] } : {};
  return words.length > 2 ? null : (lineSchema.safeParse({ ...named, do: words.at(-1) }).data ?? null);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** False: the desk has nothing that could do so. */
function act({ devices, rig }: SimulatedDesk, word: Word): boolean {
  const of = (role: 'button' | 'presence' | 'busy') => devices.filter((one) => one.role === role);
  switch (word) {
    case 'press':
    case 'double':
    case 'long':
      if (of('button').length === 0) return false;
      rig.press(word === 'long' ? { holdMs: LONG_MS } : { times: word === 'double' ? 2 : 1 });
      return true;
    case 'here':
    case 'gone':
      return set(rig, of('presence'), word === 'here');
    case 'busy':
    case 'free':
      return set(rig, of('busy'), word === 'busy');
  }
}

function set(rig: Rig, devices: readonly DeviceSettings[], on: boolean): boolean {
  const contacts = devices.flatMap(({ id }) => rig.contacts.get(id) ?? []);
  for (const contact of contacts) contact.set(on);
  return contacts.length > 0;
}
