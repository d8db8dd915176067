import type { Cue, Device, DriverInput, DriverStep, Role } from '../../src/model/device.ts';
import type { HaCall } from '../../src/model/homeassistant.ts';
import { plainDeclaration, stepTo } from '../support.ts';
import { domainOf } from './options.ts';
import { asking, hear, isThere, topicsOf, UNMET, type Entity, type Known } from './wire.ts';

const TITLE = 'Ebb';
/** Where nothing says what is due. */
const MESSAGE = 'Time to get up.';
/** What is worth a message: beats of an exercise are not. */
const WORTH: Readonly<Partial<Record<Cue['name'], 'light' | 'buzzer'>>> = {
  remind: 'light',
  'remind-again': 'buzzer',
};

interface NoticeState {
  readonly known: Known;
  /** The message that was sent and not taken back; null: none. */
  readonly shown: string | null;
  /** It is over, and could not be taken back yet. */
  readonly isOver: boolean;
}

/**
 * A message: `notify.…`, an entity or the older service of that name, or a notification on Home Assistant's own pages. As
 * a light it comes with the light, as a buzzer a minute later. When the reminder is over it is taken back, where it can be.
 */
export function noticeDevice(role: Role, self: Entity, message?: string): Device<NoticeState> {
  return {
    id: self.id,
    role,
    driver: 'homeassistant',
    declaration: plainDeclaration(null),
    topics: topicsOf(self),
    init: () => stepTo({ known: UNMET, shown: null, isOver: false }),
    step: (state, input) => noticeStep(role, self, message, state, input),
  };
}

function noticeStep(
  role: Role,
  self: Entity,
  message: string | undefined,
  state: NoticeState,
  input: DriverInput,
): DriverStep<NoticeState> {
  if (input.type !== 'command') return heard(self, state, input);
  if (input.command.action !== 'cue') return stepTo(state);
  const { name, words } = input.command.cue;
  // Which of the two forms it has is known only after Home Assistant has told; it is asked again then.
  const isMet = state.known.entity !== null;
  if (WORTH[name] === role) {
    const due = words === undefined ? MESSAGE : `${words.title}: ${words.text}`;
    const text = message ?? due;
    // Whatever comes back has every cue given again: a lamp may need it, and nobody wants to read it twice.
    if (!isMet || text === state.shown) return stepTo({ ...state, isOver: state.isOver && !isMet });
    return stepTo(
      { ...state, shown: text, isOver: false },
      { out: [asking(self, send(self, state.known, text))] },
    );
  }
  if (name !== 'off' || state.shown === null) return stepTo(state);
  return isMet ? over(self, state) : stepTo({ ...state, isOver: true });
}

/** What is not a command: the way to Home Assistant, and what became of a message. */
function heard(self: Entity, state: NoticeState, input: DriverInput): DriverStep<NoticeState> {
  const { known, faults, turned, told, failed } = hear(self, state.known, input, false);
  // One that could not be sent is none; and those on its own pages are gone with a restart, and made anew in their place.
  const isLost = failed || (turned === 'down' && domainOf(self.entity) === 'persistent_notification');
  const next = { ...state, known, shown: isLost ? null : state.shown };
  if (told === null || !next.isOver) return stepTo(next, { faults });
  return { ...over(self, next), faults };
}

function over(self: Entity, state: NoticeState): DriverStep<NoticeState> {
  const call = state.shown === null ? null : takeBack(self, state.known);
  return stepTo({ ...state, shown: null, isOver: false }, { out: call === null ? [] : [asking(self, call)] });
}

const nameOf = ({ entity }: Entity): string => entity.slice(entity.indexOf('.') + 1);

function send(self: Entity, known: Known, message: string): HaCall {
  if (domainOf(self.entity) === 'persistent_notification')
    return {
      ...{ domain: 'persistent_notification', service: 'create', targeted: false },
      data: { notification_id: nameOf(self), title: TITLE, message },
    };
  if (isThere(known.entity))
    return { domain: 'notify', service: 'send_message', data: { title: TITLE, message }, targeted: true };
  // The older kind is a service of that name. With a tag its app replaces it, and can take it back.
  const data = { title: TITLE, message, data: { tag: self.id } };
  return { domain: 'notify', service: nameOf(self), data, targeted: false };
}

function takeBack(self: Entity, known: Known): HaCall | null {
  if (domainOf(self.entity) === 'persistent_notification')
    return {
      ...{ domain: 'persistent_notification', service: 'dismiss', targeted: false },
      data: { notification_id: nameOf(self) },
    };
  if (isThere(known.entity)) return null;
  const data = { message: 'clear_notification', data: { tag: self.id } };
  return nameOf(self).startsWith('mobile_app_')
    ? { domain: 'notify', service: nameOf(self), data, targeted: false }
    : null;
}
