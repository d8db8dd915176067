import { WebSocket } from 'ws';
import { messageOf } from '../../model/errors.ts';
import type { OpenSocket } from '../../model/homeassistant.ts';

/** The longest message that is taken; Home Assistant tells of some entities alone. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * What a stranger at the other end may take of this computer is bounded: a message by its length, so that none that never
 * ends fills the memory of the water, and no compression that would unfold to more. The WebSocket that comes with Node
 * has no such bound.
 */
const OPTIONS = {
  maxPayload: MAX_BYTES,
  perMessageDeflate: false,
  // A token is for the server that it was meant for.
  followRedirects: false,
  /** Whoever does not answer a farewell is left without; the types of `ws` do not know it yet. Milliseconds. */
  closeTimeout: 2_000,
};

/** @throws what is wrong with an address that leads nowhere, at once */
export const openWebSocket: OpenSocket = (url, events) => {
  let over = false;
  const closed = (why: string): void => {
    if (over) return;
    over = true;
    events.closed(why);
  };
  const socket = new WebSocket(url, OPTIONS);
  let opened = false;
  socket.on('open', () => {
    opened = true;
    if (!over) events.open();
  });
  socket.on('message', (data, isBinary) => {
    if (!over && !isBinary && Buffer.isBuffer(data)) events.text(data.toString('utf8'));
  });
  socket.on('unexpected-response', (request, { statusCode }) => {
    closed(
      `it answers ${statusCode ?? 'something else'} instead of a WebSocket; is this the address of Home Assistant?`,
    );
    request.destroy();
  });
  // Stays for as long as the socket does: an error that nobody listens to would end the controller.
  socket.on('error', (error) => {
    const why = messageOf(error);
    closed(
      opened ? `it says what is no message (${why})` : `it cannot be reached${why === '' ? '' : ` (${why})`}`,
    );
  });
  socket.on('close', () => {
    closed('it closed the connection');
  });
  return {
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    close: () => {
      over = true;
      socket.close();
    },
  };
};
