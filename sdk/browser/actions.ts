import { type Client, intentOf, type WireObject } from './api.js';
import { showChallenge } from './challenge-dialog.js';
import { demand, localized, notWaiting, unauthenticated } from './errors.js';
import { isObject, type Params, textOf } from './form.js';
import { languageOf } from './form-texts.js';
import type { WireError } from './protocol.js';

/** How often an intent is asked about while its customer is at the bank's page. */
const POLL_MS = 2_000;

export type Kind = 'payment' | 'setup';

/** `{ paymentIntent }`, `{ setupIntent }` or `{ error }`, as Stripe.js resolves. */
export type Result = Record<string, unknown>;

/** An intent that a client secret opens. */
export interface Place {
  readonly kind: Kind;
  readonly id: string;
  readonly path: string;
  readonly secret: string;
}

/** The intent of a client secret. Throws IntegrationError where it is none, or of another kind. */
export function placeOfSecret(secret: unknown, caller: string, kind?: Kind): Place {
  const found = intentOf(secret);
  const object = kind === 'setup' ? 'seti' : kind === 'payment' ? 'pi' : 'pi or seti';
  demand(
    found !== null && (kind === undefined || found.kind === kind),
    `Invalid value for ${caller}: the client secret should be of the form ` +
      `${object}_{id}_secret_{secret}. You specified: ${String(secret).split('_secret_')[0]}.`,
  );
  return { ...found, secret: String(secret) };
}

export function succeededWith(kind: Kind, intent: WireObject): Result {
  return { [`${kind}Intent`]: intent };
}

function failedWith(client: Client, kind: Kind, intent: WireObject, error: WireError): Result {
  return { error: { ...localized(error, client.locale), [`${kind}_intent`]: intent } };
}

/** Never resolves: the page is on its way elsewhere. */
export function leave(url: string): Promise<never> {
  location.assign(url);
  return new Promise(() => {});
}

async function retrieve(client: Client, place: Place, more: Params = {}) {
  return client.call('GET', place.path, { ...more, client_secret: place.secret });
}

export async function retrieveIntent(client: Client, place: Place): Promise<Result> {
  const reply = await retrieve(client, place);
  return reply.ok ? succeededWith(place.kind, reply.value) : { error: reply.error };
}

/**
 * Has the customer do what the intent waits for. Where they close the dialog, the intent stays as
 * it is, `requires_action`, and the result is the error of an authentication that failed: shops
 * show it and let the customer try again, with the same intent.
 */
export async function act(client: Client, place: Place, intent: WireObject): Promise<Result> {
  const action = isObject(intent.next_action) ? intent.next_action : null;
  if (intent.status !== 'requires_action' || action === null)
    return succeededWith(place.kind, intent);
  const redirect = isObject(action.redirect_to_url) ? textOf(action.redirect_to_url, 'url') : null;
  if (redirect !== null) return leave(redirect);
  const sdk = isObject(action.use_stripe_sdk) ? textOf(action.use_stripe_sdk, 'stripe_js') : null;
  // Something that the page itself shows, such as small deposits to be told.
  if (sdk === null) return succeededWith(place.kind, intent);
  const settled = async (): Promise<boolean> => {
    const reply = await retrieve(client, place);
    return reply.ok && reply.value.status !== 'requires_action';
  };
  const language = languageOf(client.locale, navigator.language);
  const end = await showChallenge(sdk, language, settled, POLL_MS);
  const reply = await retrieve(client, place);
  if (!reply.ok) return { error: reply.error };
  // It may have been answered in the moment in which it was closed.
  const isOpen = reply.value.status === 'requires_action';
  if (end === 'abandoned' && isOpen)
    return failedWith(client, place.kind, reply.value, unauthenticated(place.kind));
  return outcome(client, place.kind, reply.value);
}

/** What became of an intent whose customer has answered. */
export function outcome(client: Client, kind: Kind, intent: WireObject): Result {
  if (intent.status !== 'requires_payment_method' && intent.status !== 'requires_action')
    return succeededWith(kind, intent);
  const last = intent[`last_${kind}_error`];
  const error = isObject(last) ? (last as unknown as WireError) : unauthenticated(kind);
  return failedWith(client, kind, intent, error);
}

/** `handleCardAction` and `handleNextAction`: of an intent that was confirmed elsewhere. */
export async function handleAction(client: Client, place: Place, name: string): Promise<Result> {
  const reply = await retrieve(client, place);
  if (!reply.ok) return { error: reply.error };
  if (reply.value.status !== 'requires_action')
    return failedWith(client, place.kind, reply.value, notWaiting(name, place.kind));
  return act(client, place, reply.value);
}

export interface Confirmation {
  readonly params: Params;
  /** Whether the script shows what the customer has to do. */
  readonly handleActions: boolean;
}

/** Confirms, and has the customer do what that asks for. */
export async function confirm(
  client: Client,
  place: Place,
  { params, handleActions }: Confirmation,
): Promise<Result> {
  // A page that handles redirects itself gets one, to the address that it named.
  const inScript = handleActions || params.return_url === undefined;
  const reply = await client.call('POST', `${place.path}/confirm`, {
    ...params,
    ...(inScript ? { use_stripe_sdk: true } : {}),
    client_secret: place.secret,
  });
  if (!reply.ok) return { error: reply.error };
  return handleActions ? act(client, place, reply.value) : succeededWith(place.kind, reply.value);
}

/** The page that a customer is led back to, with what happened. */
export function returnAddress(returnUrl: string, kind: Kind, intent: Params): string {
  const url = new URL(returnUrl, location.href);
  const paid = intent.status === 'succeeded' || intent.status === 'requires_capture';
  url.searchParams.set(`${kind}_intent`, String(intent.id));
  url.searchParams.set(`${kind}_intent_client_secret`, String(intent.client_secret));
  url.searchParams.set('redirect_status', paid ? 'succeeded' : 'pending');
  return url.href;
}
