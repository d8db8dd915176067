import type { Driver } from '../../src/model/device.ts';
import { isSenseRole } from '../../src/model/device.ts';
import { buttonDevice } from './button.ts';
import { indicatorDevice } from './indicator.ts';
import { optionsSchema, whyNot, type MqttOptions } from './options.ts';
import { senseDevice } from './sense.ts';
import { thermometerDevice } from './thermometer.ts';

/** Any topics: thermometers, buttons, lamps and buzzers whose dialect Ebb does not speak. Never water. */
export const mqtt: Driver<MqttOptions> = {
  name: 'mqtt',
  options: optionsSchema,
  refuses: whyNot,
  create: (id, role, options) => {
    if (role === 'thermometer') return thermometerDevice(id, role, options);
    if (isSenseRole(role)) return senseDevice(id, role, options);
    if (role === 'button' || role === 'stop') return buttonDevice(id, role, options);
    return indicatorDevice(id, role, options);
  },
};
