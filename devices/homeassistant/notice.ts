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
  /** A message was sent and not taken back. */
  readonly shown: boolean;
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
    init: () => stepTo({ known: UNMET, shown: false }),
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
  if (input.type !== 'command') {
    const { known, faults } = hear(self, state.known, input, false);
    return stepTo({ ...state, known }, { faults });
  }
  if (input.command.action !== 'cue' || !state.known.linkUp) return stepTo(state);
  const { name, words } = input.command.cue;
  if (WORTH[name] === role) {
    const due = words === undefined ? MESSAGE : `${words.title}: ${words.text}`;
    const call = send(self, state.known, message ?? due);
    return stepTo({ ...state, shown: true }, { out: [asking(self, call)] });
  }
  if (name !== 'off') return stepTo(state);
  const call = state.shown ? takeBack(self, state.known) : null;
  return stepTo({ ...state, shown: false }, { out: call === null ? [] : [asking(self, call)] });
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
