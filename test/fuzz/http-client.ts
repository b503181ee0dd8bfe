import { connect, type Socket } from 'node:net';

/** What a server said to one request: its status, and the body as text. */
export interface Said {
  readonly status: number;
  readonly head: string;
  readonly text: string;
}

/** A keep-alive connection over which requests go as bytes, one after the other. */
export interface Line {
  /** Null: the server has closed instead of answering. */
  send(bytes: Uint8Array): Promise<Said | null>;
  close(): void;
}

/** Longer than any wait of the server's own: beyond it, something hangs. */
const ANSWER_MS_MAX = 60_000;

/** As much of a request as a person needs to know it by. */
export function startOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1', 0, 600);
}

/**
 * Opens a connection that takes any bytes for a request, which HTTP clients do not; it is opened
 * anew where the server has closed it.
 */
export function openLine(port: number): Line {
  let socket: Socket | null = null;
  let received: Buffer = Buffer.alloc(0);
  let hasBody = true;
  let waiting: ((said: Said | null) => void) | null = null;

  function settle(said: Said | null): void {
    const tell = waiting;
    waiting = null;
    tell?.(said);
  }

  function opened(): Socket {
    const fresh = connect({ port, host: '127.0.0.1' }).setNoDelay(true);
    const gone = (): void => {
      if (socket !== fresh) return;
      socket = null;
      settle(null);
    };
    fresh.on('data', (chunk) => {
      if (socket !== fresh) return;
      received = Buffer.concat([received, chunk]);
      const answer = answerIn(received, hasBody);
      if (answer === null) return;
      received = answer.rest;
      // What follows is another answer: the request was taken for two, and nothing fits any more.
      if (answer.closes || received.length > 0) {
        socket = null;
        received = Buffer.alloc(0);
        fresh.destroy();
      }
      settle(answer.said);
    });
    fresh.on('error', gone).on('close', gone);
    return fresh;
  }

  return {
    send: (bytes) =>
      new Promise((resolve, reject) => {
        const late = setTimeout(
          () => reject(new Error(`no answer to ${JSON.stringify(startOf(bytes))}`)),
          ANSWER_MS_MAX,
        );
        waiting = (said) => {
          clearTimeout(late);
          resolve(said);
        };
        received = Buffer.alloc(0);
        hasBody = !startOf(bytes).startsWith('HEAD ');
        socket ??= opened();
        socket.write(bytes);
      }),
    close: () => void socket?.destroy(),
  };
}

/** The first answer in what was received; null where it is not whole yet. */
function answerIn(
  received: Buffer,
  hasBody: boolean,
): { said: Said; closes: boolean; rest: Buffer } | null {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const head = received.toString('latin1', 0, end);
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1] ?? 0);
  const bodyAt = end + 4;
  if (status === 100) return answerIn(received.subarray(bodyAt), hasBody);
  const closes = /\r\nconnection: close/i.test(head);
  const length = hasBody ? Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0) : 0;
  const chunked = hasBody && /\r\ntransfer-encoding: chunked/i.test(head);
  const last = received.indexOf('0\r\n\r\n', bodyAt);
  if (chunked ? last < 0 : received.length < bodyAt + length) return null;
  const whole = chunked ? last + 5 : bodyAt + length;
  const said = { status, head, text: received.toString('utf8', bodyAt, whole) };
  return { said, closes, rest: received.subarray(whole) };
}
