import { z } from 'zod';
import type { Device, DriverInput, DriverStep, Role } from '../../src/model/device.ts';
import type { HaCall } from '../../src/model/homeassistant.ts';
import { plainDeclaration, stepTo } from '../support.ts';
import { asking, hear, isThere, topicsOf, UNMET, type Entity, type Known } from './wire.ts';

const VOLUME = 0.3;
const volumeSchema = z.object({ volume_level: z.number().min(0).max(1) });

interface SpeakerState {
  readonly known: Known;
  /** What it was set to before we spoke; null: nothing plays for us. */
  readonly before: { readonly volume: number | null } | null;
}

interface Speaker extends Entity {
  readonly media: string;
  /** 0 to 1. */
  readonly volume: number;
}

/** A media player: it says one thing, as loud as the config allows, and is then as loud as it was. It follows no beats. */
export function speakerDevice(
  role: Role,
  at: Entity,
  media: string,
  volume: number = VOLUME,
): Device<SpeakerState> {
  const self: Speaker = { ...at, media, volume };
  return {
    id: self.id,
    role,
    driver: 'homeassistant',
    declaration: plainDeclaration(null),
    topics: topicsOf(self),
    init: () => stepTo({ known: UNMET, before: null }),
    step: (state, input) => speakerStep(self, state, input),
  };
}

function speakerStep(self: Speaker, state: SpeakerState, input: DriverInput): DriverStep<SpeakerState> {
  if (input.type !== 'command') {
    const { known, faults, turned } = hear(self, state.known, input);
    return stepTo({ known, before: turned === null ? state.before : null }, { faults });
  }
  const { entity } = state.known;
  if (input.command.action !== 'cue' || !isThere(entity)) return stepTo(state);
  const { name, sound } = input.command.cue;
  const player = (service: string, data: HaCall['data']) =>
    asking(self, { domain: 'media_player', service, data, targeted: true });
  if (name === 'off') {
    if (state.before === null) return stepTo(state);
    const { volume } = state.before;
    const back = volume === null ? [] : [player('volume_set', { volume_level: volume })];
    return stepTo({ ...state, before: null }, { out: [player('media_stop', {}), ...back] });
  }
  if (sound === null || name === 'beat' || name === 'get-ready') return stepTo(state);
  const before = state.before ?? {
    volume: volumeSchema.safeParse(entity.attributes).data?.volume_level ?? null,
  };
  const out = [
    player('volume_set', { volume_level: self.volume }),
    player('play_media', { media_content_id: self.media, media_content_type: 'music' }),
  ];
  return stepTo({ ...state, before }, { out });
}
