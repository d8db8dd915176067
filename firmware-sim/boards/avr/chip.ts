import {
  ADCMuxInputType,
  AVRADC,
  AVRClock,
  AVREEPROM,
  AVRIOPort,
  AVRTimer,
  AVRUSART,
  AVRWatchdog,
  CPU,
  EEPROMMemoryBackend,
  PinState,
  adcConfig,
  avrInstruction,
  clockConfig,
  portBConfig,
  portCConfig,
  portDConfig,
  timer0Config,
  timer1Config,
  timer2Config,
  usart0Config,
  watchdogConfig,
} from 'avr8js';
import { Timers } from '../../../src/clock/timers.ts';
import {
  countToMatch,
  cureAdcFlag,
  cureControlWrites,
  cureDataRegisterEmpty,
  cureReceiveBuffer,
} from './cures.ts';

export const CYCLES_PER_MS = 16_000;
const SRAM_FROM = 0x100;
const SRAM_BYTES = 0x800;
const SLEEP = 0x9588;
const SMCR = 0x53;
const SLEEP_ENABLE = 0x01;
const { MCUSR, WDTCSR } = watchdogConfig;
const EEPROM_BYTES = 1024;

export type ResetCause = 'power' | 'external' | 'watchdog';
const CAUSE_FLAG = { power: 0x01, external: 0x02, watchdog: 0x08 } as const;

/** What the chip's legs are soldered to. Ports by letter, bits 0 to 7. */
export interface Legs {
  /** An output, or what was one, has changed: which bits are driven high now. */
  driven(port: 'B' | 'D', high: number, pulledLow: number): void;
  /** The voltage at an analog input, of 5. */
  volts(channel: number): number;
  /** A byte leaves; it is on the wire for so many cycles from now on. */
  transmitted(byte: number, cycles: number): void;
  /** A byte of noise, for memory that was without power. */
  noise(): number;
}

/**
 * An ATmega328P at 16 MHz: avr8js with its cures, with sleep that skips to the next event, and with resets that put every
 * register back as the silicon does. A reset makes a new CPU and keeps what survives one: RAM, EEPROM, the time.
 */
export class Chip {
  readonly #flash: Uint16Array;
  readonly #legs: Legs;
  readonly #coarse: boolean;
  readonly #eeprom = new EEPROMMemoryBackend(EEPROM_BYTES);
  /** What happens outside at a cycle: it does not stop when the chip resets. */
  readonly #outside = new Timers();
  #cpu: CPU;
  #portB: AVRIOPort;
  #portD: AVRIOPort;
  #receive: (byte: number) => void = () => undefined;
  #inputs = { B: 0xff, D: 0xff };
  #asleep = false;
  #frozen = false;
  #restart: ResetCause | null = null;
  #sleptCycles = 0;
  #nextOutside = Infinity;
  resets = 0;

  /** `coarse: false` counts every count of a timer, as avr8js does by itself: slower, and to the same effect. */
  constructor(flash: Uint16Array, legs: Legs, coarse = true) {
    this.#flash = flash;
    this.#legs = legs;
    this.#coarse = coarse;
    [this.#cpu, this.#portB, this.#portD] = this.#begin('power', null);
  }

  get cycles(): number {
    return this.#cpu.cycles;
  }

  /** Cycles that were skipped since the chip slept. */
  get sleptCycles(): number {
    return this.#sleptCycles;
  }

  /** Registers, I/O and RAM, by address, for those who break it on purpose. */
  get data(): Uint8Array {
    return this.#cpu.data;
  }

  /** In the middle of nothing: it waits for an interrupt. */
  get asleep(): boolean {
    return this.#asleep;
  }

  get stackPointer(): number {
    return this.#cpu.SP;
  }

  write(address: number, value: number): void {
    this.#cpu.writeData(address, value);
  }

  flipProgramCounter(bit: number): void {
    this.#cpu.pc = (this.#cpu.pc ^ (1 << bit)) & 0x3fff;
  }

  /** The CPU runs no instruction any more and hears no interrupt, until it is reset. */
  freeze(): void {
    this.#frozen = true;
  }

  /** Drives an input from outside. */
  drive(port: 'B' | 'D', bit: number, high: boolean): void {
    const mask = 1 << bit;
    this.#inputs[port] = high ? this.#inputs[port] | mask : this.#inputs[port] & ~mask;
    (port === 'B' ? this.#portB : this.#portD).setPin(bit, high);
  }

  /** Something outside happens at a cycle. */
  at(cycle: number, callback: () => void): void {
    this.#outside.add(Math.max(cycle, this.cycles), 'outside', callback);
    this.#nextOutside = this.#outside.first()?.atMs ?? Infinity;
  }

  /** A byte arrives, its stop bit just now. */
  receive(byte: number): void {
    this.#receive(byte);
  }

  reset(cause: ResetCause): void {
    this.resets += 1;
    this.#restart = null;
    this.#asleep = false;
    this.#frozen = false;
    [this.#cpu, this.#portB, this.#portD] = this.#begin(cause, this.#cpu);
    this.#tell('B', this.#portB);
    this.#tell('D', this.#portD);
  }

  /** Runs until a cycle is reached; an instruction under way is finished. */
  run(untilCycle: number): void {
    while (this.cycles < untilCycle) {
      // What the CPU does may bring the next event outside forward, so it is asked for each time.
      this.#step(Math.min(untilCycle, this.#nextOutside));
      if (this.#nextOutside > this.cycles) continue;
      this.#outside.take()?.callback();
      this.#nextOutside = this.#outside.first()?.atMs ?? Infinity;
    }
  }

  /** One instruction, or sleep until something happens. */
  #step(until: number): void {
    const cpu = this.#cpu;
    if (cpu.cycles < until) {
      if (this.#frozen) this.#skip(cpu, until, false);
      else if (this.#asleep) this.#sleep(cpu, until);
      else {
        this.#asleep =
          cpu.progMem[cpu.pc] === SLEEP && ((cpu.data[SMCR] ?? 0) & SLEEP_ENABLE) === SLEEP_ENABLE;
        avrInstruction(cpu);
        cpu.tick();
        // An interrupt that came with it is served at once.
        if (this.#asleep && !cpu.interruptsEnabled) this.#asleep = false;
      }
      if (this.#restart !== null) this.reset(this.#restart);
    }
  }

  #sleep(cpu: CPU, until: number): void {
    const { pc } = cpu;
    this.#skip(cpu, until, true);
    if (cpu.pc !== pc) this.#asleep = false;
  }

  /** To the next event of the chip, or to `until`. */
  #skip(cpu: CPU, until: number, interrupts: boolean): void {
    const from = cpu.cycles;
    // What came from outside while it slept wakes it now, not at its next event.
    const woken = interrupts && cpu.interruptsEnabled && cpu.nextInterrupt >= 0;
    if (!woken) cpu.cycles = Math.max(from, Math.min(until, nextEvent(cpu)));
    this.#sleptCycles += cpu.cycles - from;
    const status = cpu.data[95] ?? 0;
    if (!interrupts) cpu.data[95] = status & 0x7f;
    cpu.tick();
  }

  #tell(name: 'B' | 'D', port: AVRIOPort): void {
    const { DDR, PORT } = port.portConfig;
    const direction = this.#cpu.data[DDR] ?? 0;
    let high = 0;
    for (let bit = 0; bit < 8; bit += 1) if (driven(port, bit)) high |= 1 << bit;
    this.#legs.driven(name, high, direction & ~(this.#cpu.data[PORT] ?? 0));
  }

  #begin(cause: ResetCause, before: CPU | null): [CPU, AVRIOPort, AVRIOPort] {
    const cpu = new CPU(this.#flash, SRAM_BYTES);
    if (before !== null && cause !== 'power') {
      cpu.data.set(before.data.subarray(SRAM_FROM), SRAM_FROM);
    } else {
      for (let at = SRAM_FROM; at < SRAM_FROM + SRAM_BYTES; at += 1) cpu.data[at] = this.#legs.noise();
    }
    cpu.cycles = before?.cycles ?? 0;
    const clock = new AVRClock(cpu, CYCLES_PER_MS * 1000, clockConfig);
    const ports = [portBConfig, portCConfig, portDConfig].map((config) => new AVRIOPort(cpu, config));
    const [portB, , portD] = ports;
    if (portB === undefined || portD === undefined) throw new Error('a chip without ports');
    this.#peripherals(cpu, clock);
    for (const [name, port] of [
      ['B', portB],
      ['D', portD],
    ] as const) {
      for (let bit = 0; bit < 8; bit += 1) port.setPin(bit, (this.#inputs[name] & (1 << bit)) !== 0);
      port.addListener(() => {
        if (this.#cpu === cpu) this.#tell(name, port);
      });
    }
    cpu.data[MCUSR] = CAUSE_FLAG[cause] | (cause === 'power' ? 0 : (before?.data[MCUSR] ?? 0));
    // 10.9: after its own reset the watchdog runs on, with its shortest time.
    if (cause === 'watchdog') for (const value of [0x18, 0x08]) cpu.writeData(WDTCSR, value);
    // avr8js resets CPU and interrupts only; the rest is done here.
    cpu.reset = () => {
      this.#restart = 'watchdog';
    };
    return [cpu, portB, portD];
  }

  #peripherals(cpu: CPU, clock: AVRClock): void {
    const timers = [timer0Config, timer1Config, timer2Config].map((config) => new AVRTimer(cpu, config));
    if (this.#coarse) countToMatch(cpu, timers);
    new AVRWatchdog(cpu, watchdogConfig, clock);
    new AVREEPROM(cpu, this.#eeprom);
    const adc = new AVRADC(cpu, adcConfig);
    adc.onADCRead = (input) => {
      const volts = input.type === ADCMuxInputType.SingleEnded ? this.#legs.volts(input.channel) : 0;
      const counts = Math.min(1023, Math.max(0, Math.floor((volts / 5) * 1024)));
      cpu.addClockEvent(() => {
        adc.completeADCRead(counts);
      }, adc.sampleCycles);
    };
    cureAdcFlag(cpu);
    const usart = new AVRUSART(cpu, usart0Config, CYCLES_PER_MS * 1000);
    cureDataRegisterEmpty(usart);
    cureControlWrites(cpu, usart);
    this.#receive = cureReceiveBuffer(cpu, usart);
    usart.onByteTransmit = (byte) => {
      this.#legs.transmitted(byte, (CYCLES_PER_MS * 10_000) / usart.baudRate);
    };
  }
}

/** avr8js keeps it private; nothing else tells when the next event is due. */
function nextEvent(cpu: CPU): number {
  const { nextClockEvent } = cpu as unknown as { nextClockEvent: { cycles: number } | null };
  return nextClockEvent?.cycles ?? Infinity;
}

function driven(port: AVRIOPort, bit: number): boolean {
  return port.pinState(bit) === PinState.High;
}
