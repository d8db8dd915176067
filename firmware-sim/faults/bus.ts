import { numberOf, oneOf, SHARE, TIME_MS, word, wordOf } from './catalogue.ts';
import type { Fault, FaultArgs, Takes } from './catalogue.ts';
import { ANYWHERE, CONNECTION } from './parts.ts';
import type { Disturbance, FaultFacts, FaultWorld } from './ports.ts';
import type { Random } from '../../src/random/random.ts';

/** What a connection may be mistreated by, each as `draw` makes it: a client and how strongly. */
function disturbed(
  id: string,
  doc: string,
  takes: Readonly<Record<string, Takes>>,
  draw: (random: Random) => FaultArgs,
  how: (args: FaultArgs) => Disturbance,
): Fault {
  return {
    id,
    class: 'bus',
    doc,
    parts: CONNECTION,
    takes,
    draw: (random, { clientId }) => ({ client: clientId, ...draw(random) }),
    begin: ({ bus, facts }, args) => {
      const client = wordOf(args, 'client', facts.clientId);
      bus.disturb(client, how(args));
      return () => {
        bus.disturb(client, null);
      };
    },
  };
}

const WHOLE: Disturbance = { drop: 0, duplicate: 0, delayMs: 0, reorder: false };
const share = (random: Random, least: number, most: number): number =>
  Math.round(random.between(least, most) * 1_000) / 1_000;

/** The words that would do harm if they were taken for fresh ones. */
const STALE_WORDS = ['start', 'begin', 'resume', 'continue', 'clear'] as const;

function staleCommand(random: Random): FaultArgs {
  return { word: oneOf(random, STALE_WORDS) ?? 'begin' };
}

function saysStaleCommand({ bus, facts }: FaultWorld, args: FaultArgs): () => void {
  const payload = JSON.stringify({ command: wordOf(args, 'word', 'begin') });
  bus.publish(facts.setTopic, payload, true);
  return () => {
    bus.publish(facts.setTopic, '', true);
  };
}

const backMs = (random: Random, leastMs: number, mostMs: number): number =>
  Math.round(Math.exp(random.between(Math.log(leastMs), Math.log(mostMs))));

const drawCut = (random: Random, { clientId }: FaultFacts): FaultArgs => ({
  client: clientId,
  backMs: backMs(random, 200, 60_000),
});

export const BUS_FAULTS: readonly Fault[] = [
  disturbed(
    'bus-drop',
    'the network loses a share of what the controller says and hears',
    { share: SHARE },
    (random) => ({ share: share(random, 0.05, 0.9) }),
    (args) => ({ ...WHOLE, drop: numberOf(args, 'share', 0.5) }),
  ),
  disturbed(
    'bus-duplicate',
    'a share of the messages arrives twice',
    { share: SHARE, delayMs: TIME_MS },
    (random) => ({ share: share(random, 0.1, 1), delayMs: random.int(0, 2_000) }),
    (args) => ({
      ...WHOLE,
      duplicate: numberOf(args, 'share', 0.5),
      delayMs: numberOf(args, 'delayMs', 0),
      reorder: true,
    }),
  ),
  disturbed(
    'bus-reorder',
    'messages of different topics overtake one another',
    { delayMs: TIME_MS },
    (random) => ({ delayMs: random.int(50, 1_500) }),
    (args) => ({ ...WHOLE, delayMs: numberOf(args, 'delayMs', 500), reorder: true }),
  ),
  disturbed(
    'bus-delay',
    'everything arrives late',
    { delayMs: TIME_MS },
    (random) => ({ delayMs: random.int(100, 8_000) }),
    (args) => ({ ...WHOLE, delayMs: numberOf(args, 'delayMs', 1_000) }),
  ),
  {
    id: 'bus-cut',
    class: 'bus',
    doc: 'the connection of the controller to the broker ends, and both ends know',
    parts: CONNECTION,
    takes: { backMs: TIME_MS },
    draw: drawCut,
    begin: ({ bus, facts }, args) => {
      const client = wordOf(args, 'client', facts.clientId);
      bus.cut(client, { clientAfterMs: 5, brokerAfterMs: 5, backMs: numberOf(args, 'backMs', 5_000) });
      return null;
    },
  },
  {
    id: 'bus-half-open',
    class: 'bus',
    doc: 'the connection of the controller is dead, and neither end notices before its keep-alive',
    parts: CONNECTION,
    takes: { backMs: TIME_MS, noticedMs: TIME_MS },
    draw: (random, facts) => ({ ...drawCut(random, facts), noticedMs: random.int(5_000, 22_500) }),
    begin: ({ bus, facts }, args) => {
      const noticedMs = numberOf(args, 'noticedMs', 15_000);
      bus.cut(wordOf(args, 'client', facts.clientId), {
        clientAfterMs: noticedMs,
        brokerAfterMs: 22_500,
        backMs: noticedMs + numberOf(args, 'backMs', 5_000),
      });
      return null;
    },
  },
  {
    id: 'bus-broker-restart',
    class: 'bus',
    doc: 'the broker stops, and is back after a while with what was retained',
    parts: ANYWHERE,
    takes: { backMs: TIME_MS },
    draw: (random) => ({ backMs: backMs(random, 300, 60_000) }),
    begin: ({ bus }, args) => {
      bus.restartBroker(numberOf(args, 'backMs', 5_000));
      return null;
    },
  },
  {
    id: 'bus-stale-command',
    class: 'bus',
    doc: "a command from another day lies retained on the station's command topic",
    parts: ANYWHERE,
    takes: { word: word(STALE_WORDS) },
    draw: staleCommand,
    begin: saysStaleCommand,
  },
  {
    id: 'bus-taken-over',
    class: 'bus',
    doc: "another program joins under the controller's client id, and leaves after a while",
    parts: ANYWHERE,
    takes: { stayMs: TIME_MS },
    draw: (random) => ({ stayMs: backMs(random, 500, 60_000) }),
    begin: ({ bus }, args) => {
      bus.takeOver(numberOf(args, 'stayMs', 10_000));
      return null;
    },
  },
];
