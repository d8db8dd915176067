import type { ButtonAction, Device, DriverInput, DriverStep, Role } from '../../src/model/device.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import { plainDeclaration, stepTo } from '../support.ts';
import { presence, type Address } from './address.ts';
import { buttonAction, parseReply } from './codec.ts';

/** SetOption32 counts in 0.1 s: a button held this long says HOLD. The bath's clear takes 5 s. */
const HOLD_MS = 5_000;

/** Tasmota's words to ours (SetOption73 1). CLEAR, the release after a hold, is no action of its own. */
const ACTIONS: ReadonlyMap<string, ButtonAction> = new Map([
  ['SINGLE', { type: 'press' }],
  ['DOUBLE', { type: 'double' }],
  ['TRIPLE', { type: 'press' }],
  ['QUAD', { type: 'press' }],
  ['PENTA', { type: 'press' }],
  ['HOLD', { type: 'hold', heldMs: HOLD_MS }],
]);

interface Button {
  readonly id: DeviceId;
  readonly at: Address;
  readonly button: number;
}

/** A button of a Tasmota device, as an event: it moves no relay. Nothing of it is remembered between messages. */
export function buttonDevice(id: DeviceId, role: Role, at: Address, button: number): Device<null> {
  const self: Button = { id, at, button };
  return {
    id,
    role,
    driver: 'tasmota',
    declaration: plainDeclaration(null),
    topics: [at.topic('stat', '+'), at.topic('tele', 'LWT')],
    init: () => stepTo(null),
    step: (_state, input) => buttonStep(self, input),
  };
}

function buttonStep(self: Button, input: DriverInput): DriverStep<null> {
  const { id, at, button } = self;
  if (input.type === 'link' && input.up) return stepTo(null, { out: setUp(at) });
  if (input.type !== 'message') return stepTo(null);
  const heard = presence(at, id, input.topic, input.payload);
  if (heard?.type === 'presence')
    return stepTo(null, { out: heard.online ? setUp(at) : [], faults: [heard] });
  // A retained press is somebody's from long ago.
  if (input.retained || at.stat(input.topic) === null) return stepTo(null);
  const answer = parseReply(input.payload);
  const action = answer === null ? null : ACTIONS.get(buttonAction(answer, button) ?? '');
  if (action === undefined || action === null) return stepTo(null);
  return stepTo(null, { readings: [{ kind: 'button', device: id, action }] });
}

/** Tasmota writes flash only where a value changes, so saying it at each meeting wears nothing. */
function setUp(at: Address) {
  return [at.command('SetOption73', '1'), at.command('SetOption32', String(HOLD_MS / 100))];
}
