// If these fail, `ebb devices` says of each lamp behind Home Assistant that it does not answer, though nobody asked it.
import { afterEach, expect, test } from 'vitest';
import { HomeAssistant } from '../../firmware-sim/gadgets/homeassistant.ts';
import { meetDevices } from '../../src/cli/session/meeting.ts';
import { SystemClock } from '../../src/clock/system.ts';
import { silentLog } from '../../src/model/log.ts';
import { SocketServers } from '../../src/transports/socket-server.ts';
import { Folder, configOf } from '../config/support.ts';
import { freePort } from '../support/process.ts';

const closers: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

test('without a controller, what is behind Home Assistant is met there, and what is not there says so', async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const servers = new SocketServers(() => undefined);
  const entities = [{ id: 'light.desk', state: 'on', attributes: {} }];
  const house = new HomeAssistant({
    ...{ clock: new SystemClock(), seed: 1, listen: servers.listen, url, token: 'secret', entities },
  });
  const folder = new Folder();
  closers.push(
    () => {
      folder.dispose();
    },
    () => {
      servers.close();
    },
  );
  const at = `driver: homeassistant, url: "${url}", token: secret`;
  const config = configOf(
    folder.load(`
stations:
  desk: { kind: desk, light: { ${at}, entity: light.desk }, buzzer: { ${at}, entity: switch.none } }
`),
  );
  const met = await meetDevices({ config, protocols: [], log: silentLog });
  closers.push(met.close);
  expect(met.report()).toMatchObject([
    { id: 'desk-light', link: 'up', why: null },
    {
      id: 'desk-buzzer',
      link: 'connecting',
      why: expect.stringContaining('there is no entity switch.none') as unknown,
    },
  ]);
  // Whose lamp was on has it on still.
  expect(house.called).toEqual([]);
});
