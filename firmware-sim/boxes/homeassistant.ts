import { z } from 'zod';
import { InvariantError } from '../../src/model/errors.ts';
import type { DeviceSettings } from '../../src/model/station.ts';
import { HomeAssistant } from '../gadgets/homeassistant.ts';
import type { Entity } from '../gadgets/homeassistant/services.ts';
import type { Press } from '../gadgets/ports.ts';
import { cannotSimulate, optionsReader, type BoxOptions, type Dialect } from './box.ts';

const optionsSchema = z.object({
  url: z.string(),
  token: z.string(),
  entity: z.string(),
  event: z.string().optional(),
});
const readOptions = optionsReader(optionsSchema);

const RELEASE_MS = 200;

export const homeassistant: Dialect = {
  boxOf: (device) => readOptions(device).url,
  build: ({ clock, seed, listen, wiring }, devices) => {
    const [first] = devices;
    if (first === undefined) throw new InvariantError('invariant', 'a box without a device');
    const { url, token } = readOptions(first);
    if (listen === undefined)
      throw cannotSimulate(first, 'there is no place here for a simulated Home Assistant');
    const placed = devices.map((device) => ({ device, options: readOptions(device) }));
    const entities = placed.map(({ device, options }) => entityOf(device, options.entity, wiring));
    const gadget = new HomeAssistant({ clock, seed, listen, url, token, entities });
    const buttons = new Map<string, (press: Press) => void>();
    for (const { device, options } of placed) {
      if (device.role === 'presence' || device.role === 'busy')
        wiring.contact(device).onChange(() => {
          gadget.change(options.entity, wordOf(options.entity, wiring.contact(device).read()));
        });
      if (device.role !== 'button' && device.role !== 'stop') continue;
      buttons.set(device.id, () => {
        const { entity, event = 'press' } = options;
        if (/^(event|button|input_button)\./.test(entity)) {
          gadget.change(entity, gadget.now(), entity.startsWith('event.') ? { event_type: event } : {});
          return;
        }
        gadget.change(entity, 'on');
        clock.at(clock.nowMs() + RELEASE_MS, device.id, () => {
          gadget.change(entity, 'off');
        });
      });
    }
    return { gadget, buttons, valves: new Map() };
  },
};

const rgbSchema = z.tuple([z.number(), z.number(), z.number()]);

function entityOf(device: DeviceSettings, id: string, wiring: BoxOptions['wiring']): Entity {
  switch (device.role) {
    case 'light': {
      const lamp = wiring.lamp(device);
      const turned: Entity['turned'] = (on, { brightness, rgb_color: rgb }) => {
        const [r, g, b] = rgbSchema.safeParse(rgb).data ?? [255, 255, 255];
        lamp.show(on, Number(brightness ?? 255), { r, g, b });
      };
      const attributes = id.startsWith('light.')
        ? { supported_color_modes: ['rgb'], supported_features: 40, friendly_name: id }
        : { friendly_name: id };
      return { id, state: 'off', attributes, turned };
    }
    case 'buzzer': {
      const relay = wiring.relay(device);
      const turned = (on: boolean): void => {
        relay.set(on);
      };
      const attributes = id.startsWith('media_player.') ? { volume_level: 0.6 } : {};
      return { id, state: id.startsWith('media_player.') ? 'idle' : 'off', attributes, turned };
    }
    case 'presence':
    case 'busy':
      return { id, state: wordOf(id, wiring.contact(device).read()), attributes: {} };
    default:
      return { id, state: /^(event|button|input_button)\./.test(id) ? 'unknown' : 'off', attributes: {} };
  }
}

function wordOf(entity: string, yes: boolean): string {
  if (/^(person|device_tracker)\./.test(entity)) return yes ? 'home' : 'not_home';
  if (entity.startsWith('media_player.')) return yes ? 'playing' : 'idle';
  return yes ? 'on' : 'off';
}
