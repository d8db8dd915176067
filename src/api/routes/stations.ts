import type { FastifyRequest } from 'fastify';
import { askedOf, sourceOf } from '../guard.ts';
import type { Parts, Server } from '../parts.ts';
import { HttpProblem, PROBLEMS } from '../problem.ts';
import { idParams, stationSchema, stationsSchema } from '../schemas.ts';
import type { StationView } from '../schemas.ts';
import { placesOf, stationView } from '../view.ts';

export function stationRoutes(app: Server, parts: Parts): void {
  const { home } = parts;
  const view = (id: string, request: FastifyRequest): StationView => {
    const station = stationView(parts.served().controller, home, id, sourceOf(askedOf(request)));
    if (station === null) throw unknownStation(parts, id);
    return station;
  };
  app.get(
    '/api/v1/stations',
    {
      schema: {
        summary: 'All stations: baths, desks and spots',
        response: { 200: stationsSchema, ...PROBLEMS },
      },
    },
    (request) => {
      const { controller, simulated } = parts.served();
      const stations = placesOf(controller).map((id) => view(id, request));
      return { site: home.site, version: home.version, simulated, stations };
    },
  );
  app.get(
    '/api/v1/stations/:id',
    { schema: { summary: 'A station', params: idParams, response: { 200: stationSchema, ...PROBLEMS } } },
    (request) => view(request.params.id, request),
  );
}

export function unknownStation(parts: Parts, id: string): HttpProblem {
  const known = placesOf(parts.served().controller).join(', ');
  return new HttpProblem('unknown_station', `there is no station "${id}"; there are ${known}`);
}
