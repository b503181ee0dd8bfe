import {
  act,
  type DojoReply,
  type DojoRequest,
  linked,
  notFound,
  reply,
  type WireObject,
} from '../request.js';
import { type Route, route } from '../route.js';
import { intentStatus } from '../status.js';
import { needPaymentIntent, paymentIntentView } from '../view/payment-intent.js';
import { refreshSecret } from './payment-intents.js';

/**
 * What whoever has the link may see: enough to show the payment and to pay it. What the merchant
 * keeps for himself is not here: metadata, the order, what was tried before, other customers' ids.
 */
const PUBLIC_FIELDS = [
  'id',
  'captureMode',
  'clientSessionSecret',
  'clientSessionSecretExpirationDate',
  'status',
  'paymentMethods',
  'amount',
  'tipsAmount',
  'totalAmount',
  'cashbackAmount',
  'serviceChargeAmount',
  'reference',
  'description',
  'itemLines',
  'taxLines',
  'customer',
  'billingAddress',
  'shippingDetails',
  'config',
  'merchantConfig',
  'createdAt',
  'updatedAt',
  'expireAt',
] as const;

function publicView(view: WireObject): WireObject {
  return Object.fromEntries(PUBLIC_FIELDS.map((name) => [name, view[name]]));
}

async function retrieve(asked: DojoRequest): Promise<DojoReply> {
  const { request, id } = await linked(asked, 'intent');
  const { engine, account, view } = request;
  const shown = await engine.read(
    account,
    (need) => needPaymentIntent(need, id),
    (rows) => {
      const intent = rows.get('intents', id);
      const isThere = intent !== null && intentStatus(intent) !== 'Canceled';
      return isThere ? publicView(paymentIntentView(intent, rows, view)) : null;
    },
  );
  return shown === null ? notFound('payment intent') : reply(shown);
}

async function refresh(asked: DojoRequest): Promise<DojoReply> {
  const { request, id } = await linked(asked, 'intent');
  return act(request, refreshSecret(request, id), {
    alsoNeeds: (need) => needPaymentIntent(need, id),
    show: (intent, rows) => publicView(paymentIntentView(intent, rows, request.view)),
  });
}

const PATH = '/payment-intents/public/:id';

/** What the mobile packages ask for without a key. */
export const PUBLIC_ROUTES: readonly Route[] = [
  route('GET', PATH, null, retrieve, {
    by: 'nobody',
    matches: 'what the mobile packages read; IS-MOBILE is taken',
    deviates: 'not in the description: the fields are those that a customer needs to pay',
  }),
  route('POST', `${PATH}/refresh-client-session-secret`, null, refresh, {
    by: 'nobody',
    matches: 'a new secret for 30 minutes, while the intent can be paid',
    deviates: 'once it is paid or canceled: 400',
  }),
];
