import { DESK_KINDS } from '../model/desk.ts';
import type { DeskKind, Guide, GuideStep } from '../model/desk.ts';
import { formatDuration } from '../model/units.ts';
import { isWaterStep } from './protocol.ts';
import type { OtherStep, Protocol } from './protocol.ts';

/** What a person at a desk, or at a spot, is told of a protocol; null where it is nothing to be done there. */
export function guideOf(protocol: Protocol, at: readonly DeskKind[] = DESK_KINDS): Guide | null {
  const { id, title, kind, stations, say, items } = protocol;
  if (kind !== 'guided' && kind !== 'reminder' && kind !== 'checklist') return null;
  if (stations.length > 0 && !at.some((one) => stations.includes(one))) return null;
  const steps = protocol.steps.filter((step) => !isWaterStep(step));
  const text = [...steps.map(stepText), ...items.map(ended), ...(say === null ? [] : [ended(say)])].join(' ');
  return {
    ...{ protocol: id, title, say: text === '' ? ended(title) : text, steps: steps.flatMap(ledStep) },
    ...{ notFor: protocol.notFor, askFirst: protocol.askFirst, hours: protocol.hours },
  };
}

/** A step as it is led, with its default count or length; none where it has neither. */
function ledStep({ kind, say, count, eachMs, durationMs, breath }: OtherStep): GuideStep[] {
  const base = { part: kind, say: ended(say) };
  if (count !== null && breath !== null)
    return [{ ...base, kind: 'breath', count: count.default, ...breath }];
  if (count !== null && eachMs !== null) return [{ ...base, kind: 'count', count: count.default, eachMs }];
  return durationMs === null ? [] : [{ ...base, kind: 'timer', durationMs: durationMs.default }];
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
