import { Code, ConnectError } from '@connectrpc/connect';
import type {
  OpenMessageStreamRequest,
  OpenMessageStreamWithKeepAliveRequest,
} from '../../../wire/code/proto/code/messaging/v1/messaging_pb.js';
import type { CodeDependencies } from '../settings.js';
import { makeWheel } from '../wheel.js';
import { end, type Listener, wake } from './hub.js';

type Frames = AsyncIterator<OpenMessageStreamWithKeepAliveRequest>;

/** Asks the other sides of streams whether they are there. */
export interface KeepAlive {
  /** Pings from now on, and ends the stream if it is not answered; returns how to leave off. */
  watch(listener: Listener, frames: Frames): () => void;
  stop(): void;
}

/** Keeps all streams by one timer; the published server's times are in the limits. */
export function makeKeepAlive(
  limits: Pick<CodeDependencies['limits'], 'stream_ping_ms' | 'stream_pong_ms_max'>,
): KeepAlive {
  const wheel = makeWheel<Listener>(limits.stream_ping_ms, (listener) => {
    if (performance.now() - listener.pongMs > limits.stream_pong_ms_max) {
      end(listener, new ConnectError('terminating unhealthy stream', Code.Aborted));
      return;
    }
    listener.pingDue = true;
    wake(listener);
  });
  return {
    watch: (listener, frames) => {
      const place = wheel.add(listener);
      listener.pingDue = true;
      void readPongs(listener, frames);
      return () => wheel.remove(listener, place);
    },
    stop: wheel.stop,
  };
}

/** Notes each pong until there are no more; a frame that cannot be read ends the stream. */
async function readPongs(listener: Listener, frames: Frames): Promise<void> {
  try {
    for (;;) {
      const { done, value } = await frames.next();
      if (done === true) return;
      if (value.requestOrPong.case === 'pong') listener.pongMs = performance.now();
    }
  } catch (error) {
    end(listener, ConnectError.from(error));
  }
}

/** The request that opens a stream, within its time. Throws ConnectError where none comes. */
export async function firstRequest(
  frames: Frames,
  wait_ms_max: number,
): Promise<OpenMessageStreamRequest> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new ConnectError('timed out receiving the request', Code.DeadlineExceeded);
    timer = setTimeout(() => reject(error), wait_ms_max);
  });
  try {
    const { done, value } = await Promise.race([frames.next(), late]);
    if (done !== true && value.requestOrPong.case === 'request') return value.requestOrPong.value;
  } finally {
    clearTimeout(timer);
  }
  throw new ConnectError('request is nil', Code.InvalidArgument);
}
