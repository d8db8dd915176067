import type { AVRTimer, AVRUSART, CPU } from 'avr8js';
import { adcConfig, timer0Config, usart0Config } from 'avr8js';

/**
 * What avr8js 0.21.1 does other than the chip, put right. Each fault has a test that shows it without its cure
 * (test/firmware-sim/boards/cures.test.ts), so that a release that mends one tells so. References are to the data sheet
 * of the ATmega328P (DS40002061).
 */
const { UCSRA, UCSRB, UDR } = usart0Config;
const RXC = 0x80;
const UDRE = 0x20;
const DOR = 0x08;
const ADIF = 0x10;

interface Interrupt {
  constant?: boolean;
}

/** Fields that avr8js declares private, by the names it gives them; a release that renames them fails the tests. */
interface UsartInside {
  readonly UDRE: Interrupt;
  readonly RXC: Parameters<CPU['setInterruptFlag']>[0];
  rxByte: number;
}

interface TimerInside {
  readonly count: () => void;
  readonly divider: number;
  readonly tcnt: number;
  readonly TOP: number;
  readonly MAX: number;
  readonly ocrA: number;
  readonly ocrB: number;
  readonly WGM: number;
  readonly tcntUpdated: boolean;
  readonly updateDivider: boolean;
}

/** TypeScript's `private` does not exist at run time; there is no schema for somebody else's object. */
const usartInside = (usart: AVRUSART): UsartInside => usart as unknown as UsartInside;
const timerInside = (timer: AVRTimer): TimerInside => timer as unknown as TimerInside;

/** 20.11.2: UDRE is a level, not an event: its interrupt comes again while the register is empty. */
export function cureDataRegisterEmpty(usart: AVRUSART): void {
  usartInside(usart).UDRE.constant = true;
}

/** 20.11: writing UCSRA or UCSRB leaves a byte that was received where it is. */
export function cureControlWrites(cpu: CPU, usart: AVRUSART): void {
  const { RXC: received } = usartInside(usart);
  for (const register of [UCSRA, UCSRB]) {
    const original = cpu.writeHooks[register];
    if (original === undefined) continue;
    cpu.writeHooks[register] = (value, old, address, mask) => {
      const flags = (cpu.data[UCSRA] ?? 0) & (RXC | UDRE);
      const done = original(value, old, address, mask);
      cpu.data[UCSRA] = (cpu.data[UCSRA] ?? 0) | flags;
      if (flags & RXC) cpu.setInterruptFlag(received);
      return done;
    };
  }
}

/** 20.7.1: the receiver holds two bytes; a third is lost, and DOR tells it until the next read. */
export function cureReceiveBuffer(cpu: CPU, usart: AVRUSART): (byte: number) => void {
  const { RXC: received } = usartInside(usart);
  const held: number[] = [];
  const original = cpu.readHooks[UDR];
  if (original !== undefined) {
    cpu.readHooks[UDR] = (address) => {
      const byte = original(address);
      cpu.data[UCSRA] = (cpu.data[UCSRA] ?? 0) & ~DOR;
      const next = held.shift();
      if (next !== undefined) {
        usartInside(usart).rxByte = next;
        cpu.setInterruptFlag(received);
      }
      return byte;
    };
  }
  return (byte) => {
    if (((cpu.data[UCSRA] ?? 0) & RXC) === 0) usart.writeByte(byte, true);
    else if (held.length === 0) held.push(byte);
    else cpu.data[UCSRA] = (cpu.data[UCSRA] ?? 0) | DOR;
  };
}

/** 24.9.2: ADIF is cleared by writing a one, and stays when a zero is written. */
export function cureAdcFlag(cpu: CPU): void {
  const { ADCSRA } = adcConfig;
  const original = cpu.writeHooks[ADCSRA];
  if (original === undefined) return;
  cpu.writeHooks[ADCSRA] = (value, old, address, mask) => {
    const flag = value & ADIF ? 0 : old & ADIF;
    const written = (value & ~ADIF) | flag;
    const done = original(written, old, address, mask);
    // The hook leaves an ordinary write to the CPU, which would write what it was given.
    if (done !== true) cpu.data[ADCSRA] = written;
    return true;
  };
}

/**
 * No fault, but slow: avr8js wakes for every count of a timer. In the mode "clear on compare match" without a compare
 * that moves, nothing happens before the next match; the counter is right whenever it is read, since it is worked out
 * from the cycles that passed.
 */
export function countToMatch(cpu: CPU, timers: readonly AVRTimer[]): void {
  const CTC = [2, 4];
  const original = cpu.addClockEvent.bind(cpu);
  const ours = new Map(timers.map((timer) => [timerInside(timer).count, timerInside(timer)]));
  cpu.addClockEvent = (callback, cycles) => {
    const timer = ours.get(callback);
    const waits = timer !== undefined && !timer.tcntUpdated && !timer.updateDivider && timer.divider > 0;
    if (!waits || !CTC.includes(timer.WGM)) return original(callback, cycles);
    const counts = [timer.ocrA, timer.ocrB, timer.TOP + 1, timer.MAX]
      .map((at) => at - timer.tcnt)
      .filter((count) => count > 0);
    const more = counts.length === 0 ? 0 : Math.min(...counts) - 1;
    return original(callback, cycles + more * timer.divider);
  };
}

/** Where the millisecond's interrupt is switched on: what a dead timer has lost. */
export const TIMER_0_INTERRUPTS = timer0Config.TIMSK;
