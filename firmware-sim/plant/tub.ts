/** The bathroom, degrees Celsius. */
const ROOM_C = 22;
/** What the surface and the walls of a full basin give to the room, evaporation included, watts a kelvin. */
const ROOM_W_PER_K = 3;
/** The skin of feet, degrees Celsius, and what two feet take from the water, or give to it, watts a kelvin. */
const SKIN_C = 32;
const FEET_W_PER_K = 10;
/** Heats a litre of water by a kelvin, joules. */
const J_PER_LITRE_K = 4_186;
/** The same exchanges as a flow of water at the other temperature, litres a minute. */
const ROOM_LPM = (ROOM_W_PER_K / J_PER_LITRE_K) * 60;
const FEET_LPM = (FEET_W_PER_K / J_PER_LITRE_K) * 60;
/** Less than this is a film on the floor: it has no temperature of its own, and the thermometer hangs in the air. */
const FILM_L = 0.05;
/** Beyond this share of its volume a tub runs over. */
const RIM = 1.5;
/** Steps in which the thermometer follows water that changes meanwhile, milliseconds. */
const STEP_MS = 500;
const MINUTE_MS = 60_000;

/** What comes in and goes out, litres a minute, and what a heater gives to the water, watts. */
export interface Flows {
  readonly inLpm: number;
  readonly inC: number;
  readonly outLpm: number;
  readonly heatW: number;
}

/**
 * One basin, well mixed: what is in it, how warm it is, and the thermometer in it. Volume and temperature are solved
 * exactly while the flows stay as they are.
 */
export class Tub {
  readonly volumeL: number;
  readonly #probeTauMs: number;
  #litres = 0;
  #waterC = ROOM_C;
  #probeC = ROOM_C;
  #spilledL = 0;
  feetIn = false;

  constructor(volumeL: number, probeTauMs: number) {
    this.volumeL = volumeL;
    this.#probeTauMs = probeTauMs;
  }

  get litres(): number {
    return this.#litres;
  }

  /** The water in it; the room's air where there is none. */
  get waterC(): number {
    return this.#litres > FILM_L ? this.#waterC : ROOM_C;
  }

  /** The thermometer in it, without noise. */
  get probeC(): number {
    return this.#probeC;
  }

  /** What has run over the rim, litres. */
  get spilledL(): number {
    return this.#spilledL;
  }

  /** How long until it is empty, at these flows, milliseconds: there the flows change by themselves. */
  emptyAfterMs({ inLpm, outLpm }: Pick<Flows, 'inLpm' | 'outLpm'>): number {
    return outLpm > inLpm && this.#litres > 0 ? (this.#litres / (outLpm - inLpm)) * MINUTE_MS : Infinity;
  }

  advance(dtMs: number, flows: Flows): void {
    for (let leftMs = dtMs; leftMs > 0; leftMs -= STEP_MS) this.#step(Math.min(leftMs, STEP_MS), flows);
  }

  #step(dtMs: number, { inLpm, inC, outLpm, heatW }: Flows): void {
    const before = this.waterC;
    const minutes = dtMs / MINUTE_MS;
    const startL = Math.max(this.#litres, FILM_L);
    const outL = this.#litres > 0 || inLpm > 0 ? outLpm : 0;
    const endL = Math.max(0, this.#litres + (inLpm - outL) * minutes);
    this.#waterC = this.#mixed({ startL, changeLpm: inLpm - outL, minutes, inLpm, inC, heatW });
    const rimL = RIM * this.volumeL;
    this.#spilledL += Math.max(0, endL - rimL);
    this.#litres = Math.min(endL, rimL);
    const keep = Math.exp(-dtMs / this.#probeTauMs);
    const around = (before + this.waterC) / 2;
    this.#probeC = around + (this.#probeC - around) * keep;
  }

  /** dT/dt = (sum of each exchange times its distance) / volume, with a volume that grows or shrinks evenly. */
  #mixed(step: {
    startL: number;
    changeLpm: number;
    minutes: number;
    inLpm: number;
    inC: number;
    heatW: number;
  }): number {
    const room = ROOM_LPM;
    const feet = this.feetIn ? FEET_LPM : 0;
    const { startL, changeLpm, minutes, inLpm, inC, heatW } = step;
    const sum = inLpm + room + feet;
    const towardsC = (inLpm * inC + room * ROOM_C + feet * SKIN_C + (heatW / J_PER_LITRE_K) * 60) / sum;
    const endL = Math.max(FILM_L, startL + changeLpm * minutes);
    const kept =
      Math.abs(changeLpm) < 1e-6
        ? Math.exp((-sum * minutes) / startL)
        : Math.pow(endL / startL, -sum / changeLpm);
    return towardsC + (this.#waterC - towardsC) * kept;
  }
}
