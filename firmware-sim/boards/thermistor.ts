const KELVIN = 273.15;
/** 10k at 25 C, B 3950, to 5 V; 10k to ground. */
const OHMS_25 = 10_000;
const BETA = 3_950;
const OHMS_BELOW = 10_000;

/** The resistance of the thermistor; one that is cut has no end of it, one that is shorted none. */
export function thermistorOhms(tempC: number): number {
  if (Number.isNaN(tempC)) return Infinity;
  if (tempC === Infinity) return 0;
  return OHMS_25 * Math.exp(BETA * (1 / (tempC + KELVIN) - 1 / (25 + KELVIN)));
}

/** The voltage at A0. */
export const thermistorVolts = (tempC: number): number =>
  (5 * OHMS_BELOW) / (OHMS_BELOW + thermistorOhms(tempC));

/** The other way round: what a voltage at A0 stands for, degrees Celsius. */
export function thermistorCelsius(volts: number): number {
  const ohms = (OHMS_BELOW * (5 - volts)) / volts;
  return 1 / (Math.log(ohms / OHMS_25) / BETA + 1 / (25 + KELVIN)) - KELVIN;
}
