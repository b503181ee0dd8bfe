import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { Duplex } from 'node:stream';
import type { Mount } from '../http.js';
import type { CodeServices } from './service.js';
import { accountService } from './services/account.js';
import { currencyService } from './services/currency.js';
import { identityService } from './services/identity.js';
import { messagingService } from './services/messaging.js';
import { microPaymentService } from './services/micro-payment.js';
import { transactionService } from './services/transaction.js';
import type { CodeDependencies } from './settings.js';

/** The dialect, as the server mounts it. */
export interface CodeDialect {
  readonly mounts: readonly Mount[];
  /** Takes a connection that asks to become a WebSocket. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Answers gRPC, gRPC-web and Connect; false where the path is none of theirs. */
  rpc(
    request: IncomingMessage | Http2ServerRequest,
    response: ServerResponse | Http2ServerResponse,
  ): boolean;
  /** Ends what is open. */
  stop(): Promise<void>;
}

/** Builds the Code dialect. */
export function codeDialect(deps: CodeDependencies): CodeDialect {
  const services: CodeServices = {
    Messaging: messagingService(deps),
    MicroPayment: microPaymentService(deps),
    Identity: identityService(deps),
    Account: accountService(deps),
    Currency: currencyService(deps),
    Transaction: transactionService(deps),
  };
  void services;
  return {
    mounts: [],
    upgrade: (_request, socket) => void socket.destroy(),
    rpc: () => false,
    stop: async () => {},
  };
}
