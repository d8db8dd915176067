'use strict';

const { Station, commandOf } = require('../lib/station.js');
const { AWAY } = require('../lib/words.js');

/** Whatever command a message carries, to a station of Ebb. What comes of it the other two nodes tell. */
module.exports = (RED) => {
  function EbbOut(config) {
    RED.nodes.createNode(this, config);
    const station = new Station(RED, this, config);
    station.onEbb((word) => {
      this.status(word === 'online' ? {} : AWAY);
    });
    station.on('error', ({ command, code }, retained) => {
      if (!retained) this.status({ fill: 'yellow', shape: 'ring', text: `${command || '?'}: ${code}` });
    });
    const sent = (text) =>
      station.ebb === 'online'
        ? { fill: 'green', shape: 'dot', text }
        : { fill: 'red', shape: 'ring', text: `${text}: nobody is there` };
    this.on('input', (msg, _send, done) => {
      const command = commandOf(msg.payload);
      if (command === null) {
        done(new Error('msg.payload is no command: a word such as stop, or an object with `command`'));
        return;
      }
      station.send(command, (error) => {
        if (error === null) this.status(sent(command.command));
        done(error ?? undefined);
      });
    });
  }
  RED.nodes.registerType('ebb-out', EbbOut);
};
