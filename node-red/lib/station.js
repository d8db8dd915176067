'use strict';

/**
 * The way from a node to one station of Ebb: the topics of docs/mqtt.md, over a broker configuration that Node-RED has
 * already (`mqtt-broker`), so that its login, its TLS and its connection are shared with the mqtt nodes of the flow.
 */

const STATION = /^[a-z0-9][a-z0-9-]{0,62}$/;
/** The longest state is below 4 kB; the longest command that Ebb takes has 16,384 characters. */
const MAX_CHARS = 65_536;

class Station {
  /**
   * @param RED the runtime
   * @param node the node that has it; its status is the broker's until something else is said
   * @param config what the editor stored: `broker` (id of an mqtt-broker), `station` (its id in ebb.yaml)
   */
  constructor(RED, node, config) {
    this.node = node;
    this.id = String(config.station ?? '').trim();
    this.broker = RED.nodes.getNode(config.broker);
    this.filters = [];
    /** `online`, `stopping`, `offline`; null before Ebb was heard of. */
    this.ebb = null;
    this.problem = this.#whyNot();
    if (this.problem !== null) {
      node.status({ fill: 'red', shape: 'ring', text: this.problem });
      node.error(this.problem);
      return;
    }
    this.broker.register(node);
    node.on('close', (removed, done) => {
      for (const { topic, ref } of this.filters) this.broker.unsubscribe(topic, ref, removed);
      this.broker.deregister(node, done, removed);
    });
  }

  #whyNot() {
    if (!STATION.test(this.id)) return 'no station chosen';
    return typeof this.broker?.subscribe === 'function' ? null : 'no broker chosen';
  }

  /** `state`, `event`, `error` of the station; the listener gets the object and whether it lay at the broker. */
  on(part, listener) {
    this.#listen(`ebb/${this.id}/${part}`, (payload, retained, topic) => {
      const value = parse(payload);
      if (value !== null) listener(value, retained, topic);
    });
  }

  /** Ebb itself came, or went. */
  onEbb(listener) {
    this.#listen('ebb/status', (payload, _, topic) => {
      this.ebb = payload;
      listener(payload, topic);
    });
  }

  #listen(topic, listener) {
    if (this.problem !== null) return;
    const ref = `${this.node.id} ${topic}`;
    this.filters.push({ topic, ref });
    const heard = (from, payload, packet) => {
      if (payload.length <= MAX_CHARS) listener(payload.toString('utf8'), packet.retain === true, from);
    };
    this.broker.subscribe(topic, { qos: 1 }, heard, ref);
  }

  /** Sends a command: never retained, and never kept for a broker that is away. */
  send(command, done) {
    if (this.problem !== null) {
      done(new Error(this.problem));
    } else if (!this.broker.connected) {
      done(new Error('there is no connection to the broker, so nothing was sent'));
    } else {
      const payload = JSON.stringify(command);
      this.broker.publish({ topic: `ebb/${this.id}/set`, payload, qos: 1, retain: false }, (error) => {
        done(error ?? null);
      });
    }
  }
}

/** An object of Ebb's, or null for anything else. */
function parse(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/** A command as `set` takes it, of a word, of JSON text or of an object; null where it is none. */
function commandOf(payload) {
  const value = typeof payload === 'string' ? (parse(payload) ?? { command: payload.trim() }) : payload;
  if (typeof value !== 'object' || value === null || typeof value.command !== 'string') return null;
  return value.command === '' ? null : value;
}

module.exports = { Station, commandOf };
