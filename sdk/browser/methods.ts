import { type Client, type Reply, replyOf } from './api.js';
import { elementOf, type ShopElement } from './element.js';
import { collect, groupOf } from './elements.js';
import { demand } from './errors.js';
import { isObject, merged, type Params } from './form.js';

/** The elements that hold a method, in the order in which one is looked for. */
const HOLDERS = ['payment', 'card', 'cardNumber'];

/** The element of a group that holds the method. Throws IntegrationError. */
export function holderOf(elements: unknown, caller: string): ShopElement {
  const group = groupOf(elements, caller);
  const element = group.elementFor(HOLDERS);
  demand(
    element !== null,
    `Invalid value for ${caller}: elements should have a mounted Payment Element or card Element.`,
  );
  demand(
    !group.deferred || group.submitted,
    `elements.submit() must be called, and succeed, before ${caller}. Call it as soon as the ` +
      'customer presses pay, before any other asynchronous work.',
  );
  return element;
}

/** What the other elements of a group add: an e-mail address, postal addresses. */
export function detailsOf(elements: unknown, caller: string): Params {
  return groupOf(elements, caller).details();
}

/** Has an element's frame make something. Throws IntegrationError where it is not on the page. */
export async function make(
  client: Client,
  element: ShopElement,
  what: 'payment_method' | 'token' | 'confirmation_token',
  params: Params,
): Promise<Reply> {
  return replyOf(await collect(element, what, params), client.locale);
}

function resultOf(name: string, reply: Reply): Params {
  return reply.ok ? { [name]: reply.value } : { error: reply.error };
}

/** An element by the type's own name, as in `{ type: 'card', card: element }`. */
function elementIn(data: Params): ShopElement | null {
  const held = typeof data.type === 'string' ? data[data.type] : undefined;
  return elementOf(held) === null ? null : (held as ShopElement);
}

/**
 * `createPaymentMethod` in its three forms: of an element, of a group, and of data; before them the
 * old one, `(type, element, data)`.
 */
export function createPaymentMethod(
  client: Client,
  first: unknown,
  second: unknown,
  third: unknown,
): Promise<Params> {
  const caller = 'stripe.createPaymentMethod()';
  if (typeof first === 'string') {
    const more = isObject(third) ? third : {};
    const held = isObject(second) && elementOf(second) === null ? second : { [first]: second };
    return createPaymentMethod(client, { ...more, ...held, type: first }, undefined, undefined);
  }
  demand(isObject(first), `${caller} takes an object.`);
  const { element, elements, params, metadata, ...data } = first;
  if (element !== undefined || elements !== undefined) {
    const holder =
      element === undefined ? holderOf(elements, caller) : elementNamed(element, caller);
    const own = elements === undefined ? {} : pick(detailsOf(elements, caller), 'billing_details');
    const sent = merged(own, {
      ...(isObject(params) ? params : {}),
      ...(metadata === undefined ? {} : { metadata }),
    });
    return make(client, holder, 'payment_method', sent).then((reply) =>
      resultOf('paymentMethod', reply),
    );
  }
  demand(typeof data.type === 'string', `${caller}: \`type\` names the method, such as "card".`);
  const all = metadata === undefined ? data : { ...data, metadata };
  return methodOf(client, all).then((reply) => resultOf('paymentMethod', reply));
}

/** A method of what a shop describes: by an element, or in full where it is no card. */
export function methodOf(client: Client, data: Params): Promise<Reply> {
  const element = elementIn(data);
  if (element === null) {
    refuseCardData(data);
    return client.call('POST', 'payment_methods', data);
  }
  const { [String(data.type)]: _held, type: _type, ...rest } = data;
  return make(client, element, 'payment_method', rest);
}

/** A page must not touch card numbers: Stripe.js refuses them here, and so does this. */
export function refuseCardData({ card }: Params): void {
  demand(
    !isObject(card) || !('number' in card),
    'Raw card data cannot be passed to this method. Use a card Element instead.',
  );
}

function pick(params: Params, name: string): Params {
  return params[name] === undefined ? {} : { [name]: params[name] };
}

function elementNamed(value: unknown, caller: string): ShopElement {
  demand(
    elementOf(value) !== null,
    `Invalid value for ${caller}: the element is none that elements.create() made.`,
  );
  return value as ShopElement;
}

const TOKENS = ['bank_account', 'pii', 'account', 'person', 'cvc_update'];

/** `createToken`: of an element, or of data that is no card's. */
export function createToken(client: Client, first: unknown, data: unknown): Promise<Params> {
  const caller = 'stripe.createToken()';
  const done = (reply: Reply): Params => resultOf('token', reply);
  if (typeof first !== 'string') {
    const element = elementNamed(first, caller);
    const card = isObject(data) ? { card: data } : {};
    return make(client, element, 'token', card).then(done);
  }
  demand(TOKENS.includes(first), `${caller}: there is no token of type ${first}.`);
  if (first === 'cvc_update') {
    const element = elementNamed(data, caller);
    demand(
      elementOf(element)?.type === 'cardCvc',
      `${caller}: cvc_update takes a cardCvc Element.`,
    );
    return make(client, element, 'token', {}).then(done);
  }
  demand(isObject(data), `${caller}: ${first} takes an object with its data.`);
  const { personal_id_number: id, ...rest } = data;
  const sent = first === 'pii' && id !== undefined ? { id_number: id, ...rest } : data;
  return client.call('POST', 'tokens', { [first]: sent }).then(done);
}

/** `createConfirmationToken`: what was typed and the page's parameters, for the shop's server. */
export function createConfirmationToken(client: Client, options: unknown): Promise<Params> {
  const caller = 'stripe.createConfirmationToken()';
  demand(isObject(options), `${caller} takes an object.`);
  const { elements, element, params } = options;
  const holder = element === undefined ? holderOf(elements, caller) : elementNamed(element, caller);
  const group = elements ?? elementOf(holder)?.group;
  const { billing_details, shipping } = detailsOf(group, caller);
  const usage = groupOf(group, caller).setupFutureUsage;
  const own = {
    ...(billing_details === undefined ? {} : { payment_method_data: { billing_details } }),
    ...(shipping === undefined ? {} : { shipping }),
    ...(usage === null ? {} : { setup_future_usage: usage }),
  };
  const sent = merged(own, isObject(params) ? params : {});
  return make(client, holder, 'confirmation_token', sent).then((reply) =>
    resultOf('confirmationToken', reply),
  );
}
