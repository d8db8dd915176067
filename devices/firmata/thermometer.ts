import type { Device, DeviceDeclaration, DriverInput, DriverStep, Role } from '../../src/model/device.ts';
import type { FirmataUse } from '../../src/model/firmata.ts';
import { plainDeclaration, plausibleC, stepTo } from '../support.ts';
import { AWAY, hear, topicsOf, type Pin, type PinState } from './wire.ts';

/** Between readings, whether they are wanted or not: johnny-five knows no other way. */
export const SAMPLE_MS = 1_000;

/**
 * No water rests on a TMP36 or LM35: johnny-five rounds it to whole degrees, it is 2 K off by its data sheet, and a
 * loose wire reads like water at times.
 */
const SHOWN_ONLY =
  'a TMP36 or LM35 is off by up to 2 K and told in whole degrees; use a DS18B20 on ConfigurableFirmata, or another driver';

/** A thermometer at a pin. What the probe cannot say, or says of no water (85 C, 4095 C), is no reading. */
export function thermometerDevice(
  role: Role,
  self: Pin & { readonly use: Extract<FirmataUse, { as: 'thermometer' }> },
): Device<PinState> {
  const declaration: DeviceDeclaration =
    self.use.sensor === 'DS18B20'
      ? plainDeclaration(SAMPLE_MS)
      : { ...plainDeclaration(SAMPLE_MS), shownOnly: SHOWN_ONLY };
  return {
    id: self.id,
    role,
    driver: 'firmata',
    declaration,
    topics: topicsOf(self),
    init: () => stepTo(AWAY),
    step: (state, input, atMs) => {
      const next = thermometerStep(self, state, input, atMs);
      return { ...next, nextDeadlineMs: next.state.aliveMs };
    },
  };
}

function thermometerStep(
  self: Pin & { readonly use: { readonly address: string | null } },
  before: PinState,
  input: DriverInput,
  atMs: number,
): DriverStep<PinState> {
  const { state, out, faults, message } = hear(self, before, input, atMs);
  // Another probe on the same wire has the same pin.
  if (message === null || !('celsius' in message) || message.address !== self.use.address)
    return stepTo(state, { out, faults });
  const valueC = message.celsius === null ? null : plausibleC(message.celsius);
  const readings = [
    { kind: 'temperature', device: self.id, valueC, takenAtMs: atMs - message.ageMs } as const,
  ];
  return stepTo(state, { out, faults, readings });
}
