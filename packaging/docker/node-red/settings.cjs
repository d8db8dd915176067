'use strict';

/** Node-RED beside Ebb: nothing is downloaded while it runs, and nobody is told. */
module.exports = {
  flowFile: 'flows.json',
  // From the environment, so that logins of the flows survive; without it they are not encrypted, and it says so.
  credentialSecret: process.env.NODE_RED_CREDENTIAL_SECRET || false,
  externalModules: {
    autoInstall: false,
    palette: { allowInstall: false, allowUpdate: false },
    modules: { allowInstall: false },
  },
  telemetry: { enabled: false, updateNotification: false },
  editorTheme: { tours: false },
  // A board that was pulled out and plugged in again is there soon.
  serialReconnectTime: 2_000,
  mqttReconnectTime: 2_000,
  logging: { console: { level: 'info', metrics: false, audit: false } },
};
