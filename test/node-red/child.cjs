'use strict';

/**
 * Node-RED in a process of its own, driven over the IPC channel of `runtime.ts`: no page, no port, nothing downloaded and
 * nobody told. In: `{type: "press", node, msg}` · `{type: "deploy", flow}` · `{type: "end"}`. Out: `{type: "started", versions, errors}` ·
 * `{type: "received", node, msg}` for each message that a node gets · `{type: "status", node, status}`.
 */

const { createServer } = require('node:http');
const RED = require('node-red');

const [userDir, flowFile] = process.argv.slice(2);
const say = (message) => process.send?.(message);

RED.init(createServer(), {
  // As it ships, but for the page.
  ...require('../../packaging/docker/node-red/settings.cjs'),
  userDir,
  flowFile,
  httpAdminRoot: false,
  httpNodeRoot: false,
  serialReconnectTime: 500,
  mqttReconnectTime: 500,
  logging: { console: { level: 'warn' } },
});
RED.events.on('node-status', ({ id, status }) => say({ type: 'status', node: id, status: plain(status) }));
RED.hooks.add('onReceive.test', ({ msg, destination }) =>
  say({ type: 'received', node: destination.id, msg: plain(msg) }),
);
const started = () => {
  const known = RED.nodes.getNodeList().filter(({ enabled }) => enabled);
  const versions = Object.fromEntries(known.map(({ module, version }) => [module, version]));
  say({
    type: 'started',
    versions,
    errors: RED.nodes.getNodeList().flatMap(({ err, module }) => (err ? [`${module}: ${err}`] : [])),
  });
};
RED.events.on('flows:started', started);
RED.start();

const plain = (value) => JSON.parse(JSON.stringify(value ?? null));

process.on('message', async (message) => {
  if (message.type === 'press') RED.nodes.getNode(message.node)?.receive(message.msg);
  if (message.type === 'end') {
    await RED.stop();
    process.exit(0);
  }
});
process.on('disconnect', () => process.exit(1));
