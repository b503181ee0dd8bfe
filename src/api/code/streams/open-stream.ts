import { Code, ConnectError } from '@connectrpc/connect';
import {
  type Messaging,
  type OpenMessageStreamRequest,
  OpenMessageStreamRequestSchema,
} from '../../../wire/code/proto/code/messaging/v1/messaging_pb.js';
import { embeddedBytes } from '../../../wire/code/raw-fields.js';
import type { Service } from '../service.js';
import type { CodeDependencies } from '../settings.js';
import type { Hub } from './hub.js';
import { firstRequest, type KeepAlive } from './keep-alive.js';
import { messagesAt } from './messages-at.js';
import { rendezvousOf, signatureRequired } from './signed.js';
import { toWire } from './stored.js';

/** Fields of the contract: the request's signature, and the request in a stream kept alive. */
const SIGNATURE_FIELD = 2;
const KEPT_ALIVE_REQUEST_FIELD = 1;

type Streams = 'openMessageStream' | 'openMessageStreamWithKeepAlive';

/**
 * The two streams of what is put down at a rendezvous, one message a response: first what waits
 * there, then what comes, until the caller leaves. Any number of callers may listen; what nobody
 * acknowledges is sent again to whoever opens it again.
 */
export function openStreams(
  deps: CodeDependencies,
  hub: Hub,
  keepAlive: KeepAlive,
): Pick<Service<typeof Messaging>, Streams> {
  const { limits, settings } = deps;
  return {
    openMessageStream: async function* (request, { received, signal, remoteAddress }) {
      const id = await opened(request, received, settings.acceptsUnsigned || signatureRequired());
      const listener = hub.listen(id, remoteAddress);
      try {
        for await (const message of messagesAt(deps, listener, signal))
          if (message !== null) yield { messages: [toWire(message)] };
      } finally {
        hub.leave(listener);
      }
    },
    openMessageStreamWithKeepAlive: async function* (requests, context) {
      const { received, signal, remoteAddress } = context;
      const frames = requests[Symbol.asyncIterator]();
      const request = await firstRequest(frames, limits.stream_pong_ms_max);
      const bytes = received && embeddedBytes(received, KEPT_ALIVE_REQUEST_FIELD);
      const refusal = new ConnectError('signature is nil', Code.InvalidArgument);
      const listener = hub.listen(await opened(request, bytes, refusal), remoteAddress);
      const leave = keepAlive.watch(listener, frames);
      try {
        for await (const message of messagesAt(deps, listener, signal)) {
          if (listener.pingDue) {
            listener.pingDue = false;
            yield { responseOrPing: { case: 'ping', value: ping(deps) } };
          }
          if (message === null) continue;
          yield {
            responseOrPing: { case: 'response', value: { messages: [toWire(message)] } },
          };
        }
      } finally {
        leave();
        hub.leave(listener);
      }
    },
  };
}

/** The rendezvous that a request opens, base58. Throws ConnectError. */
function opened(
  call: OpenMessageStreamRequest,
  received: Uint8Array | null,
  unsigned: true | ConnectError,
): Promise<string> {
  const schema = OpenMessageStreamRequestSchema;
  return rendezvousOf({ schema, call, received, field: SIGNATURE_FIELD }, unsigned);
}

function ping({ nowMs, limits }: CodeDependencies) {
  return { timestamp: secondsOf(nowMs()), pingDelay: secondsOf(limits.stream_ping_ms) };
}

/** Whole milliseconds in the form of the contract's times and durations. */
function secondsOf(ms: number) {
  return { seconds: BigInt(Math.floor(ms / 1000)), nanos: (ms % 1000) * 1_000_000 };
}
