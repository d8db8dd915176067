import { Rig } from './replay.ts';

/** A Shelly on the other side of the tests: what it answers to what a driver asked. */
export const PREFIX = 'bath-valves';
export const ONLINE = `${PREFIX}/online`;
export const EVENTS = `${PREFIX}/events/rpc`;
export const relay = (role: 'hot' | 'cold' = 'hot', part = 0) =>
  new Rig(role, 'shelly', { prefix: PREFIX, switch: part });
export const probe = (part = 100) => new Rig('thermometer', 'shelly', { prefix: PREFIX, temperature: part });
export const button = () => new Rig('button', 'shelly', { prefix: PREFIX, input: 0 });
export const linkUp = (rig: Rig) => rig.link(true);

export const src = (rig: Rig) => `ebb/rpc/${rig.device.id}/${PREFIX}`;
export interface Frame {
  readonly id: number;
  readonly src: string;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}
export const frames = (rig: Rig): Frame[] => rig.out.map(({ payload }) => JSON.parse(payload) as Frame);
export const asked = (rig: Rig, method: string): Frame | undefined =>
  frames(rig).findLast((frame) => frame.method === method);

/** The device answers the newest question of this method. */
export function answer(rig: Rig, method: string, outcome: object): Rig {
  const frame = asked(rig, method);
  if (frame === undefined) throw new Error(`nobody asked ${method}`);
  const reply = { id: frame.id, src: 'shellyplus2pm-90150689487c', dst: src(rig), ...outcome };
  return rig.message(`${src(rig)}/rpc`, JSON.stringify(reply));
}
export const status = (rig: Rig, result: object) =>
  answer(rig, 'Switch.GetStatus', { result: { id: 0, ...result } });
export const notify = (rig: Rig, params: object) =>
  rig.message(
    EVENTS,
    JSON.stringify({ src: 'x', dst: 'y', method: 'NotifyStatus', params: { ts: 1, ...params } }),
  );
export const event = (rig: Rig, name: string, ts = rig.atMs, component = 'input:0') =>
  rig.message(
    EVENTS,
    JSON.stringify({
      method: 'NotifyEvent',
      params: { ts, events: [{ component, id: 0, event: name, ts }] },
    }),
  );

export const GOOD = {
  initial_state: 'off',
  auto_on: false,
  auto_off: true,
  auto_off_delay: 45,
  in_mode: 'detached',
};
export const INFO = { gen: 2, app: 'Plus2PM', profile: 'switch' };
export const uptimeS = (rig: Rig) => 60 + Math.round(rig.atMs / 1_000);
export function greeted(rig: Rig, config: object = GOOD, info: object = INFO): Rig {
  answer(rig, 'Switch.Set', { result: { was_on: false } });
  answer(rig, 'Shelly.GetDeviceInfo', { result: info });
  answer(rig, 'Sys.GetStatus', { result: { uptime: uptimeS(rig) } });
  return answer(rig, 'Switch.GetConfig', { result: config });
}
/** Met, known, set up and closed. */
export function there(rig = relay()): Rig {
  return status(greeted(rig.link(true)), { output: false, source: 'MQTT' }).forget();
}
export const opened = (rig: Rig, seconds: number, startedS = 100) => {
  answer(rig, 'Switch.Set', { result: { was_on: false } });
  return status(rig, { output: true, timer_started_at: startedS, timer_duration: seconds });
};
