import { refuseSource } from '../controller/commands.ts';
import type { Controller } from '../controller/index.ts';
import type { Source } from '../model/command.ts';
import { COMMAND_WORDS, DESK_WORDS } from '../model/command.ts';
import type { PlaceState } from '../model/desk.ts';
import type { StationId } from '../model/ids.ts';
import type { StationSettings } from '../model/station.ts';
import { SECOND_MS } from '../model/units.ts';
import { SNOOZES } from '../controller/desk/planned.ts';
import { guideOf } from '../protocols/index.ts';
import type { Protocol, ProtocolStep } from '../protocols/index.ts';
import type { Home } from './served.ts';
import type { Band, ProtocolView, StationView } from './schemas.ts';

/** What the water of a station should be right now, as its watch sees it. */
export function bandOf(controller: Controller, id: StationId): Band {
  const band = controller.station(id)?.core.watch.facts.expectation.band ?? null;
  return band === null ? null : { min_c: tenth(band.minC), max_c: tenth(band.maxC) };
}

/** Every place there is: those with water, then desks and spots. */
export function placesOf(controller: Controller): readonly StationId[] {
  return [...controller.stations, ...controller.desks.ids];
}

export function placeState(controller: Controller, id: StationId): PlaceState | null {
  return controller.state(id) ?? controller.desks.state(id);
}

/** What a desk or a spot takes, from wherever it is said. */
const AT_DESKS = ['start', 'stop', ...DESK_WORDS] as const;

function deskView(controller: Controller, home: Home, id: StationId): StationView | null {
  const settings = controller.desks.desk(id)?.settings;
  const state = controller.desks.state(id);
  if (settings === undefined || state === null) return null;
  const { name, kind, reminders } = settings;
  return {
    ...{ id, name, kind, vessel: null, plumbing: 'cues', band: null, block_list: null },
    may: [...AT_DESKS],
    protocols: home.protocols
      .filter((protocol) => (guideOf(protocol, [kind])?.steps.length ?? 0) > 0)
      .map((protocol) => ({ id: protocol.id, title: protocol.title })),
    reminders: reminders.map(({ id: reminder, protocols, snoozeMs }) => {
      return { id: reminder, protocols: [...protocols], snooze_s: snoozeMs / SECOND_MS, snoozes: SNOOZES };
    }),
    temperature_unit: home.temperatureUnit,
    state,
  };
}

/** A station for whoever asks; null: there is none of that id. */
export function stationView(
  controller: Controller,
  home: Home,
  id: StationId,
  source: Source,
): StationView | null {
  const settings = controller.station(id)?.settings;
  const state = controller.state(id);
  if (settings === undefined || state === null) return deskView(controller, home, id);
  const { name, kind, vessel, plumbing } = settings;
  return {
    id,
    name,
    kind,
    vessel,
    plumbing,
    may: COMMAND_WORDS.filter((word) => refuseSource(settings, word, source) === null),
    protocols: home.protocols
      .filter((protocol) => runsAt(protocol, settings))
      .map((protocol) => ({ id: protocol.id, title: protocol.title })),
    reminders: [],
    band: bandOf(controller, id),
    temperature_unit: home.temperatureUnit,
    // A simulated guest has nothing that could rule water out.
    block_list: home.blockList === null || state.simulated ? null : [...home.blockList],
    state,
  };
}

/** Those with water: the others come with what runs them. */
function runsAt({ kind, stations }: Protocol, station: StationSettings): boolean {
  return (
    (kind === 'contrast' || kind === 'soak') && (stations.length === 0 || stations.includes(station.kind))
  );
}

export function protocolView(protocol: Protocol): ProtocolView {
  const { id, title, kind, stations, evidence, source, cycles, screening, position, say, items } = protocol;
  const { perWeek } = protocol;
  return {
    ...{ id, title, kind, stations: [...stations], evidence, source: [...source], cycles },
    steps: protocol.steps.map(stepView),
    per_week: perWeek === null ? null : { min: perWeek[0], max: perWeek[1] },
    ...{ screening, position, say, items: [...items] },
  };
}

function stepView(step: ProtocolStep): ProtocolView['steps'][number] {
  const inSeconds = (ms: { default: number; min: number; max: number } | null) =>
    ms === null
      ? null
      : { default: ms.default / SECOND_MS, min: ms.min / SECOND_MS, max: ms.max / SECOND_MS };
  if ('waterC' in step) {
    const { waterC, durationMs, kind } = step;
    const water_c = { default: tenth(waterC.default), min: tenth(waterC.min), max: tenth(waterC.max) };
    return { kind, water_c, duration_s: inSeconds(durationMs), count: null, each_s: null, say: null };
  }
  const { kind, count, eachMs, durationMs, say } = step;
  const each_s = eachMs === null ? null : eachMs / SECOND_MS;
  return { kind, water_c: null, duration_s: inSeconds(durationMs), count, each_s, say };
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
