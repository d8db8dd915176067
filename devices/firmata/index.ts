import { isOutputRole, isSenseRole, type Driver, type Role } from '../../src/model/device.ts';
import type { FirmataUse } from '../../src/model/firmata.ts';
import { buttonDevice } from './button.ts';
import { contactDevice } from './contact.ts';
import { cueDevice } from './cues.ts';
import { optionsSchema, partOf, refusalOf, type FirmataOptions } from './options.ts';
import { SAMPLE_MS, thermometerDevice } from './thermometer.ts';
import { valveDevice } from './valve.ts';

/**
 * An Arduino with a Firmata firmware at a serial port: lamps, buzzers, buttons, contacts and thermometers at its pins.
 * Whether it may hold a valve, its firmware says when it is met.
 */
export const firmata: Driver<FirmataOptions> = {
  name: 'firmata',
  options: optionsSchema,
  refuses: refusalOf,
  create: (id, role, options, travelMs) => {
    const use = useOf(options, role);
    const self = { id, port: options.port, use };
    if (use.as === 'thermometer') return thermometerDevice(role, { ...self, use });
    if (isOutputRole(role)) return valveDevice(role, self, travelMs);
    if (use.as === 'switch') return contactDevice(role, self);
    return use.as === 'button' ? buttonDevice(role, self) : cueDevice(role, self);
  },
};

function useOf({ pin, ...options }: FirmataOptions, role: Role): FirmataUse {
  const part = partOf({ pin, ...options }, role);
  switch (part) {
    case 'led':
    case 'piezo':
      return { do: 'use', as: part, pin };
    case 'buzzer':
      return { do: 'use', as: part, pin, active: options.active ?? 'high' };
    case 'relay':
      return { do: 'use', as: part, pin, active: options.active ?? 'high', held: isOutputRole(role) };
    case 'button':
      return { do: 'use', as: isSenseRole(role) ? 'switch' : part, pin, active: options.active ?? 'low' };
    case 'thermometer': {
      const sensor = options.sensor ?? (typeof pin === 'string' ? 'TMP36' : 'DS18B20');
      const { address = null } = options;
      return { do: 'use', as: part, pin, sensor, address, everyMs: SAMPLE_MS };
    }
  }
}
