import { localized, UNREACHABLE } from './errors.js';
import { encodeForm, isObject, type Params } from './form.js';
import type { Answer, WireError } from './protocol.js';

/** Whom the page speaks for, and where. */
export interface Client {
  /** Tender's origin. */
  readonly origin: string;
  readonly publishableKey: string;
  readonly stripeAccount: string | null;
  readonly apiVersion: string | null;
  readonly locale: string;
  /** Calls the API; what it refuses is a value. */
  call(method: 'GET' | 'POST', path: string, params: Params): Promise<Reply>;
}

/** An object of the API, or why there is none. */
export type Reply =
  | { readonly ok: true; readonly value: WireObject }
  | { readonly ok: false; readonly error: WireError };

export interface WireObject {
  readonly id: string;
  readonly object: string;
  readonly [field: string]: unknown;
}

export interface ClientSettings extends Omit<Client, 'call'> {
  readonly fetch: typeof fetch;
  /** A text that no other request has. */
  readonly newKey: () => string;
}

export function makeClient({ fetch, newKey, ...settings }: ClientSettings): Client {
  const { origin, publishableKey, stripeAccount, apiVersion, locale } = settings;
  const fixed: Record<string, string> = {
    Authorization: `Bearer ${publishableKey}`,
    ...(apiVersion === null ? {} : { 'Stripe-Version': apiVersion }),
    ...(stripeAccount === null ? {} : { 'Stripe-Account': stripeAccount }),
  };
  const attempt = async (url: string, init: RequestInit): Promise<Reply> => {
    const response = await fetch(url, init);
    const body: unknown = await response.json();
    const error = isObject(body) && isObject(body.error) ? body.error : null;
    if (response.ok && error === null) return { ok: true, value: body as WireObject };
    const known = error as WireError | null;
    return { ok: false, error: localized(known ?? UNREACHABLE, locale) };
  };
  const call: Client['call'] = async (method, path, params) => {
    const form = encodeForm(params);
    const query = method === 'GET' && form !== '' ? `?${form}` : '';
    const headers = { ...fixed };
    if (method === 'POST') {
      headers['Content-Type'] = 'application/x-www-form-urlencoded';
      // Both tries carry it: an answer that got lost is then read again, nothing is done twice.
      headers['Idempotency-Key'] = newKey();
    }
    const init = { method, headers, ...(method === 'POST' ? { body: form } : {}) };
    const url = `${origin}/v1/${path}${query}`;
    return attempt(url, init)
      .catch(() => attempt(url, init))
      .catch(() => ({ ok: false, error: UNREACHABLE }));
  };
  return { ...settings, call };
}

/** A frame's answer as a reply: its errors get the page's language too. */
export function replyOf(answer: Answer, locale: string): Reply {
  if (answer.ok) return { ok: true, value: answer.value as WireObject };
  return { ok: false, error: localized(answer.error, locale) };
}

/** The kind and id of the intent that a client secret opens; null if it is none. */
export function intentOf(
  secret: unknown,
): { kind: 'payment' | 'setup'; id: string; path: string } | null {
  const found = /^((pi|seti)_[^/?#]+?)_secret_[^/?#]+$/.exec(String(secret));
  const id = found?.[1];
  if (id === undefined) return null;
  const kind = found?.[2] === 'pi' ? 'payment' : 'setup';
  return { kind, id, path: `${kind}_intents/${encodeURIComponent(id)}` };
}
