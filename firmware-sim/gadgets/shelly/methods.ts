import type { InputConfig, Inputs } from './inputs.ts';
import type { Probes } from './probes.ts';
import {
  booleanIn,
  changed,
  noHandler,
  notFound,
  numberIn,
  optionalNumberIn,
  RpcError,
  type Request,
} from './rpc.ts';
import type { SwitchConfig, Switches } from './switches.ts';

export type Result = Readonly<Record<string, unknown>>;

/** What the methods reach. */
export interface Box {
  readonly switches: Switches;
  readonly inputs: Inputs;
  readonly probes: Probes;
  readonly info: () => Result;
  readonly sys: () => Result;
  /** A component has new settings. */
  readonly configured: (component: string, id: number) => void;
}

/** Carries a request out: the `result` or the `error` of its reply. */
export function outcomeOf(box: Box, request: Request): Result {
  try {
    return { result: call(box, request) };
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    return { error: { code: error.code, message: error.message } };
  }
}

function call(box: Box, { method, params }: Request): Result {
  switch (method) {
    case 'Shelly.GetDeviceInfo':
      return box.info();
    case 'Shelly.GetStatus':
      return everything(box);
    case 'Sys.GetStatus':
      return box.sys();
    case 'Switch.Set': {
      const { id } = switchOf(box, params);
      const [on, afterS] = [booleanIn(params, 'on'), optionalNumberIn(params, 'toggle_after')];
      return { was_on: box.switches.set(id, on, afterS, 'MQTT') };
    }
    case 'Switch.GetStatus':
      return box.switches.status(switchOf(box, params).id);
    case 'Switch.GetConfig':
      return { ...switchOf(box, params) };
    case 'Switch.SetConfig': {
      const config = switchOf(box, params);
      box.switches.configure(config.id, changed(config, params));
      return configured(box, `switch:${config.id}`, config.id);
    }
    case 'Temperature.GetStatus': {
      const id = numberIn(params, 'id');
      if (!box.probes.has(id)) throw notFound(id);
      return box.probes.status(id);
    }
    case 'Input.GetStatus':
      return box.inputs.status(inputOf(box, params).id);
    case 'Input.GetConfig':
      return { ...inputOf(box, params) };
    case 'Input.SetConfig': {
      const config = inputOf(box, params);
      box.inputs.configure(config.id, changed(config, params));
      return configured(box, `input:${config.id}`, config.id);
    }
    default:
      throw noHandler(method);
  }
}

/** The status of each component, under its key. */
function everything({ switches, inputs, probes, sys }: Box): Result {
  const ids = Array.from({ length: 256 }, (_, id) => id);
  const of = (kind: string, has: (id: number) => boolean, status: (id: number) => Result) =>
    ids.filter(has).map((id) => [`${kind}:${id}`, status(id)] as const);
  return {
    ...Object.fromEntries(
      of(
        'input',
        (id) => inputs.config(id) !== null,
        (id) => inputs.status(id),
      ),
    ),
    ...Object.fromEntries(
      of(
        'switch',
        (id) => switches.has(id),
        (id) => switches.status(id),
      ),
    ),
    ...Object.fromEntries(
      of(
        'temperature',
        (id) => probes.has(id),
        (id) => probes.status(id),
      ),
    ),
    mqtt: { connected: true },
    sys: sys(),
  };
}

function configured(box: Box, component: string, id: number): Result {
  box.configured(component, id);
  return { restart_required: false };
}

function switchOf({ switches }: Box, params: Request['params']): SwitchConfig {
  const id = numberIn(params, 'id');
  const config = switches.config(id);
  if (config === null) throw notFound(id);
  return config;
}

function inputOf({ inputs }: Box, params: Request['params']): InputConfig {
  const id = numberIn(params, 'id');
  const config = inputs.config(id);
  if (config === null) throw notFound(id);
  return config;
}
