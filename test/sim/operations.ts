import { ACCOUNT_CLOCK } from '../../src/domain/clock.js';
import type { Dispute } from '../../src/domain/dispute.js';
import type { Intent } from '../../src/domain/intent.js';
import { INSTALLATION, type RendezvousRequest } from '../../src/domain/rendezvous.js';
import type { SetupIntent } from '../../src/domain/setup.js';
import { captureIntent } from '../../src/engine/captures.js';
import { terminalsOf } from '../../src/engine/card-machines.js';
import { createClock, startAdvance } from '../../src/engine/clocks.js';
import { registerCodeWebhook } from '../../src/engine/code-webhooks.js';
import type { Command } from '../../src/engine/command.js';
import { createCustomer } from '../../src/engine/customers.js';
import { closeDispute, updateDispute } from '../../src/engine/disputes.js';
import { offerIntent } from '../../src/engine/intent-offers.js';
import {
  answerChallenge,
  cancelIntent,
  confirmIntent,
  updateIntent,
} from '../../src/engine/intents.js';
import { NO_MANDATE } from '../../src/engine/mandates.js';
import { createRefund } from '../../src/engine/refunds.js';
import { createRequest } from '../../src/engine/requests.js';
import { reverseIntent } from '../../src/engine/reversals.js';
import {
  type ConfirmSetupOptions,
  cancelSetup,
  confirmSetup,
  createSetup,
} from '../../src/engine/setups.js';
import { submitPayment } from '../../src/engine/submissions.js';
import {
  answerSignature,
  cancelTerminalSession,
  createTerminalSession,
  type TaskInput,
} from '../../src/engine/terminals.js';
import { airdrop } from '../../src/engine/wallets.js';
import { create, PLAIN_CONFIRM, subscribe } from '../support/payments.js';
import { keyOf, payment, signedBy, type TestKey } from '../support/wallets.js';
import type { Chance } from './chance.js';
import { ACCOUNTS } from './chaos.js';
import type { Disk } from './disk.js';

/** One thing that a client wants done, once, however often it has to ask. */
export interface Operation {
  /** Its idempotency key. */
  readonly key: string;
  readonly kind: string;
  readonly account: string;
  /** The same command each time that it is asked for. */
  readonly command: Command<object | string | null>;
  /** What the model knows of it. */
  readonly moves?: { readonly intent: string; readonly capture: bigint };
}

/** What an operation is made from. */
interface Making {
  readonly chance: Chance;
  readonly disk: Disk;
  readonly key: string;
  readonly account: string;
  /** Wall time, Unix ms. */
  readonly nowMs: number;
}

type Made = Omit<Operation, 'key' | 'kind' | 'account'> & { readonly account?: string };

const CARDS = [
  'pm_card_visa',
  'pm_card_visa',
  'pm_card_visa',
  'pm_card_chargeDeclined',
  'pm_card_threeDSecure2Required',
  'pm_card_createDispute',
  'pm_card_createDisputeInquiry',
  'pm_card_pendingRefund',
  'pm_card_refundFail',
];
const DAY_SECONDS = 86_400;
const CONFIRM_SETUP: ConfirmSetupOptions = {
  mandate: NO_MANDATE,
  wishes: () => ({ requestChallenge: 'automatic', byDeposits: false }),
  needsReturnUrl: () => false,
};
const WALLETS = ['ann', 'ben', 'eve'].map((name) => keyOf(`sim ${name}`));
const SHOP = keyOf('sim shop');

function intentOf({ chance, disk, account }: Making, ...states: Intent['state'][]): Intent | null {
  const all = disk.ofAccount('intents', account) as Intent[];
  const fitting = all.filter(({ state }) => states.length === 0 || states.includes(state));
  // Mostly the newest: on them several clients meet.
  const near = fitting.slice(chance.hits(0.7) ? -3 : 0);
  return near.length === 0 ? null : chance.pick(near);
}

const cents = (chance: Chance): bigint => BigInt(chance.whole(1, 40)) * 50n;

const OPERATIONS: Record<string, (making: Making) => Made | null> = {
  create: ({ chance, key, account }) => {
    const pays = chance.hits(0.4);
    return {
      command: create(
        {
          amount: cents(chance),
          captureMethod: chance.pick(['automatic', 'manual', 'manual'] as const),
          confirmationMethod: chance.hits(0.2) ? 'manual' : 'automatic',
          metadata: () => ({ op: key }),
          ...(pays ? { method: chance.pick(CARDS), confirm: PLAIN_CONFIRM } : {}),
        },
        account,
      ),
    };
  },
  create_dojo: ({ chance, key, account }) => {
    const seconds = chance.pick([60, DAY_SECONDS]);
    const holds = chance.hits(0.5);
    const end = chance.pick(['release', 'capture'] as const);
    return {
      command: create(
        {
          dialect: 'dojo',
          currency: 'gbp',
          keepsHistory: true,
          amount: cents(chance),
          captureMethod: holds ? 'manual' : 'automatic',
          expiresInSeconds: chance.pick([300, 30 * DAY_SECONDS]),
          metadata: () => ({ op: key }),
          ...(holds && chance.hits(0.5) ? { holdTerms: { seconds, end } } : {}),
          ...(chance.hits(0.5) ? { method: 'pm_card_visa', confirm: PLAIN_CONFIRM } : {}),
        },
        account,
      ),
    };
  },
  confirm: (making) => {
    const { chance, account } = making;
    const intent = intentOf(making, 'awaiting_method', 'awaiting_confirmation', 'awaiting_action');
    const method = chance.hits(0.85) ? { method: chance.pick(CARDS) } : {};
    return intent && { command: confirmIntent(account, intent.id, method, PLAIN_CONFIRM) };
  },
  answer: (making) => {
    const intent = intentOf(making, 'awaiting_action');
    if (intent?.challenge == null) return null;
    const passed = making.chance.hits(0.8);
    const { account, id, challenge } = intent;
    return { command: answerChallenge(account, id, challenge.secret, passed) };
  },
  capture: (making) => {
    const intent = intentOf(making, 'authorized');
    if (intent === null) return null;
    const amount = BigInt(making.chance.whole(1, Number(intent.authorized)));
    const input = { amount, final: making.chance.hits(0.4) };
    return {
      command: captureIntent(intent.account, intent.id, input),
      moves: { intent: intent.id, capture: amount },
    };
  },
  cancel: (making) => {
    const intent = intentOf(making);
    return intent && { command: cancelIntent(intent.account, intent.id, null) };
  },
  refund: (making) => {
    const { chance, key, account } = making;
    const intent = intentOf(making, 'captured', 'authorized');
    if (intent === null) return null;
    const amount = BigInt(chance.whole(1, Math.max(1, Number(intent.captured))));
    const input = { attempt: null, intent: intent.id, amount, reason: null, wire: {} };
    const metadata = { op: key };
    return { command: createRefund(account, { ...input, metadata, instructionsEmail: null }) };
  },
  reverse: (making) => {
    const intent = intentOf(making, 'captured', 'authorized');
    return intent && { command: reverseIntent(intent.account, intent.id) };
  },
  change: (making) => {
    const intent = intentOf(making);
    if (intent === null) return null;
    const { chance, key } = making;
    const fields = chance.hits(0.5)
      ? { amount: cents(chance) }
      : { metadata: (old: Record<string, string>) => ({ ...old, [`by_${key}`]: 'yes' }) };
    return { command: updateIntent(intent.account, intent.id, fields) };
  },
  set_up: ({ account, chance, key }) => ({
    command: createSetup(account, {
      method: chance.pick(CARDS),
      metadata: () => ({ op: key }),
      confirm: chance.hits(0.5) ? null : CONFIRM_SETUP,
      keepsHistory: true,
      expiresInSeconds: 600,
    }),
  }),
  confirm_setup: ({ account, chance, disk }) => {
    const setups = disk.ofAccount('setups', account) as SetupIntent[];
    if (setups.length === 0) return null;
    const { id } = chance.pick(setups);
    const command = chance.hits(0.7)
      ? confirmSetup(account, id, { method: 'pm_card_visa' }, CONFIRM_SETUP)
      : cancelSetup(account, id, null);
    return { command };
  },
  dispute: ({ account, chance, disk }) => {
    const disputes = disk.ofAccount('disputes', account) as Dispute[];
    if (disputes.length === 0) return null;
    const { id } = chance.pick(disputes);
    const uncategorizedText = chance.pick(['winning_evidence', 'losing_evidence']);
    const evidence = { uncategorized_text: uncategorizedText };
    const command = chance.hits(0.3)
      ? closeDispute(account, id)
      : updateDispute(account, id, { submit: true, evidence: evidence as never });
    return { command };
  },
  customer: ({ account, chance, key }) => ({
    command: createCustomer(account, {
      metadata: () => ({ op: key }),
      ...(chance.hits(0.5) ? { method: 'pm_card_visa' } : {}),
    }),
  }),
  subscribe: ({ account, chance, key }) => {
    const dialect = chance.pick(['stripe', 'dojo'] as const);
    return { command: subscribe({ dialect, url: `https://${key}.example/` }, account) };
  },
  clock: ({ account, chance, disk, key }) => {
    const clocks = disk.ofAccount('clocks', account) as { id: string; frozenTime: number }[];
    const clock = clocks.find(({ id }) => id !== 'account');
    if (clock === undefined)
      return {
        command: createClock(account, { frozenTime: 1_800_000_000, name: key, customer: null }),
      };
    const seconds = chance.pick([60, DAY_SECONDS, 8 * DAY_SECONDS]);
    return { command: startAdvance(account, clock.id, clock.frozenTime + seconds) };
  },
  account_clock: ({ account, chance, nowMs }) => {
    const seconds = chance.pick([3_600, DAY_SECONDS, 8 * DAY_SECONDS]);
    return { command: startAdvance(account, ACCOUNT_CLOCK, Math.floor(nowMs / 1000) + seconds) };
  },
  clock_customer: ({ account, chance, disk, key }) => {
    const customers = disk.ofAccount('customers', account) as {
      id: string;
      clockId: string | null;
    }[];
    const mine = customers.filter(({ clockId }) => clockId !== null);
    const [clock] = (disk.ofAccount('clocks', account) as { id: string }[]).filter(
      ({ id }) => id !== 'account',
    );
    if (mine.length === 0)
      return clock === undefined
        ? null
        : {
            command: createCustomer(account, { clockId: clock.id, metadata: () => ({ op: key }) }),
          };
    const over = { customer: chance.pick(mine).id, captureMethod: 'manual' as const };
    const pays = { method: 'pm_card_visa', confirm: PLAIN_CONFIRM, metadata: () => ({ op: key }) };
    return { command: create({ amount: cents(chance), ...over, ...pays }, account) };
  },
  airdrop: ({ chance, key }) => {
    const owner = chance.pick(WALLETS);
    const id = keyOf(`drop ${key}`).address;
    const input = { quarks: 300_000_000_000n, balance_quarks_max: 1n << 60n };
    return { account: INSTALLATION, command: airdrop(signedBy(owner, id), input) };
  },
  request: ({ key, account, chance }) => ({
    account: INSTALLATION,
    command: createRequest({
      id: keyOf(`request ${key}`).address,
      payment: {
        terms: {
          destination: SHOP.address,
          currency: 'usd',
          nativeAmount: 5,
          quarks: null,
          fees: [],
        },
        amount: 500n,
        paidMessage: null,
      },
      domain: null,
      verifier: null,
      message: messageOf('0', 'requestToReceiveBill'),
      defaultMerchant: account,
      expiresInSeconds: chance.pick([300, DAY_SECONDS]),
      messages_max: 10,
      refuses: ({ request }) => (request === null ? null : 'exists'),
    }),
  }),
  offer: (making) => {
    const { account, key } = making;
    const intent = intentOf(making, 'awaiting_method', 'awaiting_confirmation');
    if (intent?.currency !== 'usd') return null;
    const terms = {
      destination: keyOf(`ledger of ${account}`).address,
      currency: 'usd',
      nativeAmount: Number(intent.amount) / 100,
      quarks: null,
      fees: [],
    };
    const command = offerIntent({
      merchant: account,
      intent: intent.id,
      id: keyOf(`offer ${key}`).address,
      terms,
      message: messageOf('1', 'requestToReceiveBill'),
      messages_max: 10,
    });
    return { account: INSTALLATION, command: command as Command<unknown> as Operation['command'] };
  },
  terminal: (making) => {
    const { account, chance } = making;
    const machine = chance.pick(terminalsOf(account)).id;
    const intent = intentOf(making);
    if (intent === null || chance.hits(0.2)) {
      const task = { kind: 'unlinked_refund', amount: cents(chance), currency: 'gbp' } as const;
      return {
        command: createTerminalSession(account, machine, { ...task, holderNotPresent: false }),
      };
    }
    const task: TaskInput =
      intent.state === 'captured'
        ? { kind: 'matched_refund', intent: intent.id, amount: chance.hits(0.5) ? 50n : null }
        : { kind: 'sale', intent: intent.id, isHolderAway: () => false };
    return { command: createTerminalSession(account, machine, task) };
  },
  terminal_answer: ({ account, chance, disk }) => {
    const sessions = disk.ofAccount('terminal_sessions', account);
    if (sessions.length === 0) return null;
    const { id } = chance.pick(sessions);
    const command = chance.hits(0.3)
      ? cancelTerminalSession(account, id)
      : answerSignature(account, id, chance.hits(0.7));
    return { command };
  },
  code_webhook: ({ chance, disk, key }) => {
    const requests = disk.ofAccount('requests', INSTALLATION);
    if (requests.length === 0) return null;
    const command = registerCodeWebhook(chance.pick(requests).id, `https://code-${key}.example/`);
    return { account: INSTALLATION, command };
  },
  submit: ({ chance, disk, key }) => {
    const requests = disk.ofAccount('requests', INSTALLATION);
    const owner = chance.pick(WALLETS);
    if (requests.length === 0 || chance.hits(0.3)) return sendAround(chance, owner, key);
    const { id, terms } = chance.pick(requests) as RendezvousRequest;
    if (terms === null) return null;
    const { destination, nativeAmount } = terms;
    const rate = 0.00001;
    const quarks = BigInt(Math.round(nativeAmount * 100)) * 100_000_000n;
    const input = { codeId: id, quarks, destination, currency: 'usd', nativeAmount, rate };
    return { account: INSTALLATION, command: submitPayment(payment(owner, SHOP, input)) };
  },
};

function sendAround(chance: Chance, owner: TestKey, key: string): Made {
  const quarks = BigInt(chance.whole(1, 400)) * 100_000_000n;
  const codeId = keyOf(`send ${key}`).address;
  const input = payment(owner, chance.pick(WALLETS), { codeId, quarks });
  return { account: INSTALLATION, command: submitPayment(input) };
}

function messageOf(digit: string, kind: string) {
  return { uuid: digit.repeat(32), kind, body: '', signature: null };
}

/** How often each is chosen, in parts of all. */
const SHARES: readonly (readonly [keyof typeof OPERATIONS, number])[] = [
  ['create', 10],
  ['create_dojo', 5],
  ['confirm', 9],
  ['answer', 4],
  ['capture', 9],
  ['cancel', 3],
  ['refund', 9],
  ['reverse', 3],
  ['change', 4],
  ['set_up', 2],
  ['confirm_setup', 2],
  ['dispute', 2],
  ['customer', 1],
  ['subscribe', 1],
  ['clock', 2],
  ['account_clock', 1],
  ['clock_customer', 2],
  ['airdrop', 2],
  ['request', 2],
  ['offer', 2],
  ['terminal', 4],
  ['terminal_answer', 2],
  ['code_webhook', 1],
  ['submit', 3],
];
const BAG = SHARES.flatMap(([kind, share]) => Array.from({ length: share }, () => kind));

/** Something at random that could be done to what is stored. */
export function nextOperation(making: Omit<Making, 'account'>): Operation {
  const { chance, key } = making;
  for (;;) {
    const kind = chance.pick(BAG);
    const account = chance.pick(ACCOUNTS);
    const made = OPERATIONS[kind]?.({ ...making, account });
    if (made) return { key, kind, account: made.account ?? account, ...made } as Operation;
  }
}
