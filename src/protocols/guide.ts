import type { ReminderText } from '../model/desk.ts';
import { formatDuration } from '../model/units.ts';
import { isWaterStep } from './protocol.ts';
import type { OtherStep, Protocol } from './protocol.ts';

/** What a person at a desk is told of a protocol; null where it is nothing to be done there. */
export function guideOf(protocol: Protocol): ReminderText | null {
  const { id, title, kind, stations, say } = protocol;
  if (kind !== 'guided' && kind !== 'reminder') return null;
  if (stations.length > 0 && !stations.includes('desk')) return null;
  const steps = protocol.steps.flatMap((step) => (isWaterStep(step) ? [] : [stepText(step)]));
  const text = [...steps, ...(say === null ? [] : [ended(say)])].join(' ');
  return { protocol: id, title, say: text === '' ? ended(title) : text };
}

/** With its default count and time: "Rise on your toes, lower slowly: 10 times." */
function stepText({ say, count, durationMs }: OtherStep): string {
  const amount =
    count !== null
      ? `${count.default} times`
      : durationMs !== null
        ? formatDuration(durationMs.default)
        : null;
  return amount === null ? ended(say) : `${say.replace(/\.$/, '')}: ${amount}.`;
}

function ended(text: string): string {
  const trimmed = text.trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
