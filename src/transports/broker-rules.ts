import type { AedesOptions, Client } from 'aedes';
import type { Log } from '../model/log.ts';
import { topicMatches } from './topics.ts';

type AuthorizePublish = NonNullable<AedesOptions['authorizePublish']>;
type AuthorizeSubscribe = NonNullable<AedesOptions['authorizeSubscribe']>;

/** What others than the controller may say below `ebb/`. */
const OPEN_OF_EBB = [
  // Commands, and what Home Assistant chooses.
  'ebb/+/set',
  'ebb/+/select/protocol/set',
  'ebb/+/select/start',
  // Where a Shelly answers; longer than anything of a station that is called `rpc`.
  'ebb/rpc/+/+/#',
  // Who has the id of the controller?
  'ebb/owner/ask',
  // The simulated hardware of another process.
  'ebb/simulated',
];
/** Nobody can subscribe to it. */
const NOWHERE = '$SYS/refused';
const MAX_RETAINED_TOPICS = 5_000;
const MAX_SUBSCRIPTIONS = 500;

export interface Rules {
  readonly authorizePublish: AuthorizePublish;
  readonly authorizeSubscribe: AuthorizeSubscribe;
}

export interface RulesOptions {
  readonly isController: (client: Client | null) => boolean;
  /** Topic filters of what opens, closes and lights: for the controller alone. */
  readonly commandTopics: readonly string[];
  readonly log: Log;
}

/**
 * Who may say what at a broker with a password. A message that is not allowed is acknowledged and goes nowhere: ending
 * the connection instead would let a home automation that asks for a valve take its own other messages down with it.
 */
export function rulesOf({ isController, commandTopics, log }: RulesOptions): Rules {
  const retained = new Set<string>();
  const told = new Set<string>();
  const tell = (client: Client | null, topic: string, why: string): void => {
    const key = `${client?.id ?? ''} ${topic}`;
    // Once each: whoever repeats it must not fill the log.
    if (told.has(key) || told.size >= MAX_RETAINED_TOPICS) return;
    told.add(key);
    log.warn({ client: client?.id, topic: topic.slice(0, 200) }, `the broker dropped a message: ${why}`);
  };
  return {
    authorizePublish: (client, packet, done) => {
      if (packet.topic.startsWith('$')) {
        done(new Error('topics that begin with $ belong to the broker'));
        return;
      }
      const why = isController(client) ? null : whyRefused(packet.topic, commandTopics);
      const full = packet.retain && !retained.has(packet.topic) && retained.size >= MAX_RETAINED_TOPICS;
      if (why !== null || (full && packet.payload.length > 0)) {
        tell(client, packet.topic, why ?? 'it keeps no more retained topics');
        packet.topic = NOWHERE;
        packet.payload = '';
        packet.retain = false;
      } else if (packet.retain) {
        if (packet.payload.length > 0) retained.add(packet.topic);
        else retained.delete(packet.topic);
      }
      done(null);
    },
    authorizeSubscribe: subscriptionRule(isController, log),
  };
}

/** Why nobody but the controller may publish to a topic; null where everybody may who is logged in. */
export function whyRefused(topic: string, commandTopics: readonly string[]): string | null {
  if (topic === 'ebb' || topic.startsWith('ebb/')) {
    const open = OPEN_OF_EBB.some((filter) => topicMatches(filter, topic));
    return open ? null : 'only the controller says that';
  }
  const command = commandTopics.some((filter) => topicMatches(filter, topic));
  return command ? 'only the controller commands the devices of Ebb' : null;
}

function subscriptionRule(isController: (client: Client) => boolean, log: Log): AuthorizeSubscribe {
  const asked = new WeakMap<Client, Set<string>>();
  return (client, subscription, done) => {
    const { topic } = subscription;
    const filters = asked.get(client) ?? new Set();
    asked.set(client, filters);
    if (topic.startsWith('$') || (filters.size >= MAX_SUBSCRIPTIONS && !filters.has(topic))) {
      if (!isController(client)) {
        log.warn({ client: client.id, topic: topic.slice(0, 200) }, 'the broker refused a subscription');
        done(null, null);
        return;
      }
    }
    filters.add(topic);
    done(null, subscription);
  };
}
