import { connect } from 'node:net';

/**
 * A client that floods: `flood-process.ts PORT QOS PER_SECOND SECONDS LAST TOPIC=PAYLOAD…`. Says `up` once the broker let it
 * in, `half` in the middle of it and `last` when it has written LAST (`TOPIC=PAYLOAD`, or `-`) behind all the rest.
 * Bytes on a socket and no client library, so that it is the broker and the controller that are measured.
 */
const [port = '', qos = '0', perSecond = '', seconds = '', last = '-', ...what] = process.argv.slice(2);
const EVERY_MS = 5;

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function packet(type: number, body: Buffer): Buffer {
  const length: number[] = [];
  let left = body.length;
  do {
    length.push((left & 127) | (left > 127 ? 128 : 0));
    left >>= 7;
  } while (left > 0);
  return Buffer.concat([Buffer.from([type, ...length]), body]);
}

let ids = 0;

/** The packet as a whole, but for the id of an acknowledged one. */
function parts(pair: string): readonly [Buffer, Buffer] {
  const at = pair.indexOf('=');
  return [text(pair.slice(0, at)), Buffer.from(pair.slice(at + 1))];
}

function publish([topic, payload]: readonly [Buffer, Buffer]): Buffer {
  if (qos === '0') return packet(0x30, Buffer.concat([topic, payload]));
  ids = (ids % 65_535) + 1;
  const id = Buffer.from([ids >> 8, ids & 255]);
  return packet(0x32, Buffer.concat([topic, id, payload]));
}

const socket = connect(Number(port), '127.0.0.1');
socket.setNoDelay(true);
const hello = Buffer.concat([text('MQTT'), Buffer.from([4, 2, 0, 60]), text(`flood-${process.pid}`)]);
socket.write(packet(0x10, hello));
socket.on('error', () => process.exit(1));
socket.once('data', () => {
  process.stdout.write('up\n');
  const messages = what.map(parts);
  // What the broker answers is read and forgotten.
  socket.resume();
  const total = Number(perSecond) * Number(seconds);
  const startMs = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = Math.min(total, Math.floor(((performance.now() - startMs) / 1_000) * Number(perSecond)));
    const batch: Buffer[] = [];
    const half = sent < total / 2 && due >= total / 2;
    for (; sent < due; sent += 1) {
      const message = messages[sent % messages.length];
      if (message !== undefined) batch.push(publish(message));
    }
    if (batch.length > 0) socket.write(Buffer.concat(batch));
    if (half) process.stdout.write('half\n');
    if (sent < total) return;
    clearInterval(timer);
    if (last !== '-') socket.write(publish(parts(last)));
    const took = (performance.now() - startMs) / 1_000;
    process.stdout.write(`last ${Math.round(total / took)}\n`);
    socket.end(packet(0xe0, Buffer.alloc(0)), () => process.exit(0));
  }, EVERY_MS);
});
