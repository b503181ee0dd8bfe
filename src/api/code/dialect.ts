import type { Job } from '../../domain/subscription.js';
import type { ServerSettings, StreamHandler } from '../desk.js';
import type { Mount } from '../http.js';
import { codeAdminMount } from './admin/routes.js';
import { makeProcedureFinder } from './calls.js';
import { makeDomains } from './domains.js';
import { envelopeMounts } from './envelope-mount.js';
import { type IntentCode, makeIntentOffers } from './offer-intent.js';
import { codePageMounts } from './pages.js';
import { makeRates } from './rates.js';
import { restMounts } from './rest.js';
import { makeRpc } from './rpc.js';
import type { CodeServices } from './service.js';
import { accountService } from './services/account.js';
import { currencyService } from './services/currency.js';
import { identityService } from './services/identity.js';
import { messagingService } from './services/messaging.js';
import { microPaymentService } from './services/micro-payment.js';
import { transactionService } from './services/transaction.js';
import type { CodeDependencies, CodeInput } from './settings.js';
import { makeRegisterWebhook } from './webhooks/register.js';
import { codeWebhooks } from './webhooks/webhooks.js';
import { makeSockets } from './websocket.js';

/** The dialect, as the server mounts it. */
export interface CodeDialect {
  readonly mounts: readonly Mount[];
  /** Takes a connection that asks to become a WebSocket. */
  readonly upgrade: NonNullable<ServerSettings['upgrade']>;
  /** Answers gRPC, gRPC-web and Connect. */
  readonly streams: StreamHandler;
  /** What is open: WebSockets, and streams of messages over whatever transport. */
  readonly open: { readonly sockets: number; readonly streams: number };
  /** The code that a wallet scans to pay an intent of any dialect; null where none can. */
  offerIntent(account: string, intent: string): Promise<IntentCode | null>;
  /** Makes the call that a due job stands for, and writes down how it ended. */
  callWebhook(job: Job): Promise<void>;
  /** Ends the streams that are open; resolves when calls over WebSockets have ended, too. */
  stop(): Promise<void>;
  /** Lets go of connections to merchants, once no job calls them any more. */
  close(): Promise<void>;
}

/** Builds the Code dialect: its services, and every transport that offers them. */
export function codeDialect(input: CodeInput): CodeDialect {
  const deps: CodeDependencies = { ...input, rates: makeRates(input.nowMs) };
  const domains = makeDomains(deps);
  const messaging = messagingService(deps, domains);
  const services: CodeServices = {
    Messaging: messaging.service,
    MicroPayment: {
      ...microPaymentService(deps),
      registerWebhook: makeRegisterWebhook(deps),
    },
    Identity: identityService(deps, domains),
    Account: accountService(deps),
    Currency: currencyService(deps),
    Transaction: transactionService(deps),
  };
  const find = makeProcedureFinder(services, deps.called);
  const sockets = makeSockets(deps, find);
  const webhooks = codeWebhooks(deps);
  return {
    mounts: [
      ...envelopeMounts(deps, find),
      ...restMounts(deps, services),
      codeAdminMount(deps),
      ...codePageMounts(deps.publicUrl),
      ...webhooks.mounts,
    ],
    upgrade: sockets.upgrade,
    streams: makeRpc(deps, find),
    open: {
      get sockets() {
        return sockets.open;
      },
      get streams() {
        return messaging.openStreams;
      },
    },
    offerIntent: makeIntentOffers(deps),
    callWebhook: webhooks.call,
    stop: async () => {
      messaging.stop();
      await sockets.stop();
    },
    close: webhooks.close,
  };
}
