import type { Bus } from '../../../model/bus.ts';
import { topicMatches } from '../../../transports/topics.ts';
import type { Pace } from '../../session/pace.ts';
import { bridgeSniffer } from './bridge.ts';
import { esphomeSniffer } from './esphome.ts';
import type { Found } from './found.ts';
import { shellySniffer } from './shelly.ts';
import { tasmotaSniffer } from './tasmota.ts';
import { zigbee2mqttSniffer } from './zigbee2mqtt.ts';

/** The dialects that announce themselves. */
const SNIFFERS = [tasmotaSniffer, zigbee2mqttSniffer, shellySniffer, esphomeSniffer, bridgeSniffer] as const;

/** Kept words come at once, answers within a second; what speaks seldom is met by chance. */
const LISTEN_MS = 4_000;
/** As many questions as a big home needs; more come of somebody who makes names up. */
const MAX_QUESTIONS = 1_000;

/** Listens for a while, and asks those who are there what they are. Moves nothing. */
export async function listen(bus: Bus, pace: Pace): Promise<readonly Found[]> {
  const sniffers = SNIFFERS.map((make) => make());
  let asked = 0;
  bus.onMessage((message) => {
    for (const sniffer of sniffers) {
      if (!sniffer.topics.some((filter) => topicMatches(filter, message.topic))) continue;
      for (const question of sniffer.hear(message)) {
        asked += 1;
        if (asked <= MAX_QUESTIONS) bus.publish(question);
      }
    }
  });
  bus.subscribe(sniffers.flatMap(({ topics }) => topics));
  bus.onLink((up) => {
    if (up) for (const { questions } of sniffers) for (const question of questions) bus.publish(question);
  });
  await pace.until(() => false, LISTEN_MS);
  return sniffers.flatMap((sniffer) => sniffer.found());
}
