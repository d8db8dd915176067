import { setup } from 'xstate';
import type { Action } from './engine.ts';
import { actions, engineOf } from './engine.ts';

/**
 * The way to one device: the broker and the device itself must both be there. Coming up is a new beginning: whatever
 * was known is not known any more, so its valve is closed and verified before anything else.
 */
export type LinkEvent = { readonly atMs: number } & (
  | { readonly type: 'broker-up' | 'broker-down' }
  /** The device said that it is there (birth message, any answer), or its last will said that it is gone. */
  | { readonly type: 'device-up' | 'device-down' }
);
export type LinkEdge = { readonly type: 'up' } | { readonly type: 'lost' };
export interface LinkContext {
  readonly since: number;
}

const linkActions = {
  'say it is up': (context, { atMs }) => ({ context: { ...context, since: atMs }, wants: [{ type: 'up' }] }),
  'say it is lost': (context, { atMs }) => ({
    context: { ...context, since: atMs },
    wants: [{ type: 'lost' }],
  }),
} satisfies Record<string, Action<LinkContext, LinkEvent, LinkEdge>>;

export const linkMachine = setup({
  types: { context: {} as LinkContext, events: {} as LinkEvent },
  actions: actions<LinkContext, LinkEvent, LinkEdge, keyof typeof linkActions>(linkActions),
}).createMachine({
  id: 'link',
  context: { since: 0 },
  initial: 'down',
  states: {
    down: { on: { 'broker-up': { target: 'connecting' } } },
    connecting: {
      on: {
        'broker-down': { target: 'down' },
        'device-up': { target: 'up', actions: 'say it is up' },
      },
    },
    up: {
      on: {
        'broker-down': { target: 'down', actions: 'say it is lost' },
        'device-down': { target: 'connecting', actions: 'say it is lost' },
      },
    },
  },
});

export const link = engineOf<LinkEdge, typeof linkMachine>(linkMachine);
