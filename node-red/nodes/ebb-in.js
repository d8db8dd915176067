'use strict';

const { Station } = require('../lib/station.js');
const { AWAY, statusOf } = require('../lib/words.js');

/** What a station of Ebb says: each state on the first output, each event on the second. */
module.exports = (RED) => {
  function EbbIn(config) {
    RED.nodes.createNode(this, config);
    const station = new Station(RED, this, config);
    let last = null;
    station.onEbb((word, topic) => {
      if (word !== 'online') this.status(AWAY);
      else if (last !== null) this.status(statusOf(last));
      this.send([null, { topic, payload: word }]);
    });
    station.on('state', (state, retained, topic) => {
      last = state;
      // What lies at the broker of an Ebb that is gone is no news of the water.
      if (station.ebb === null || station.ebb === 'online') this.status(statusOf(state));
      this.send([{ topic, payload: state, retain: retained }, null]);
    });
    station.on('event', (event, retained, topic) => {
      if (!retained) this.send([null, { topic, payload: event }]);
    });
  }
  RED.nodes.registerType('ebb-in', EbbIn);
};
