import {
  type Confirmation,
  confirm,
  type Kind,
  leave,
  placeOfSecret,
  type Result,
  returnAddress,
} from './actions.js';
import type { Client, Reply } from './api.js';
import { elementOf } from './element.js';
import { groupOf } from './elements.js';
import { demand } from './errors.js';
import { isObject, merged, type Params } from './form.js';
import { detailsOf, holderOf, make, methodOf, refuseCardData } from './methods.js';

/** The customer's agreement to be debited, given in this browser. */
const MANDATE = { customer_acceptance: { type: 'online', online: { infer_from_client: true } } };

const objectOf = (value: unknown): Params => (isObject(value) ? value : {});

/**
 * `confirmCardPayment` and its siblings: an intent and a method of one type, by its id or described
 * with an element.
 */
export function confirmWithMethod(
  client: Client,
  name: string,
  { kind, type }: { readonly kind: Kind; readonly type: string },
  [secret, data, options]: readonly unknown[],
): Promise<Result> {
  const place = placeOfSecret(secret, `stripe.${name}()`, kind);
  demand(data === undefined || isObject(data), `stripe.${name}(): data should be an object.`);
  const sent = objectOf(data);
  const handleActions = objectOf(options).handleActions !== false;
  const method = sent.payment_method;
  if (isObject(method)) refuseCardData(method);
  const debited =
    type === 'card' || sent.mandate_data !== undefined ? {} : { mandate_data: MANDATE };
  const params = { ...debited, ...sent };
  return withCvc(params, async (checked) => {
    if (!isObject(method)) return confirm(client, place, { params: checked, handleActions });
    const card = objectOf(method.card);
    const { payment_method: _described, ...rest } = checked;
    if (typeof card.token === 'string') {
      const payment_method_data = { ...method, type };
      return confirm(client, place, { params: { ...rest, payment_method_data }, handleActions });
    }
    return confirmMade(client, place, await methodOf(client, { ...method, type }), {
      params: rest,
      handleActions,
    });
  });
}

function confirmMade(
  client: Client,
  place: Parameters<typeof confirm>[1],
  made: Reply,
  { params, handleActions }: Confirmation,
): Promise<Result> | Result {
  if (!made.ok) return { error: made.error };
  return confirm(client, place, {
    params: { ...params, payment_method: made.value.id },
    handleActions,
  });
}

/** A security code that is asked for again with a saved card: its element becomes a token. */
async function withCvc(params: Params, go: (params: Params) => Promise<Result>): Promise<Result> {
  const card = objectOf(objectOf(params.payment_method_options).card);
  const element = elementOf(card.cvc);
  if (element === null) return go(params);
  const answer = await element.ask({ what: 'part' });
  if (!answer.ok) return { error: answer.error };
  const { cvc: _element, ...rest } = card;
  const { cvcToken } = answer.value as { cvcToken: string };
  const others = objectOf(params.payment_method_options);
  return go({
    ...params,
    payment_method_options: { ...others, card: { ...rest, cvc_token: cvcToken } },
  });
}

/** `confirmPayment` and `confirmSetup`: an intent, and whatever its group of elements holds. */
export function confirmElements(client: Client, kind: Kind, options: unknown): Promise<Result> {
  const name = kind === 'payment' ? 'confirmPayment' : 'confirmSetup';
  const caller = `stripe.${name}()`;
  demand(isObject(options), `${caller} takes an object.`);
  const { elements, confirmParams, redirect = 'always' } = options;
  demand(
    redirect === 'always' || redirect === 'if_required',
    `Invalid value for ${caller}: redirect should be "always" or "if_required".`,
  );
  const { payment_method_data: methodData, ...params } = objectOf(confirmParams);
  const returnUrl = params.return_url;
  demand(
    redirect === 'if_required' || typeof returnUrl === 'string',
    `${caller}: the \`confirmParams.return_url\` argument is required unless passing ` +
      "`redirect: 'if_required'`.",
  );
  const group = elements === undefined ? null : groupOf(elements, caller);
  const secret = options.clientSecret ?? group?.clientSecret;
  const place = placeOfSecret(secret, caller, kind);
  const named = params.payment_method ?? params.confirmation_token;
  const element = group === null || named !== undefined ? null : holderOf(elements, caller);
  const run = async (): Promise<Result> => {
    if (element === null)
      return confirm(client, place, { params: withData(params, methodData), handleActions: true });
    const { shipping, ...others } = detailsOf(elements, caller);
    const made = await make(
      client,
      element,
      'payment_method',
      merged(others, objectOf(methodData)),
    );
    const isDebit = made.ok && made.value.type !== 'card';
    return confirmMade(client, place, made, {
      params: {
        ...(isDebit ? { mandate_data: MANDATE } : {}),
        ...(shipping === undefined || kind === 'setup' ? {} : { shipping }),
        ...params,
      },
      handleActions: true,
    });
  };
  return run().then((result) => {
    const intent = result[`${kind}Intent`];
    if (redirect !== 'always' || !isObject(intent)) return result;
    return leave(returnAddress(String(returnUrl), kind, intent));
  });
}

function withData(params: Params, methodData: unknown): Params {
  return isObject(methodData) && typeof methodData.type === 'string'
    ? { ...params, payment_method_data: methodData }
    : params;
}
