import { z } from 'zod';
import { openApi } from '../documents.ts';
import type { Controller } from '../../controller/index.ts';
import type { StationId } from '../../model/ids.ts';
import type { Parts, Server } from '../parts.ts';
import type { Served } from '../served.ts';
import { PROBLEMS } from '../problem.ts';
import { healthSchema, readySchema } from '../schemas.ts';
import type { Missing } from '../schemas.ts';

export function healthRoutes(app: Server, parts: Parts): void {
  app.get(
    '/healthz',
    {
      config: { open: true },
      schema: { summary: 'The program turns', response: { 200: healthSchema, ...PROBLEMS } },
    },
    () => ({ ok: true }) as const,
  );
  app.get(
    '/readyz',
    {
      schema: {
        summary: 'The broker and every device that a session needs are there',
        response: { 200: readySchema, 503: readySchema, '4xx': PROBLEMS['4xx'] },
      },
    },
    async (_request, reply) => {
      const missing = missingOf(parts.servedOrNull());
      const ready = missing.length === 0;
      return reply.code(ready ? 200 : 503).send({ ready, missing });
    },
  );
  app.get(
    '/metrics',
    {
      schema: {
        summary: 'Metrics, for Prometheus',
        response: {
          200: { description: 'the text format', content: { 'text/plain': { schema: z.string() } } },
          ...PROBLEMS,
        },
      },
    },
    async (_request, reply) => {
      const text = await parts.meters.text();
      return reply.type(parts.meters.registry.contentType).send(text);
    },
  );
  app.get(
    '/api/v1/openapi.json',
    {
      schema: { summary: 'This document', response: { 200: z.record(z.string(), z.unknown()), ...PROBLEMS } },
    },
    () => openApi(app),
  );
}

function missingOf(served: Served | null): Missing[] {
  if (served === null) return [{ what: 'controller', station: null, device: null }];
  const { controller } = served;
  const broker: Missing[] = controller.busUp ? [] : [{ what: 'broker', station: null, device: null }];
  const devices = controller.stations.flatMap((station) =>
    (controller.station(station)?.core.missing ?? []).map((device): Missing => ({
      what: 'device',
      station,
      device,
    })),
  );
  const over = controller.desks.over.map((station): Missing => ({ what: 'desk', station, device: null }));
  const lost = controller.desks.ids.flatMap((desk) => lostAt(controller, desk));
  return [...broker, ...devices, ...over, ...lost];
}

/**
 * The devices of a desk that were there and are gone. One that has not spoken yet counts as there: a button on a battery
 * says nothing until it is pressed.
 */
function lostAt(controller: Controller, station: StationId): Missing[] {
  const devices = [...(controller.desks.desk(station)?.equipment.devices.values() ?? [])];
  return devices
    .filter(({ link }) => controller.busUp && link.value === 'connecting' && link.context.since > 0)
    .map(({ device }) => ({ what: 'device', station, device: device.id }));
}
