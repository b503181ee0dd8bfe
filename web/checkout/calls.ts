import type {
  CheckoutFault,
  CheckoutState,
  CodeOffer,
  DetailsCall,
  PayCall,
  ReceiptCall,
} from '../../src/api/checkout/schema.js';

/** A call that takes longer is given up: what it came to is then asked for. */
const CALL_MS_MAX = 30_000;

/** What a call of the server came to. */
export type Outcome<T = CheckoutState> =
  | { readonly kind: 'done'; readonly value: T }
  /** Refused, or the server is in trouble, by its status. */
  | { readonly kind: 'fault'; readonly status: number; readonly fault: CheckoutFault['error'] }
  /** No answer came: what was asked for may have happened. */
  | { readonly kind: 'lost' };

/** The calls of one checkout, one at a time and in their order. */
export interface Calls {
  state(): Promise<Outcome>;
  /** The state as soon as its tag is another than `seen`, or after a while; beside the others. */
  updates(seen: string): Promise<Outcome>;
  details(call: DetailsCall): Promise<Outcome>;
  pay(call: PayCall): Promise<Outcome>;
  cancel(): Promise<Outcome>;
  code(): Promise<Outcome<CodeOffer>>;
  receipt(call: ReceiptCall): Promise<Outcome>;
}

async function call<T>(url: string, body: object | null): Promise<Outcome<T>> {
  try {
    const signal = AbortSignal.timeout(CALL_MS_MAX);
    const headers = { 'content-type': 'application/json' };
    const options = body && { method: 'POST', headers, body: JSON.stringify(body) };
    const response = await fetch(url, { ...options, signal, cache: 'no-store' });
    if (response.ok) return { kind: 'done', value: (await response.json()) as T };
    const { error } = (await response.json().catch(() => ({}))) as Partial<CheckoutFault>;
    const fault = error ?? { code: 'trouble', message: '', field: null };
    return { kind: 'fault', status: response.status, fault };
  } catch {
    return { kind: 'lost' };
  }
}

/** @param address of the checkout, without a final slash: `/checkout/pi_sandbox_…` */
export function makeCalls(address: string): Calls {
  let last: Promise<unknown> = Promise.resolve();
  /** The page's choice of a country: the server keeps none, and is told each time. */
  let chosen: { readonly country?: string } = {};
  const next = <T>(path: string, body: object | null): Promise<Outcome<T>> => {
    // `call` never rejects.
    const made = last.then(() => call<T>(`${address}/${path}`, body));
    last = made;
    return made;
  };
  const asked = (query: Readonly<Record<string, string>>): string =>
    new URLSearchParams({ ...query, ...chosen }).toString();
  const told = <T extends DetailsCall>(body: T): T => {
    if (body.country !== undefined) chosen = { country: body.country };
    return { ...chosen, ...body };
  };
  return {
    state: () => next(`state?${asked({})}`, null),
    updates: (seen) => call(`${address}/updates?${asked({ seen })}`, null),
    details: (body) => next('details', told(body)),
    pay: (body) => next('pay', told(body)),
    cancel: () => next('cancel', {}),
    code: () => next('code', {}),
    receipt: (body) => next('receipt', body),
  };
}
