import type { BusMessage } from '../../../model/bus.ts';
import type { Found, Sniffer } from './found.ts';
import { isPart, partOf, thingOf } from './found.ts';

/**
 * Serial boards of other computers, behind the bridge of docs/node-red.md: it keeps `serial/<name>/status` at the broker.
 * What hangs on it nobody asks, since a line to a board that is none of ours could mean anything.
 */
export function bridgeSniffer(): Sniffer {
  const bridges = new Map<string, { there: boolean }>();
  return {
    topics: ['serial/+/status'],
    questions: [],
    hear: ({ topic, payload }: BusMessage) => {
      if (payload !== 'online' && payload !== 'offline') return [];
      const bridge = thingOf(bridges, topic.slice(0, -'/status'.length), () => ({ there: false }));
      if (bridge !== null) bridge.there = payload === 'online';
      return [];
    },
    found: () => [...bridges].map(([topic, { there }]) => foundOf(topic, there)),
  };
}

const PARTS = [{ valve: 1 }, { valve: 2 }, { temperature: 1 }, { button: 1 }, { light: 1 }, { buzzer: 1 }];

function foundOf(topic: string, there: boolean): Found {
  const parts = PARTS.map((part) => {
    const label = Object.entries(part).flat().join('-');
    return partOf('board', label, { port: `mqtt:${topic}`, ...part });
  });
  const about = `a serial port of another computer${there ? '' : ', which is not there now'}; these lines are for the valve board of docs/board.md`;
  return { kind: 'bridge', name: topic, about, parts: parts.filter(isPart) };
}
