import { fork } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../../src/protocols/index.ts';
import { newFolder } from '../support/process.ts';
import { until } from '../support/until.ts';

const saidSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('started'),
    versions: z.record(z.string(), z.string()),
    errors: z.array(z.string()),
  }),
  z.object({ type: z.literal('received'), node: z.string(), msg: z.record(z.string(), z.unknown()) }),
  z.object({
    type: z.literal('status'),
    node: z.string(),
    status: z.object({
      fill: z.string().optional(),
      shape: z.string().optional(),
      text: z.string().optional(),
    }),
  }),
]);
type Said = z.infer<typeof saidSchema>;

/** A node of a flow, as its file has it. */
export type FlowNode = Record<string, unknown> & { readonly id: string; readonly type: string };
const flowSchema = z.array(z.looseObject({ id: z.string(), type: z.string() }));

/** A flow that ships, with some properties of its nodes changed, by type or id. */
export function exampleFlow(name: string, changes: Readonly<Record<string, object>>): readonly FlowNode[] {
  const file = join(packageRoot(), 'node-red', 'examples', `${name}.json`);
  const flow = flowSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  return flow.map((node) => ({ ...node, ...changes[node.type], ...changes[node.id] }));
}

export interface Runtime {
  /** By module. */
  readonly versions: Readonly<Record<string, string>>;
  readonly errors: readonly string[];
  /** What a node has been handed, oldest first. */
  received(node: string): readonly Readonly<Record<string, unknown>>[];
  /** What stands below a node. */
  status(node: string): string;
  /** A message from nowhere, as a finger on an inject node makes it. */
  press(node: string, msg?: object): void;
  until(what: string, done: () => boolean, limitMs?: number): Promise<void>;
  end(): Promise<void>;
  /** As a power cut ends it. */
  kill(): void;
}

/** Missing types make Node-RED wait without a word, so this has an end. */
const START_MS = 30_000;
const ANSWER_MS = 15_000;

/** A real Node-RED with the palette installed as a user would have it, on a flow of its own. */
export async function runNodeRed(flow: readonly FlowNode[]): Promise<Runtime> {
  const userDir = newFolder();
  mkdirSync(join(userDir, 'node_modules'));
  symlinkSync(join(packageRoot(), 'node-red'), join(userDir, 'node_modules', 'node-red-contrib-ebb'));
  const dependencies = { 'node-red-contrib-ebb': '0.1.0' };
  writeFileSync(
    join(userDir, 'package.json'),
    JSON.stringify({ name: 'home', version: '1.0.0', dependencies }),
  );
  const flowFile = join(userDir, 'flows.json');
  writeFileSync(flowFile, JSON.stringify(flow));
  const child = fork(join(import.meta.dirname, 'child.cjs'), [userDir, flowFile], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const said: Said[] = [];
  let log = '';
  let over = false;
  child.on('message', (message) => {
    said.push(saidSchema.parse(message));
  });
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      log += chunk.toString();
    });
  const exit = new Promise<void>((resolve) => {
    child.once('close', () => {
      over = true;
      resolve();
    });
  });
  const end = async (): Promise<void> => {
    // It may end by itself at that very moment; whoever waits for its exit learns of it.
    if (child.connected) child.send({ type: 'end' }, () => undefined);
    await exit;
  };
  const of = <Type extends Said['type']>(type: Type) =>
    said.filter((one): one is Extract<Said, { type: Type }> => one.type === type);
  const runtime = {
    received: (node: string) =>
      of('received')
        .filter((one) => one.node === node)
        .map(({ msg }) => msg),
    status: (node: string) => {
      const last = of('status').findLast((one) => one.node === node)?.status;
      return last === undefined ? '' : [last.fill, last.shape, last.text].filter(Boolean).join(' ');
    },
    press: (node: string, msg: object = {}) => {
      child.send({ type: 'press', node, msg });
    },
    until: async (what: string, done: () => boolean, limitMs = ANSWER_MS) => {
      try {
        await until(what, () => over || done(), limitMs);
        if (over) throw new Error('Node-RED has ended');
      } catch (error) {
        throw new Error(
          `${String(error)}\n${log}\n${said
            .slice(-6)
            .map((one) => JSON.stringify(one))
            .join('\n')}`,
          { cause: error },
        );
      }
    },
    end,
    kill: () => {
      child.kill('SIGKILL');
    },
  };
  try {
    await runtime.until('Node-RED starts its flows', () => of('started').length > 0, START_MS);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  const { versions = {}, errors = [] } = of('started')[0] ?? {};
  return { versions, errors, ...runtime };
}
