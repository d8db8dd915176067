import type { Driver } from '../../src/model/device.ts';
import { isSenseRole } from '../../src/model/device.ts';
import { cueDevice } from './cues.ts';
import { noticeDevice } from './notice.ts';
import { isNotice, optionsSchema, whyNot } from './options.ts';
import type { HomeAssistantOptions } from './options.ts';
import { buttonDevice, contactDevice } from './senses.ts';
import { speakerDevice } from './speaker.ts';

/** Whatever Home Assistant knows, for cues, presses and presence. Never water, and nothing that guards it. */
export const homeassistant: Driver<HomeAssistantOptions> = {
  name: 'homeassistant',
  options: optionsSchema,
  refuses: whyNot,
  // The token is for the link (`src/transports/homeassistant`): no message of a driver has it.
  create: (id, role, { url, entity, event, media, volume, message }) => {
    const self = { id, url, entity };
    if (isSenseRole(role)) return contactDevice(role, self);
    if (role === 'button' || role === 'stop') return buttonDevice(role, self, event ?? null);
    if (isNotice(entity)) return noticeDevice(role, self, message);
    if (media !== undefined) return speakerDevice(role, self, media, volume);
    return cueDevice(role, self);
  },
};
