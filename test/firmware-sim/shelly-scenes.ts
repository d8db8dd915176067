import { ShellyGen1 } from '../../firmware-sim/gadgets/shelly-gen1.ts';
import { Shelly } from '../../firmware-sim/gadgets/shelly.ts';
import type { Press } from '../../firmware-sim/gadgets/ports.ts';
import type { Act, Scene, Stage } from './scene.ts';
import { createWorld } from './support.ts';

const config = (id: number, values: object) => ({
  method: 'Switch.SetConfig',
  params: { id, config: values },
});
const SAFE = { in_mode: 'detached', initial_state: 'off', auto_off: true, auto_off_delay: 45 };
const BUTTON = { method: 'Input.SetConfig', params: { id: 0, config: { type: 'button' } } };

/** A box with two switches, an add-on with a probe and an input, a minute after its power-up. */
function shelly(
  options: {
    readonly factory?: true;
    readonly rocker?: true;
    readonly waterC?: number;
    readonly met?: true;
  } = {},
): () => Stage {
  return () => {
    const world = createWorld();
    let { waterC = 20 } = options;
    const switches = options.factory ? [] : [config(0, SAFE), config(1, SAFE)];
    const gadget = new Shelly({
      clock: world.clock,
      seed: 1,
      connect: world.broker.connect,
      mac: '90150689487C',
      prefix: 'bath-valves',
      switches: [0, 1].map(() => ({ set: () => undefined })),
      probes: new Map([[100, { read: () => waterC }]]),
      inputs: [0],
      commissioned: [...switches, ...(options.rocker ? [] : [BUTTON])],
    });
    world.wait(60_500);
    if (options.met)
      for (const id of [0, 1]) {
        world.say(
          'bath-valves/rpc',
          JSON.stringify({ id: 0, method: 'Switch.Set', params: { id, on: false } }),
        );
        world.wait(500);
      }
    const press = (how: Press): void => {
      gadget.press(0, how);
    };
    const water = (valueC: number): void => {
      waterC = valueC;
    };
    const heat = (): void => {
      gadget.fail(0, ['overtemp']);
    };
    return { ...world, gadget, press, water, heat };
  };
}

function first(part: 'input' | 'relay'): () => Stage {
  return () => {
    const world = createWorld();
    const gadget = new ShellyGen1({
      clock: world.clock,
      seed: 1,
      connect: world.broker.connect,
      prefix: 'shellies/bath-button',
      relays: part === 'relay' ? [{ set: () => undefined }] : [],
      inputs: part === 'input' ? [0] : [],
    });
    world.wait(5_000);
    const press = (how: Press): void => {
      gadget.press(0, how);
    };
    return { ...world, gadget, press, water: () => undefined };
  };
}

const press = (how: Press): Act => {
  return (stage) => {
    stage.press(how);
  };
};
/** Its keep-alive is a minute, and a broker gives up after one and a half. */
const lose: Act = ({ gadget, wait }) => {
  gadget.disconnect();
  wait(60_000);
};
const find: Act = ({ gadget }) => {
  gadget.reconnect();
};
const restart: Act = ({ gadget }) => {
  gadget.reboot();
};
const heat: Act = (stage) => {
  stage.heat?.();
};
const NO_TEMPERATURE = {
  lines: /events\/rpc .*"temperature:100"/,
  why: 'the probe tells by itself; who opens a valve does not look at it',
};
const water = (valueC: number): Act => {
  return (stage) => {
    stage.water(valueC);
  };
};

const scene = (more: Partial<Scene> = {}): Scene => ({
  stage: shelly({ met: true }),
  besides: NO_TEMPERATURE,
  ...more,
});

export const SHELLY_SCENES: Readonly<Record<string, Scene>> = {
  'shelly/greeting': scene({ stage: shelly() }),
  'shelly/commissioning': scene({ stage: shelly({ factory: true }) }),
  'shelly/open-30s': scene(),
  'shelly/open-2500ms': scene(),
  'shelly/renewal': scene(),
  'shelly/close': scene(),
  'shelly/deadline': scene(),
  'shelly/second-switch': scene(),
  'shelly/offline': scene({ before: { 0: lose, 5: find } }),
  'shelly/reboot': scene({ before: { 5: restart } }),
  'shelly/no-such-switch': scene(),
  'shelly/overtemp': scene({ before: { 5: heat } }),
  'shelly/sensor': { stage: shelly({ waterC: 38.1 }), before: { 4: water(39) } },
  'shelly/sensor-lost': { stage: shelly({ waterC: NaN }), cut: true },
  'shelly/no-such-sensor': scene(),
  'shelly/button': scene({ before: { 4: press({ times: 1 }), 7: press({ holdMs: 2_500 }) } }),
  'shelly/switch-input': scene({
    stage: shelly({ rocker: true }),
    before: { 4: press({ times: 1 }), 5: press({ times: 1 }) },
  }),
  'shelly/light': scene({ stage: shelly({ met: true, factory: true }) }),
  'shelly/buzzer': scene(),
  'shelly/gen1-button': { stage: first('input'), before: { 2: press({ times: 1 }), 4: press({ times: 1 }) } },
  'shelly/gen1-light': { stage: first('relay') },
};

export const SHELLY_NOT_MODELLED: Readonly<Record<string, Scene & { readonly why: string }>> = {
  'shelly/no-toggle-after': {
    ...scene(),
    why: 'a firmware that ignores toggle_after: the gadget knows it, and the driver refuses one that does not',
  },
};
