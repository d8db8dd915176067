import 'mqtt';

/** The floor of `live-rss`: a Node with mqtt.js loaded, and nothing to do. Argument: for how long, milliseconds. */

setTimeout(
  () => {
    console.log(
      JSON.stringify({
        rss_mb: process.memoryUsage.rss() / 2 ** 20,
        cpu: 0,
        messages_per_s: 0,
        ready: 0,
        running: 0,
      }),
    );
  },
  Number(process.argv[2] ?? 0),
);
