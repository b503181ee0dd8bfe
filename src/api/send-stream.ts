import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import { pipeline } from 'node:stream/promises';
import type { HttpReply } from './http.js';

/**
 * Sends an answer that is made while it is sent, as fast as it is read: what makes it waits for a
 * slow client, and is ended with one that goes. Where making it fails, the connection is broken
 * off, so that nobody takes a part for the whole; `failed` is told why.
 */
export async function sendStream(
  response: ServerResponse | Http2ServerResponse,
  body: HttpReply['body'],
  more: AsyncIterable<string>,
  failed: (error: unknown) => void,
): Promise<void> {
  async function* whole(): AsyncGenerator<string | Buffer> {
    yield body;
    yield* more;
  }
  try {
    await pipeline(whole, response);
  } catch (error) {
    const hasGone = (error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE';
    if (!hasGone) failed(error);
  }
}
