import type { DescMessage, MessageInitShape, MessageShape } from '@bufbuild/protobuf';
import type { GenService, GenServiceMethods } from '@bufbuild/protobuf/codegenv2';
import type { Account } from '../../wire/code/proto/code/account/v1/account_pb.js';
import type { Currency } from '../../wire/code/proto/code/currency/v1/currency_pb.js';
import type { Messaging } from '../../wire/code/proto/code/messaging/v1/messaging_pb.js';
import type { MicroPayment } from '../../wire/code/proto/code/micropayment/v1/micropayment_pb.js';
import type { Transaction } from '../../wire/code/proto/code/transaction/v2/transaction_pb.js';
import type { Identity } from '../../wire/code/proto/code/user/v1/user_pb.js';

/** What a call brings beside its message. */
export interface CallContext {
  /** Aborted when the caller has gone. */
  readonly signal: AbortSignal;
  /** The request's bytes as they came; null where the transport keeps none (gRPC, Connect). */
  readonly received: Uint8Array | null;
  readonly remoteAddress: string;
}

interface Method {
  readonly input: DescMessage;
  readonly output: DescMessage;
  readonly methodKind: string;
}

type Handler<M extends Method> = M['methodKind'] extends 'unary'
  ? (
      request: MessageShape<M['input']>,
      context: CallContext,
    ) => Promise<MessageInitShape<M['output']>>
  : M['methodKind'] extends 'server_streaming'
    ? (
        request: MessageShape<M['input']>,
        context: CallContext,
      ) => AsyncIterable<MessageInitShape<M['output']>>
    : (
        requests: AsyncIterable<MessageShape<M['input']>>,
        context: CallContext,
      ) => AsyncIterable<MessageInitShape<M['output']>>;

/**
 * A service's methods, whatever the transport; one that is not there is answered as unimplemented.
 * They throw ConnectError (of @connectrpc/connect) for what a caller did wrong.
 */
export type Service<S> =
  S extends GenService<infer M extends GenServiceMethods>
    ? { readonly [K in keyof M]?: Handler<M[K]> }
    : never;

/** The services that every transport of the dialect offers, by the envelope's names. */
export interface CodeServices {
  readonly Messaging: Service<typeof Messaging>;
  readonly MicroPayment: Service<typeof MicroPayment>;
  readonly Identity: Service<typeof Identity>;
  readonly Account: Service<typeof Account>;
  readonly Currency: Service<typeof Currency>;
  readonly Transaction: Service<typeof Transaction>;
}
