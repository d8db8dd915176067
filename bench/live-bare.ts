import 'mqtt';
import { meter } from './live-meter.ts';

/** The floor of `live-rss`: a Node with mqtt.js loaded, and nothing to do. Argument: how long to measure, milliseconds. */

meter(500, Number(process.argv[2] ?? 0));
setInterval(() => undefined, 1_000);
