import type { Socket } from 'node:net';

/** How an HTTP/2 client begins: `PRI * HTTP/2.0`. No method of HTTP/1.1 begins like this. */
const PREFACE = Buffer.from('PRI');

/**
 * Waits for a cleartext connection's first bytes and hands it, with them unread, to the protocol
 * that they are of. A connection that says nothing for `wait_ms_max` is closed.
 */
export function sniffHttp2<S extends Socket>(
  socket: S,
  wait_ms_max: number,
  serve: (socket: S) => void,
  serveHttp2: (socket: S) => void,
): void {
  let early: Buffer | null = null;
  const late = (): void => void socket.destroy();
  const failed = (): void => {};
  const onData = (chunk: Buffer): void => {
    const bytes = early === null ? chunk : Buffer.concat([early, chunk]);
    const length = Math.min(bytes.length, PREFACE.length);
    const isHttp2 = bytes.compare(PREFACE, 0, length, 0, length) === 0;
    if (isHttp2 && length < PREFACE.length) {
      early = bytes;
      return;
    }
    socket.off('data', onData);
    socket.off('timeout', late);
    socket.off('error', failed);
    socket.pause();
    socket.setTimeout(0);
    socket.unshift(bytes);
    if (isHttp2) {
      serveHttp2(socket);
      return;
    }
    serve(socket);
    socket.resume();
  };
  socket.setTimeout(wait_ms_max);
  socket.on('timeout', late);
  socket.on('error', failed);
  socket.on('data', onData);
}
