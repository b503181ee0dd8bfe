import Stripe from 'stripe';
import { useTestTender } from '../../support/running-tender.js';
import { validateStripe } from '../../support/schema.js';
import { newName, type TestTender } from '../../support/tender.js';

/** A merchant of a test's own: an account that nobody else writes to. */
export interface Shop {
  readonly name: string;
  /** The official client with a secret key; every 2xx body is held against the description. */
  readonly stripe: Stripe;
  /** The official client with the publishable key of the same account; nothing is validated. */
  readonly browser: Stripe;
}

export interface Fixture {
  readonly tender: TestTender;
  newShop(): Shop;
}

/** `payment_method_types`, which the newest typings no longer declare and every server takes. */
export const CARD_ONLY: object = { payment_method_types: ['card'] };

/** A payment that is over with its first call. */
export const PAID = {
  amount: 2000,
  currency: 'usd',
  payment_method: 'pm_card_visa',
  confirm: true,
  ...CARD_ONLY,
} as const;

/** A client whose every 2xx body is validated; what is wrong is added to `faults`. */
export function checkedClient(tender: TestTender, name: string, faults: string[]): Stripe {
  const httpClient = Stripe.createNodeHttpClient() as Stripe.HttpClient;
  const plain = httpClient.makeRequest.bind(httpClient);
  httpClient.makeRequest = async (...request) => {
    const response = await plain(...request);
    const toJSON = response.toJSON.bind(response);
    response.toJSON = async () => {
      const body = await toJSON();
      if (response.getStatusCode() < 300)
        for (const fault of validateStripe(body))
          faults.push(`${request[3]} ${request[2]} ${fault}`);
      return body;
    };
    return response;
  };
  return tender.client(name, { httpClient });
}

/**
 * One Tender for a test file. After each test no response was wrong and nothing was logged; after
 * the last the whole store is audited.
 */
export function useTender(): Fixture {
  const faults: string[] = [];
  const running = useTestTender(faults);
  return {
    get tender() {
      return running();
    },
    newShop: () => {
      const tender = running();
      const name = newName();
      const { port } = tender;
      return {
        name,
        stripe: checkedClient(tender, name, faults),
        browser: new Stripe(`pk_test_${name}`, {
          host: '127.0.0.1',
          port,
          protocol: 'http',
          maxNetworkRetries: 0,
        }),
      };
    },
  };
}

/** An error's body as it was sent, with the status beside it. */
export interface WireFailure {
  readonly status: number;
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly param?: string;
  readonly decline_code?: string;
  readonly charge?: string;
  readonly payment_intent?: Stripe.PaymentIntent;
  readonly payment_method?: Stripe.PaymentMethod;
  readonly [field: string]: unknown;
}

/** The error that a call ends with; a call that succeeds fails the test. */
export async function failure(call: Promise<unknown>): Promise<WireFailure> {
  const error: unknown = await call.then(
    () => new Error('the call succeeded'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Stripe.errors.StripeError)) throw error;
  const { headers: _, requestId: __, statusCode, ...body } = error.raw as Record<string, unknown>;
  return { status: statusCode, ...body } as WireFailure;
}

/** All events of an account, the oldest first. */
export async function eventsOf(stripe: Stripe): Promise<Stripe.Event[]> {
  const newestFirst = await stripe.events.list({ limit: 100 }).autoPagingToArray({ limit: 1000 });
  return newestFirst.toReversed();
}

/** The types of an account's events from the `from`th on, in order. */
export async function eventTypes(stripe: Stripe, from = 0): Promise<string[]> {
  return (await eventsOf(stripe)).slice(from).map((event) => event.type);
}

/** The object that an expandable field holds once it was expanded. */
export function expanded<T extends { id: string }>(field: string | T | null | undefined): T {
  if (typeof field !== 'object' || field === null) throw new Error(`not expanded: ${field}`);
  return field;
}

/** All that a publishable key sees of an intent, as recorded of the live API. */
export const BROWSER_FIELDS = [
  'amount',
  'amount_details',
  'automatic_payment_methods',
  'canceled_at',
  'cancellation_reason',
  'capture_method',
  'client_secret',
  'confirmation_method',
  'created',
  'currency',
  'description',
  'id',
  'last_payment_error',
  'livemode',
  'next_action',
  'object',
  'payment_method',
  'payment_method_configuration_details',
  'payment_method_options',
  'payment_method_types',
  'processing',
  'receipt_email',
  'setup_future_usage',
  'shipping',
  'source',
  'status',
];
