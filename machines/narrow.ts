import type { Action } from './engine.ts';

/**
 * A chart hands each action and guard the events it names and no other, but their types know nothing of the chart. What
 * they ask is asked here, once: with any other event an action does nothing, and a guard says no.
 */
type Of<Event, Type> = Event & { readonly type: Type };

function is<Event extends { readonly type: string }, Type extends Event['type']>(
  event: Event,
  type: Type,
): event is Of<Event, Type> {
  return event.type === type;
}

/** Makes actions of one event each. */
export function actionsOn<Context, Event extends { readonly type: string }, Want>() {
  return <Type extends Event['type']>(
      type: Type,
      act: (context: Context, event: Of<Event, Type>) => ReturnType<Action<Context, Event, Want>>,
    ): Action<Context, Event, Want> =>
    (context, event) =>
      is(event, type) ? act(context, event) : { context, wants: [] };
}

/** Makes guards of one event each. */
export function guardsOn<Context, Event extends { readonly type: string }>() {
  return <Type extends Event['type']>(
      type: Type,
      asks: (context: Context, event: Of<Event, Type>) => boolean,
    ): ((context: Context, event: Event) => boolean) =>
    (context, event) =>
      is(event, type) && asks(context, event);
}
