import { z } from 'zod';

/** A request frame, as shelly-api-docs.shelly.cloud gen2 "RPC Protocol" has it. */
const requestSchema = z.object({
  id: z.union([z.number(), z.string()]),
  src: z.string().optional(),
  method: z.string(),
  params: z.record(z.string(), z.unknown()).nullish(),
});

export interface Request {
  readonly id: number | string;
  readonly src: string | null;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** null: nothing a device would answer. */
export function parseRequest(payload: string): Request | null {
  let frame: unknown;
  try {
    frame = JSON.parse(payload);
  } catch {
    return null;
  }
  const parsed = requestSchema.safeParse(frame);
  if (!parsed.success) return null;
  const { id, src, method, params } = parsed.data;
  return { id, src: src ?? null, method, params: params ?? {} };
}

/** The device's way to say no. */
export class RpcError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export const noHandler = (method: string): RpcError => new RpcError(404, `No handler for ${method}`);
export const notFound = (id: unknown): RpcError =>
  new RpcError(-105, `Argument 'id', value ${String(id)} not found!`);
const badArgument = (name: string): RpcError => new RpcError(-103, `Invalid argument '${name}'!`);

type Params = Request['params'];

export function numberIn(params: Params, name: string): number {
  const value = params[name];
  if (typeof value !== 'number') throw badArgument(name);
  return value;
}

export function optionalNumberIn(params: Params, name: string): number | null {
  return params[name] === undefined ? null : numberIn(params, name);
}

export function booleanIn(params: Params, name: string): boolean {
  const value = params[name];
  if (typeof value !== 'boolean') throw badArgument(name);
  return value;
}

/** `config` of a SetConfig: only keys that are there already, of the type that they have. */
export function changed<Config extends object>(config: Config, params: Params): Config {
  const given = z.record(z.string(), z.unknown()).safeParse(params['config']);
  if (!given.success) throw badArgument('config');
  for (const [key, value] of Object.entries(given.data)) {
    const known: unknown = Object.hasOwn(config, key) ? config[key as keyof Config] : undefined;
    if (known === undefined || (known !== null && typeof known !== typeof value)) throw badArgument(key);
  }
  return { ...config, ...given.data };
}
