// If this fails, somebody who left their bath hours ago counts as sitting in it, since their sensor's last word lies at the
// broker; or a desk forgets at each restart who is there.
import { expect, test } from 'vitest';
import { Equipment } from '../../src/controller/equipment.ts';
import { createDevice } from '../../devices/index.ts';
import { silentLog } from '../../src/model/log.ts';

test.each([
  [false, []],
  [true, [true]],
])('who is there, as it lies at the broker: believed at a desk alone (%s)', (believesRetained, heard) => {
  const said: unknown[] = [];
  const nothing = (): void => undefined;
  const chair = createDevice({
    ...{ id: 'chair', role: 'presence', driver: 'mqtt', travelMs: null },
    options: { state: 'chair', map: { here: 'present', gone: 'absent' } },
  });
  const equipment = new Equipment(
    [chair],
    {
      ...{
        publish: nothing,
        record: nothing,
        news: nothing,
        button: nothing,
        temperature: nothing,
        ack: nothing,
      },
      ...{ valveEdge: nothing, up: nothing, lost: nothing, blind: nothing, gone: nothing },
      sense: (reading) => {
        if (reading.kind === 'presence') said.push(reading.present);
      },
    },
    silentLog,
    0,
    { believesRetained },
  );
  equipment.broker(true, 0);
  equipment.message({ topic: 'chair', payload: 'here', retained: true }, ['chair'], 1);
  expect(said).toEqual(heard);
});
