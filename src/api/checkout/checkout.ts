import { setTimeout as pause } from 'node:timers/promises';
import { Overloaded } from '../../engine/batch.js';
import type { Command } from '../../engine/command.js';
import type { Engine } from '../../engine/engine.js';
import { sendReceipts } from '../../engine/mails.js';
import type { BuiltPage } from '../built-page.js';
import { type CheckoutTeller, plainTeller, type TellerOf } from '../checkout-terms.js';
import type { HttpReply, HttpRequest, Mount } from '../http.js';
import { jsonReply } from '../own-page.js';
import { receiptLetter } from '../receipt-letter.js';
import { callOffIntent, callOffSetup } from './call-off.js';
import { missingFor, readDetails, readNothing, readPay, readReceipt } from './calls.js';
import { CallFault, faultOf, faultReply, missingField, unknownLink } from './fault.js';
import type { Visit } from './offered.js';
import { ASSETS_PREFIX, makePage } from './page.js';
import { changeIntent, payIntent } from './pay.js';
import { refuseStrangers } from './same-origin.js';
import { changeSetup, saveMethod } from './save.js';
import { type CheckoutState, type CodeOffer, UPDATES_WAIT_MS_MAX } from './schema.js';
import { stateOf } from './state.js';
import { findSubject, readScene, type Subject } from './subject.js';

/** What the checkout is built from. */
export interface CheckoutDependencies {
  readonly engine: Engine;
  readonly tellers: readonly CheckoutTeller[];
  readonly publicUrl: () => string;
  readonly mode: 'sandbox' | 'live';
  /** Makes the code that a wallet scans to pay an intent; null where none can. */
  readonly offerCode: (account: string, intent: string) => Promise<CodeOffer | null>;
  /** Whether letters go out; a sandbox keeps them in its mailbox. */
  readonly sendsMail: boolean;
  readonly logError: (error: unknown, what: string) => void;
}

/** How often a page that waits is looked after. */
const LOOK_MS = 500;
/** Pages that wait at once; others are answered at once, and ask again. */
const WAITING_MAX = 500;

/** One call of the page, on what its link leads to. */
interface Call {
  readonly request: HttpRequest;
  readonly subject: Subject;
  readonly visit: Visit;
}

type Handler = (checkout: Checkout, call: Call) => Promise<object>;

/** The hosted checkout of every dialect's intents, at `/checkout/{id}`. */
export function checkoutMounts(deps: CheckoutDependencies): Mount[] {
  const checkout = makeCheckout(deps);
  const page = makePage();
  return [
    {
      prefix: '/checkout/',
      handle: async (request) => {
        try {
          return await answer(deps, checkout, page, request);
        } catch (error) {
          if (error instanceof CallFault) return faultReply(error);
          if (error instanceof Overloaded) return faultReply(faultOf(error.failure));
          // Not the body: there may be a card in it.
          deps.logError(error, `${request.method} of a checkout`);
          return faultReply(new CallFault(500, 'trouble', 'Something went wrong here. Try again.'));
        }
      },
      tooLarge: () => faultReply(new CallFault(413, 'invalid', 'The call is too large.')),
    },
  ];
}

async function answer(
  deps: CheckoutDependencies,
  checkout: Checkout,
  page: BuiltPage,
  request: HttpRequest,
): Promise<HttpReply> {
  if (request.path.startsWith(ASSETS_PREFIX)) return page.asset(request);
  const [, , link = '', name = '', ...rest] = request.path.split('/');
  const subject = rest.length === 0 ? await findSubject(deps.engine, link) : null;
  if (name === '') return page.show(request, subject === null ? 404 : 200);
  const reads = Object.hasOwn(READS, name);
  const handler = reads ? READS[name] : Object.hasOwn(CALLS, name) ? CALLS[name] : undefined;
  if (handler === undefined || subject === null) throw unknownLink();
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (reads !== isRead || (!isRead && request.method !== 'POST'))
    throw new CallFault(405, 'invalid', `Use ${reads ? 'GET' : 'POST'}.`);
  if (!reads) refuseStrangers(request, deps.publicUrl());
  return jsonReply(await handler(checkout, { request, subject, visit: visitOf(deps, request) }));
}

function visitOf({ mode, engine }: CheckoutDependencies, request: HttpRequest): Visit {
  const { headers, remoteAddress } = request;
  const country = new URLSearchParams(request.query).get('country') ?? '';
  return {
    livemode: mode === 'live',
    nowMs: engine.nowMs(),
    country: /^[a-z]{2}$/i.test(country) ? country : null,
    languages: headers['accept-language'] ?? null,
    remoteAddress,
    userAgent: headers['user-agent'] ?? null,
  };
}

/** What handlers work with. */
interface Checkout {
  readonly deps: CheckoutDependencies;
  readonly tellerOf: TellerOf;
  /** Runs a command; a bank's refusal is an end like another. Throws CallFault. */
  run<T>(command: Command<T>): Promise<void>;
  state(call: Pick<Call, 'subject' | 'visit'>): Promise<CheckoutState>;
  /** Pages that wait for news. */
  waiting: number;
}

function makeCheckout(deps: CheckoutDependencies): Checkout {
  const { engine, mode } = deps;
  const tellers = new Map(deps.tellers.map((teller) => [teller.dialect, teller]));
  const tellerOf: TellerOf = (dialect) => tellers.get(dialect) ?? plainTeller(dialect);
  const sendsMail = deps.sendsMail || mode === 'sandbox';
  return {
    deps,
    tellerOf,
    waiting: 0,
    run: async (command) => {
      let fault: CallFault | null = null;
      await engine.call(command, {
        account: command.account,
        requestId: engine.newId('req_', 14),
        idempotency: null,
        render: (decision) => {
          fault = decision.end === 'refused' ? refusalOf(decision.failure) : null;
          return { status: 200, body: '' };
        },
      });
      if (fault !== null) throw fault;
    },
    state: async ({ subject, visit }) => {
      const scene = await readScene(engine, tellerOf, subject);
      if (scene === null) throw unknownLink();
      return stateOf(scene, visit, sendsMail);
    },
  };
}

/** A payment that was made or ended meanwhile is no fault: its state says all. */
function refusalOf(failure: Parameters<typeof faultOf>[0]): CallFault | null {
  const { failure: code } = failure;
  return code === 'intent_state' || code === 'setup_state' ? null : faultOf(failure);
}

const READS: Readonly<Record<string, Handler>> = {
  state: (checkout, call) => checkout.state(call),
  updates: async (checkout, call) => {
    const seen = new URLSearchParams(call.request.query).get('seen');
    const until = performance.now() + UPDATES_WAIT_MS_MAX;
    if (checkout.waiting >= WAITING_MAX) return checkout.state(call);
    checkout.waiting += 1;
    try {
      for (;;) {
        const state = await checkout.state(call);
        if (state.tag !== seen || performance.now() + LOOK_MS > until) return state;
        await pause(LOOK_MS);
      }
    } finally {
      checkout.waiting -= 1;
    }
  },
};

const CALLS: Readonly<Record<string, Handler>> = {
  details: async (checkout, call) => {
    const { subject } = call;
    const details = readDetails(call.request.body);
    const { tellerOf } = checkout;
    await (subject.kind === 'intent'
      ? checkout.run(changeIntent(subject, details, tellerOf))
      : checkout.run(changeSetup(subject, details, tellerOf('dojo'))));
    return checkout.state(choosing(call, details.country));
  },
  pay: async (checkout, call) => {
    const { subject } = call;
    const sent = readPay(call.request.body);
    const missing = missingFor(sent);
    if (missing !== null) throw missingField(missing, 'This is missing.');
    const { visit } = choosing(call, sent.country);
    const { tellerOf } = checkout;
    await (subject.kind === 'intent'
      ? checkout.run(payIntent(subject, sent, visit, tellerOf))
      : checkout.run(saveMethod(subject, sent, visit, tellerOf('dojo'))));
    return checkout.state({ subject, visit });
  },
  cancel: async (checkout, call) => {
    readNothing(call.request.body);
    const { subject } = call;
    const { tellerOf } = checkout;
    await (subject.kind === 'intent'
      ? checkout.run(callOffIntent(subject, tellerOf))
      : checkout.run(callOffSetup(subject, tellerOf('dojo'))));
    return checkout.state(call);
  },
  code: async (checkout, call) => {
    readNothing(call.request.body);
    const { merchant, id } = call.subject;
    const { methods } = await checkout.state(call);
    const offer = methods.includes('code_wallet')
      ? await checkout.deps.offerCode(merchant, id)
      : null;
    if (offer === null)
      throw new CallFault(
        409,
        'method_unavailable',
        'Wallets cannot pay this. Choose another way.',
      );
    const { payload, svg, walletUrl } = offer;
    return { payload, svg, walletUrl };
  },
  receipt: async (checkout, call) => {
    const { merchant, id, kind } = call.subject;
    const { email } = readReceipt(call.request.body);
    const { receipt, sendsMail } = await checkout.state(call);
    if (kind !== 'intent' || receipt === null || !sendsMail)
      throw new CallFault(409, 'over', 'There is no receipt to send.');
    const livemode = checkout.deps.mode === 'live';
    await checkout.run(
      sendReceipts(merchant, id, [email], (paid) => {
        const terms = checkout.tellerOf(paid.intent.dialect).intent(paid.intent);
        return receiptLetter(paid, terms, livemode);
      }),
    );
    return checkout.state(call);
  },
};

/** The call with the country that its body chooses. */
function choosing(call: Call, country: string | undefined): Call {
  return country === undefined ? call : { ...call, visit: { ...call.visit, country } };
}
