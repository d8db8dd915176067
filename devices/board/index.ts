import { z } from 'zod';
import type { Driver, Role } from '../../src/model/device.ts';
import { SHORTEST } from '../ports.ts';
import { refusal } from '../support.ts';
import { buttonDevice } from './button.ts';
import { buzzerDevice, lightDevice } from './cues.ts';
import { thermometerDevice } from './thermometer.ts';
import { valveDevice } from './valve.ts';

const PARTS = ['valve', 'temperature', 'light', 'buzzer', 'button'] as const;

const only = z.literal(1);
const optionsSchema = z
  .strictObject({
    port: z
      .string()
      .regex(
        /^(\/[A-Za-z0-9_.:@+=,~-]+)+$|^COM[1-9]\d{0,2}$|^mqtt:(?!ebb(\/|$))[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)*$/,
        'the path of a serial port, best its name under /dev/serial/by-id, which stays when others are plugged in; or mqtt: and the topic of a bridge that has the board on another computer (docs/node-red.md)',
      )
      .regex(SHORTEST.pattern, SHORTEST.message)
      .max(200)
      .describe(
        'the serial port, best /dev/serial/by-id/...; or `mqtt:serial/bath`, a bridge on another computer',
      ),
    valve: z
      .int()
      .min(1)
      .max(4)
      .optional()
      .describe('an output: 1 is hot and 2 is cold, 3 and 4 are a master, a drain or a heater'),
    temperature: z.int().min(1).max(2).optional().describe('1 is the thermistor, 2 the DS18B20'),
    light: only.optional().describe('the light'),
    buzzer: only.optional().describe('the buzzer'),
    button: only.optional().describe('the button'),
    tone: z
      .int()
      .min(100)
      .max(10_000)
      .optional()
      .describe('Hz, of a buzzer without a tone of its own; left out: it is switched'),
  })
  .superRefine((options, ctx) => {
    const given = PARTS.filter((part) => options[part] !== undefined);
    if (given.length !== 1) {
      const found = given.length === 0 ? 'none is given' : `${given.join(' and ')} are given`;
      ctx.addIssue({
        code: 'custom',
        message: `a device is exactly one part (${PARTS.join(', ')}); ${found}`,
      });
    } else if (options.tone !== undefined && options.buzzer === undefined) {
      ctx.addIssue({ code: 'custom', path: ['tone'], message: '`tone:` is of a buzzer' });
    }
  });

export type BoardOptions = z.output<typeof optionsSchema>;

/** What the firmware knows of its outputs: hot is cut by heat and both by their caps, and never open together. */
const OUTPUTS: Readonly<Partial<Record<Role, readonly number[]>>> = {
  hot: [1],
  cold: [2],
  master: [3, 4],
  drain: [3, 4],
  heater: [3, 4],
};

/** The valve board of docs/board.md, over its line protocol. */
export const board: Driver<BoardOptions> = {
  name: 'board',
  options: optionsSchema,
  refuses: (options, role) => {
    const part = PARTS.find((name) => options[name] !== undefined) ?? 'light';
    const outputs = OUTPUTS[role];
    if (options.valve !== undefined && outputs !== undefined && !outputs.includes(options.valve)) {
      return `the board's firmware guards ${role} at \`valve: ${outputs.join('` or `')}\` only, where docs/board.md wires it`;
    }
    return refusal('board', role, part, {
      hot: 'valve',
      cold: 'valve',
      master: 'valve',
      drain: 'valve',
      heater: 'valve',
      thermometer: 'temperature',
      light: 'light',
      buzzer: 'buzzer',
      button: 'button',
      stop: 'button',
    });
  },
  create: (id, role, options, travelMs) => {
    const { port, valve, temperature, tone = 0 } = options;
    if (valve !== undefined) return valveDevice(id, role, port, valve, travelMs);
    if (temperature !== undefined) return thermometerDevice(id, role, port, temperature);
    if (options.buzzer !== undefined) return buzzerDevice(id, role, port, tone);
    if (options.button !== undefined) return buttonDevice(id, role, port);
    return lightDevice(id, role, port);
  },
};
