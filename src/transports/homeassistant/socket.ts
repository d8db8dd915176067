import { messageOf } from '../../model/errors.ts';
import type { OpenSocket } from '../../model/homeassistant.ts';

/**
 * The WebSocket that comes with Node: nothing to install and nothing to keep up to date. What it lacks (pings of its own,
 * headers) Home Assistant does not need, which is greeted with a token and asked whether it is there in its own words.
 */
export const openWebSocket: OpenSocket = (url, events) => {
  let over = false;
  const closed = (why: string): void => {
    if (over) return;
    over = true;
    events.closed(why);
  };
  const socket = new WebSocket(url);
  socket.addEventListener('open', () => {
    if (!over) events.open();
  });
  socket.addEventListener('message', ({ data }: MessageEvent) => {
    if (!over && typeof data === 'string') events.text(data);
  });
  socket.addEventListener('error', (event) => {
    const error: unknown = 'error' in event ? event.error : null;
    closed(
      `it cannot be reached${error instanceof Error && error.message !== '' ? ` (${messageOf(error)})` : ''}`,
    );
  });
  socket.addEventListener('close', () => {
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
