import {
  type DescMessage,
  type DescService,
  fromBinary,
  type MessageShape,
} from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { Account } from '../../wire/code/proto/code/account/v1/account_pb.js';
import { Currency } from '../../wire/code/proto/code/currency/v1/currency_pb.js';
import { Messaging } from '../../wire/code/proto/code/messaging/v1/messaging_pb.js';
import { MicroPayment } from '../../wire/code/proto/code/micropayment/v1/micropayment_pb.js';
import { Transaction } from '../../wire/code/proto/code/transaction/v2/transaction_pb.js';
import { Identity } from '../../wire/code/proto/code/user/v1/user_pb.js';
import type { CallContext, CodeServices } from './service.js';
import type { CodeDependencies } from './settings.js';

/** The services' descriptors, by the envelope's names. */
export const SERVICES: Readonly<Record<keyof CodeServices, DescService>> = {
  Messaging,
  MicroPayment,
  Identity,
  Account,
  Currency,
  Transaction,
};

type Init = Readonly<Record<string, unknown>>;

/** A method that a caller has named; messages are of its descriptors, whatever they are. */
export interface Procedure {
  /** As errors and the log name it: `Messaging.sendMessage`. */
  readonly name: string;
  readonly input: DescMessage;
  readonly output: DescMessage;
  readonly handler: ProcedureHandler;
}

type ProcedureHandler =
  | {
      readonly kind: 'unary';
      readonly run: (request: unknown, context: CallContext) => Promise<Init>;
    }
  | {
      readonly kind: 'server_streaming';
      readonly run: (request: unknown, context: CallContext) => AsyncIterable<Init>;
    }
  | {
      readonly kind: 'bidi_streaming';
      readonly run: (requests: AsyncIterable<unknown>, context: CallContext) => AsyncIterable<Init>;
    };

/** Finds what an envelope names; null where there is no such thing. */
export type ProcedureFinder = (service: string, method: string) => Procedure | null;

/**
 * Lists the methods that are there, under the envelope's names of services and methods. `called` is
 * told how each call ended.
 */
export function makeProcedureFinder(
  services: CodeServices,
  called: NonNullable<CodeDependencies['called']> = () => {},
): ProcedureFinder {
  const procedures = new Map<string, Procedure>();
  for (const [service, desc] of Object.entries(SERVICES)) {
    const handlers = services[service as keyof CodeServices] as Readonly<Record<string, unknown>>;
    for (const { localName, methodKind, input, output } of desc.methods) {
      const run = handlers[localName];
      if (run === undefined || methodKind === 'client_streaming') continue;
      const name = `${service}.${localName}`;
      const handler = counted({ kind: methodKind, run } as ProcedureHandler, (outcome) =>
        called(name, outcome),
      );
      procedures.set(name, { name, input, output, handler });
    }
  }
  return (service, method) => procedures.get(`${service}.${method}`) ?? null;
}

/** A handler that tells how its calls end; a stream that is left before its end tells nothing. */
function counted(handler: ProcedureHandler, ended: (outcome: string) => void): ProcedureHandler {
  const failed = (error: unknown): never => {
    const name = Code[error instanceof ConnectError ? error.code : Code.Internal];
    ended(name.replace(/(?!^)[A-Z]/g, '_$&').toLowerCase());
    throw error;
  };
  if (handler.kind === 'unary') {
    const run: typeof handler.run = async (request, context) => {
      const answer = await handler.run(request, context).catch(failed);
      ended('ok');
      return answer;
    };
    return { kind: 'unary', run };
  }
  const { run: answers } = handler;
  async function* run(input: unknown, context: CallContext): AsyncGenerator<Init> {
    try {
      yield* answers(input as never, context);
    } catch (error) {
      failed(error);
    }
    ended('ok');
  }
  return { ...handler, run };
}

/** Reads a method's message. Throws ConnectError where the bytes are none. */
export function decodeInput<D extends DescMessage>(
  { name, input }: { readonly name: string; readonly input: D },
  bytes: Uint8Array,
): MessageShape<D> {
  try {
    return fromBinary(input, bytes);
  } catch {
    throw new ConnectError(`the body is no ${input.name} of ${name}`, Code.InvalidArgument);
  }
}

/**
 * What a caller is told: errors of ours are in the log, and the caller learns only that there was
 * one. `what` is the call, for the log.
 */
export function toConnectError(
  error: unknown,
  what: string,
  logError: (error: unknown, what: string) => void,
): ConnectError {
  if (error instanceof ConnectError) return error;
  logError(error, `${what} failed`);
  return new ConnectError('an unexpected error occurred, try again', Code.Internal);
}

/** The HTTP status of an error. The published gateways have the first seven. */
export const STATUSES: Readonly<Record<Code, number>> = {
  [Code.InvalidArgument]: 400,
  [Code.Unauthenticated]: 401,
  [Code.PermissionDenied]: 403,
  [Code.NotFound]: 404,
  [Code.Canceled]: 408,
  [Code.DeadlineExceeded]: 408,
  [Code.Internal]: 500,
  [Code.FailedPrecondition]: 400,
  [Code.OutOfRange]: 400,
  [Code.AlreadyExists]: 409,
  [Code.Aborted]: 409,
  [Code.ResourceExhausted]: 429,
  [Code.Unimplemented]: 501,
  [Code.Unavailable]: 503,
  [Code.DataLoss]: 500,
  [Code.Unknown]: 500,
};

export function statusOf({ code }: ConnectError): number {
  return STATUSES[code];
}
