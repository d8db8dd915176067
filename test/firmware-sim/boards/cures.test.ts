import {
  AVRADC,
  AVRIOPort,
  AVRTimer,
  AVRUSART,
  CPU,
  adcConfig,
  avrInstruction,
  portDConfig,
  timer0Config,
  usart0Config,
} from 'avr8js';
import { describe, expect, it } from 'vitest';
import { CYCLES_PER_MS, Chip, type Legs } from '../../../firmware-sim/boards/avr/chip.ts';
import {
  countToMatch,
  cureAdcFlag,
  cureControlWrites,
  cureDataRegisterEmpty,
  cureReceiveBuffer,
} from '../../../firmware-sim/boards/avr/cures.ts';
import { flashOf } from '../../../firmware-sim/boards/avr/hex.ts';
import { AvrBoard } from '../../../firmware-sim/boards/avr/index.ts';
import { VirtualClock } from '../../../src/clock/virtual.ts';
import { Random } from '../../../src/random/random.ts';
import { HEX, TestRig } from './body.ts';
import { bytesOf, framed } from './talk.ts';

/*
 * Each fault of avr8js 0.21.1 that matters here, shown without its cure and with it. If a line "without" fails, a release
 * has mended the fault: take the cure out. If a line "with" fails, a correct firmware looks broken, or a broken one right.
 */

const { UCSRA, UCSRB, UDR } = usart0Config;
const RXC = 0x80;
const UDRE = 0x20;
const RXEN_TXEN = 0x18;
const RJMP_SELF = 0xcfff;
const SLEEP = 0x9588;

function usart(): { cpu: CPU; port: AVRUSART } {
  const cpu = new CPU(new Uint16Array(0x4000), 0x800);
  const port = new AVRUSART(cpu, usart0Config, 16e6);
  return { cpu, port };
}

const legs = (driven: Legs['driven'] = () => undefined): Legs => ({
  driven,
  volts: () => 2.5,
  transmitted: () => undefined,
  noise: () => 0,
});

const flags = (cpu: CPU): number => cpu.readData(UCSRA);

describe('the interrupt of the empty data register', () => {
  const entered = (cure: boolean): number => {
    const { cpu, port } = usart();
    if (cure) cureDataRegisterEmpty(port);
    cpu.writeData(UCSRB, RXEN_TXEN | UDRE);
    cpu.data[95] = 0x80;
    cpu.tick();
    return flags(cpu) & UDRE;
  };
  it('without: entering it fills the register that is empty', () => {
    expect(entered(false)).toBe(0);
  });
  it('with: it stays empty until something is written', () => {
    expect(entered(true)).toBe(UDRE);
  });
});

describe('a received byte that was not yet read', () => {
  const after = (cure: boolean, write: (cpu: CPU) => void): number => {
    const { cpu, port } = usart();
    if (cure) cureControlWrites(cpu, port);
    cpu.writeData(UCSRB, RXEN_TXEN);
    port.writeByte(0x41, true);
    write(cpu);
    return flags(cpu) & RXC;
  };
  it.each([
    [
      'UCSRB',
      (cpu: CPU) => {
        cpu.writeData(UCSRB, RXEN_TXEN | UDRE);
      },
    ],
    [
      'UCSRA',
      (cpu: CPU) => {
        cpu.writeData(UCSRA, 0x02);
      },
    ],
  ])('is lost by a write to %s without, and kept with', (_, write) => {
    expect([after(false, write), after(true, write)]).toEqual([0, RXC]);
  });
});

describe('two bytes that come before one is read', () => {
  it('without: the first is gone', () => {
    const { cpu, port } = usart();
    cpu.writeData(UCSRB, RXEN_TXEN);
    for (const byte of [1, 2]) port.writeByte(byte, true);
    expect(cpu.readData(UDR)).toBe(2);
    expect(flags(cpu) & RXC).toBe(0);
  });
  it('with: both are there, and a third is an overrun', () => {
    const { cpu, port } = usart();
    const receive = cureReceiveBuffer(cpu, port);
    cpu.writeData(UCSRB, RXEN_TXEN);
    for (const byte of [1, 2, 3]) receive(byte);
    expect(flags(cpu) & 0x08).toBe(0x08);
    expect([cpu.readData(UDR), cpu.readData(UDR)]).toEqual([1, 2]);
    expect(flags(cpu) & (RXC | 0x08)).toBe(0);
  });
});

describe('the flag of a finished conversion', () => {
  const ADIF = 0x10;
  const cleared = (cure: boolean): readonly number[] => {
    const cpu = new CPU(new Uint16Array(0x4000), 0x800);
    const adc = new AVRADC(cpu, adcConfig);
    if (cure) cureAdcFlag(cpu);
    const { ADCSRA } = adcConfig;
    cpu.writeData(ADCSRA, 0x80);
    adc.completeADCRead(100);
    cpu.writeData(ADCSRA, 0x80);
    const afterZero = cpu.readData(ADCSRA) & ADIF;
    adc.completeADCRead(100);
    cpu.writeData(ADCSRA, 0x80 | ADIF);
    return [afterZero, cpu.readData(ADCSRA) & ADIF];
  };
  it('without: a zero clears it and a one does not', () => {
    expect(cleared(false)).toEqual([0, ADIF]);
  });
  it('with: a one clears it and a zero does not', () => {
    expect(cleared(true)).toEqual([ADIF, 0]);
  });
});

describe('sleep', () => {
  it('without: it is an instruction that does nothing', () => {
    const cpu = new CPU(Uint16Array.of(SLEEP, 0), 0x800);
    cpu.data[0x53] = 1;
    avrInstruction(cpu);
    expect([cpu.pc, cpu.cycles]).toEqual([1, 1]);
  });
  it('with: the chip skips to the end of its time, nothing having happened', () => {
    // ldi r16,1; out SMCR,r16; sei; sleep; rjmp back to sleep
    const program = new Uint16Array(0x4000);
    program.set([0xe001, 0xbf03, 0x9478, SLEEP, 0xcffe]);
    const chip = new Chip(program, legs());
    chip.run(1_000_000);
    expect(chip.sleptCycles).toBeGreaterThan(999_000);
  });
});

describe('a reset', () => {
  const { PORT, DDR } = portDConfig;
  it('without: outputs stay as they were', () => {
    const cpu = new CPU(new Uint16Array(0x4000).fill(RJMP_SELF), 0x800);
    const port = new AVRIOPort(cpu, portDConfig);
    cpu.writeData(DDR, 0x10);
    cpu.writeData(PORT, 0x10);
    cpu.reset();
    expect(port.pinState(4)).toBe(1);
  });
  it('with: all are let go, RAM is kept, the cause is told', () => {
    let high = 0;
    const chip = new Chip(
      new Uint16Array(0x4000).fill(RJMP_SELF),
      legs((port, bits) => {
        if (port === 'D') high = bits;
      }),
    );
    chip.write(DDR, 0x10);
    chip.write(PORT, 0x10);
    chip.write(0x200, 0x5a);
    expect(high).toBe(0x10);
    chip.reset('external');
    expect([high, chip.data[DDR], chip.data[0x200], chip.data[0x54]]).toEqual([0, 0, 0x5a, 0x03]);
  });
  it('with: one by the watchdog leaves it running at 16 ms, as the silicon does', () => {
    const chip = new Chip(new Uint16Array(0x4000).fill(RJMP_SELF), legs());
    chip.reset('watchdog');
    chip.run(15 * CYCLES_PER_MS);
    expect(chip.resets).toBe(1);
    chip.run(17 * CYCLES_PER_MS);
    expect(chip.resets).toBe(2);
  });
});

describe('timers', () => {
  const events = (coarse: boolean): number => {
    const cpu = new CPU(new Uint16Array(0x4000), 0x800);
    const timer = new AVRTimer(cpu, timer0Config);
    let asked = 0;
    const count = cpu.addClockEvent.bind(cpu);
    cpu.addClockEvent = (callback, cycles) => {
      asked += 1;
      return count(callback, cycles);
    };
    if (coarse) countToMatch(cpu, [timer]);
    cpu.writeData(timer0Config.TCCRA, 0x02);
    cpu.writeData(timer0Config.OCRA, 249);
    cpu.writeData(timer0Config.TCCRB, 0x03);
    for (let cycle = 0; cycle < 32_000; cycle += 1) {
      cpu.cycles += 1;
      cpu.tick();
    }
    return asked;
  };
  it('without: one event for every count; with: for every match', () => {
    expect(events(false)).toBeGreaterThan(490);
    expect(events(true)).toBeLessThan(10);
  });

  it('with: every byte and every edge comes at the same cycle as without', () => {
    const record = (coarse: boolean): string[] => {
      const clock = new VirtualClock();
      const rig = new TestRig();
      const board = new AvrBoard({
        clock,
        hex: HEX,
        wiring: rig.wiring,
        random: new Random(1, 'same'),
        coarse,
      });
      const seen: string[] = [];
      board.onByte((byte, atMs) => seen.push(`${byte} ${atMs}`));
      board.onEdge((pin, high, atMs) => seen.push(`${pin} ${high} ${atMs}`));
      clock.runUntil(600);
      for (const [index, request] of [
        'OPEN 1 150',
        'BUZZ 2000 40 40 2',
        'TEMP',
        'LED 1 30 30 2 0',
        'STAT',
      ].entries()) {
        board.send(bytesOf(framed(`@${index} ${request}`)));
        clock.runUntil(clock.nowMs() + 45.3);
      }
      return seen;
    };
    const coarse = record(true);
    expect(coarse.length).toBeGreaterThan(300);
    expect(coarse).toEqual(record(false));
  });
});

describe('Intel hex', () => {
  it('is read, word by word', () => {
    expect([...flashOf(':0400000001020304F2\n:00000001FF\n').subarray(0, 3)]).toEqual([
      0x0201, 0x0403, 0xffff,
    ]);
  });
  it.each([
    [':0400000001020304F3', 'a wrong checksum'],
    [':04000000010203', 'too short'],
    ['04000000010203F2', 'no colon'],
    [':0480000001020304 72'.replace(' ', ''), 'an address outside the chip'],
    [':020000021000EC', 'a record of another kind'],
  ])('%s is refused: %s', (line) => {
    expect(() => flashOf(line)).toThrow();
  });
});
