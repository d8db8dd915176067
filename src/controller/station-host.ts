import type { SetCommand, Source } from '../model/command.ts';
import type { PersonId, StationId } from '../model/ids.ts';
import type { StationSettings } from '../model/station.ts';
import type { News } from './news.ts';
import type { ControllerOptions } from './options.ts';
import type { Outlets } from './outlets.ts';
import type { Past } from './past.ts';
import type { People } from './people.ts';
import type { Recorder } from './recorder.ts';
import { nowOf } from './starter.ts';
import type { StationHost } from './station.ts';

/** What all stations share, and how one of them reaches the controller and the others. */
export interface Shared {
  readonly options: ControllerOptions;
  readonly recorder: Recorder;
  readonly past: Past;
  readonly people: People;
  readonly outlets: Outlets;
  news(news: News): void;
  /** The other stations at which `person` has a session under way. */
  elsewhere(person: PersonId): readonly StationId[];
  ask(station: StationId, command: SetCommand, source: Source): void;
  journalled(token: number, ok: boolean): void;
}

/** The controller as one station sees it. */
export function stationHost({ id, kind }: StationSettings, shared: Shared): StationHost {
  const { options, recorder, past, people, outlets } = shared;
  const { clock } = options;
  return {
    simulated: options.simulated,
    log: options.log,
    defaultProtocol: options.defaultProtocols[kind],
    people,
    publish: (out) => {
      options.bus.publish(out);
    },
    record: (record, session, how) => {
      outlets.saw(id, record, nowOf(clock));
      recorder.record(record, id, session, how);
    },
    news: (news) => {
      shared.news(news);
    },
    starter: (person) => options.starter(person, (who) => past.of(who), nowOf(clock)),
    reportElsewhere: (person, symptom, source) => {
      for (const other of shared.elsewhere(person))
        shared.ask(other, { command: 'report', person, symptom }, source);
    },
    plan: (request) => options.plan(request),
    elsewhere: (person) => shared.elsewhere(person)[0] ?? null,
    flush: (atMs) => outlets.flushFor(id, { atMs, wallMs: clock.wallMs() }),
    newId: options.newId,
    wallMs: () => clock.wallMs(),
    journalled: (token, ok) => {
      shared.journalled(token, ok);
    },
  };
}
