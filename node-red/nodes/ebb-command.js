'use strict';

const { Station } = require('../lib/station.js');
const { AWAY } = require('../lib/words.js');

/** A refusal is told at once; so long after a command without one, it was taken, where anybody was there to take it. */
const ANSWER_MS = 1_500;
/** A state that came of something else may be ahead of the refusal. */
const SETTLE_MS = 300;
/** More than a flow can mean; Ebb looks at five a second. */
const MAX_WAITING = 50;

/** One command, chosen in the editor: the first output tells that it was taken, the second why it was not. Where nobody can tell, it is an error. */
module.exports = (RED) => {
  function EbbCommand(config) {
    RED.nodes.createNode(this, config);
    const station = new Station(RED, this, config);
    const waiting = new Map();
    let last = null;

    const settle = (transaction, afterMs) => {
      const one = waiting.get(transaction);
      if (one === undefined) return;
      clearTimeout(one.timer);
      one.timer = setTimeout(() => {
        waiting.delete(transaction);
        // Nobody refuses where nobody is: a stop that went to no controller, or one that died over it.
        if (one.away || station.ebb !== 'online') {
          this.status({ fill: 'red', shape: 'ring', text: `${config.command}: nobody is there` });
          one.done(new Error(`${config.command} was sent, and no controller is online that could take it`));
          return;
        }
        this.status({ fill: 'green', shape: 'dot', text: config.command });
        one.send([{ ...one.msg, payload: last }, null]);
        one.done();
      }, afterMs);
    };
    const refuse = (transaction, error) => {
      const one = waiting.get(transaction);
      if (one === undefined) return;
      clearTimeout(one.timer);
      waiting.delete(transaction);
      this.status({ fill: 'yellow', shape: 'ring', text: `refused: ${error.code}` });
      one.send([null, { ...one.msg, payload: error }]);
      one.done();
    };

    station.onEbb((word) => {
      this.status(word === 'online' ? {} : AWAY);
    });
    station.on('state', (state, retained) => {
      last = state;
      if (!retained) for (const transaction of waiting.keys()) settle(transaction, SETTLE_MS);
    });
    station.on('error', ({ transaction, ...error }, retained) => {
      if (!retained) refuse(transaction, error);
    });
    this.on('input', (msg, send, done) => {
      const { command, problem } = commandIn(config);
      if (problem !== null || waiting.size >= MAX_WAITING) {
        done(new Error(problem ?? 'too many commands wait for their answers'));
        return;
      }
      if (station.ebb !== 'online' && command.command !== 'stop') {
        done(new Error('no controller is online, so nothing was sent'));
        return;
      }
      const transaction = RED.util.generateId();
      // Where nothing was heard yet it may well be there; what it says while this waits tells.
      const away = station.ebb !== null && station.ebb !== 'online';
      waiting.set(transaction, { msg, send, done, away, timer: undefined });
      settle(transaction, ANSWER_MS);
      station.send({ ...command, transaction }, (error) => {
        if (error === null) return;
        clearTimeout(waiting.get(transaction)?.timer);
        waiting.delete(transaction);
        done(error);
      });
    });
    this.on('close', () => {
      for (const { timer, done } of waiting.values()) {
        clearTimeout(timer);
        done();
      }
      waiting.clear();
    });
  }
  RED.nodes.registerType('ebb-command', EbbCommand);
};

/** The command that the editor stored; what was left empty is left out. */
function commandIn({ command, protocol, person, choices }) {
  const chosen = { command };
  if (command === 'start') {
    if (protocol) chosen.protocol = protocol;
    if (person) chosen.person = person;
    if (choices) {
      try {
        chosen.with = JSON.parse(choices);
      } catch {
        return { command: chosen, problem: 'the choices are no JSON: {"cycles": 4, "cold": "45 s"} is' };
      }
    }
  }
  return { command: chosen, problem: command ? null : 'no command chosen' };
}
