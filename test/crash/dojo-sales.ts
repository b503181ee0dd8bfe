import type { Random } from './random.js';
import type { Body } from './shop.js';

/** What can be done to a payment. `fail`: a try with a card that its bank refuses. */
export type Kind =
  | 'create'
  | 'pay'
  | 'fail'
  | 'refresh'
  | 'capture'
  | 'refund'
  | 'reverse'
  | 'cancel'
  | 'receipt'
  | 'terminal';

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** A write and, once there is one, its answer. */
export interface Order {
  readonly kind: Kind;
  readonly path: string;
  readonly body: Body | null;
  /** null: a payment by a token, which is good for one try and so needs no key. */
  readonly key: string | null;
  answer: Answer | null;
}

/** One payment with all that was done to it, oldest first. */
export interface Sale {
  readonly name: string;
  /** The merchant's name: his key opens an account of its own. */
  readonly merchant: string;
  readonly orders: Order[];
}

/** The ids of a merchant's terminals, by what the banks of the customers before them say. */
export interface Terminals {
  readonly approving: readonly string[];
  readonly refusing: string;
}

const CARD = { cardName: 'Ada Example', expiryDate: '12 / 40', cV2: '123' };
const NUMBERS = { pay: '4242424242424242', fail: '4000000000000002' };

/** The first order of a sale. */
export function opening(merchant: string, name: string, random: Random): Order {
  const body = {
    amount: { value: random.between(100, 9_999), currencyCode: random.pick(['GBP', 'EUR']) },
    reference: name,
    captureMode: random.pick(['Auto', 'Manual']),
    generateRemoteToken: true,
  };
  return {
    kind: 'create',
    path: '/payment-intents',
    body,
    key: `${merchant} ${name}`,
    answer: null,
  };
}

/** What the answers say that a payment must be like now. */
export interface Told {
  /** As it was created. */
  readonly intent: Body;
  readonly status: string;
  readonly token: string | null;
  readonly captured: number;
  readonly refunded: number;
  readonly captures: readonly Body[];
  readonly refundIds: readonly string[];
  /** Addresses that a receipt was asked for. */
  readonly letters: readonly string[];
  readonly sessions: readonly string[];
  readonly events: readonly string[];
}

const bodyOf = ({ answer }: Order): Body => JSON.parse(answer?.text || '{}');

/** Whether it was done, now or before its answer was lost: a token that is used up was used. */
export function isDone({ kind, answer }: Order): boolean {
  if (answer === null) return false;
  if (kind !== 'pay' && kind !== 'fail') return answer.status < 300;
  return answer.status === 401 || JSON.parse(answer.text).statusCode === (kind === 'pay' ? 0 : 5);
}

/** What a payment must be like; null where nobody was told that there is one. */
export function told({ orders: [first, ...rest] }: Sale): Told | null {
  if (first === undefined || !isDone(first)) return null;
  const intent = bodyOf(first);
  const begun: Told = {
    intent,
    status: 'Created',
    token: intent.clientSessionSecret,
    captured: 0,
    refunded: 0,
    captures: [],
    refundIds: [],
    letters: [],
    sessions: [],
    events: [],
  };
  return rest.filter(isDone).reduce(after, begun);
}

function after(was: Told, order: Order): Told {
  const { intent, events } = was;
  const answer = bodyOf(order);
  const sent = order.body ?? {};
  switch (order.kind) {
    case 'create':
      throw new Error('a sale is created once');
    case 'pay':
      return paid(was);
    case 'fail':
      return { ...was, token: null, events: [...events, 'Declined'] };
    case 'refresh':
      return { ...was, token: answer.clientSessionSecret };
    case 'capture': {
      const { amount, tipsAmount } = sent;
      const captures = [...was.captures, { id: answer.captureId, amount, tipsAmount }];
      const captured = was.captured + amount + tipsAmount;
      return { ...was, status: 'Captured', captures, captured, events: [...events, 'Captured'] };
    }
    case 'refund': {
      const refunded = was.refunded + sent.amount;
      // While a part is still held there is more to come.
      const isWhole = refunded === was.captured && was.captured === intent.amount.value;
      const refundIds = [...was.refundIds, answer.refundId];
      const status = isWhole ? 'Refunded' : was.status;
      return { ...was, status, refunded, refundIds, events: [...events, 'Refunded'] };
    }
    case 'reverse':
      return {
        ...was,
        status: 'Reversed',
        refunded: was.captured,
        events: [...events, 'Reversed'],
      };
    case 'cancel':
      return { ...was, status: 'Canceled', token: null, events: [...events, 'Canceled'] };
    case 'receipt':
      return { ...was, letters: [...was.letters, ...sent.emails] };
    case 'terminal':
      return { ...was, token: null, sessions: [...was.sessions, answer.id] };
  }
}

/** The same payment after somebody's bank has agreed. */
export function paid(was: Told): Told {
  const isHeld = was.intent.captureMode === 'Manual';
  const status = isHeld ? 'Authorized' : 'Captured';
  const captured = isHeld ? 0 : was.intent.amount.value;
  return { ...was, status, token: null, captured, events: [...was.events, status] };
}

/** Orders of one sale: more would only make the end of the test longer. */
const ORDERS_MAX = 7;

/** The next order of a sale, by what it must be like now; null where it is left alone. */
export function following(sale: Sale, terminals: Terminals, random: Random): Order | null {
  const now = told(sale);
  if (now === null || sale.orders.length >= ORDERS_MAX) return null;
  const path = `/payment-intents/${now.intent.id}`;
  const key = `${sale.name}.${sale.orders.length}`;
  const order = (kind: Kind, to: string, body: Body | null = null): Order => ({
    kind,
    path: to,
    body,
    key,
    answer: null,
  });
  const letter = () => order('receipt', `${path}/receipt`, { emails: [`${key}@shop.example`] });
  const chance = random.between(0, 9);
  switch (now.status) {
    case 'Created': {
      if (now.sessions.length > 0) return null;
      if (now.token === null) return order('refresh', `${path}/refresh-client-session-secret`);
      if (chance === 0) return order('cancel', path);
      if (chance === 1) return selling(now, terminals, random, order);
      const kind = chance < 4 ? 'fail' : 'pay';
      const body = { ...CARD, cardNumber: NUMBERS[kind] };
      return { kind, path: `/api/payments/${now.token}`, body, key: null, answer: null };
    }
    case 'Authorized':
      if (chance < 2) return order('reverse', `${path}/reversal`);
      return chance < 9 ? capturing(now, path, random, order) : letter();
    case 'Captured':
      if (chance === 0) return order('reverse', `${path}/reversal`);
      if (chance < 3) return letter();
      if (chance < 5) return capturing(now, path, random, order);
      // Some ask for more than is left, and are refused.
      return order('refund', `${path}/refunds`, { amount: random.between(1, now.captured) });
    default:
      return null;
  }
}

type Making = (kind: Kind, to: string, body?: Body | null) => Order;

/** Some ask for more than is held, or where nothing is, and are refused. */
function capturing({ intent }: Told, path: string, random: Random, order: Making): Order {
  const amount = random.between(1, Math.ceil(intent.amount.value / 2));
  return order('capture', `${path}/captures`, { amount, tipsAmount: random.between(0, 50) });
}

function selling({ intent }: Told, all: Terminals, random: Random, order: Making): Order {
  const terminalId = random.pick([...all.approving, all.refusing]);
  const sale = { paymentIntentId: intent.id };
  return order('terminal', '/terminal-sessions', {
    terminalId,
    details: { sessionType: 'Sale', sale },
  });
}
