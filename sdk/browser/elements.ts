import { type Client, intentOf } from './api.js';
import { elementOf, type GroupSide, type ShopElement } from './element.js';
import { demand, IntegrationError } from './errors.js';
import { type Listeners, makeListeners } from './events.js';
import { isObject, merged, type Params, textOf } from './form.js';
import { FormElement, isFormKind } from './form-element.js';
import { FrameElement, isFrameKind } from './frame-element.js';
import { paymentSetup } from './payment-setup.js';
import type { Answer, Appearance, CardParts, WireError } from './protocol.js';
import { WalletElement } from './wallet-element.js';

/** A method made of what is typed in, or why there is none. */
export type Collected = Answer;

const MODES = ['payment', 'setup', 'subscription'];

/** What the script asks of a group of elements. */
interface InnerGroup {
  readonly clientSecret: string | null;
  /** Whether it was made before its intent, and so is submitted before it is confirmed. */
  readonly deferred: boolean;
  readonly submitted: boolean;
  readonly setupFutureUsage: string | null;
  elementFor(types: readonly string[]): ShopElement | null;
  /** What elements beside the method's own add to a confirmation. */
  details(): Params;
}

const groups = new WeakMap<object, InnerGroup>();

/** The group that a shop named. Throws IntegrationError. */
export function groupOf(value: unknown, caller: string): InnerGroup {
  const group = isObject(value) ? groups.get(value) : undefined;
  demand(
    group !== undefined,
    `Invalid value for ${caller}: elements should be an Elements instance. You can create one ` +
      'using `stripe.elements()`.',
  );
  return group;
}

/** A set of elements that belong together, as `stripe.elements()` gives it. */
export class Elements {
  readonly #client: Client;
  readonly #listeners: Listeners = makeListeners((error) =>
    setTimeout(() => {
      throw error;
    }),
  );
  readonly #elements = new Map<string, ShopElement>();
  #options: Params;
  #submitted = false;

  constructor(client: Client, options: Params) {
    checkOptions(options);
    this.#client = client;
    this.#options = options;
    const self = this;
    groups.set(this, {
      get clientSecret() {
        return textOf(self.#options, 'clientSecret');
      },
      get deferred() {
        return self.#options.mode !== undefined;
      },
      get submitted() {
        return self.#submitted;
      },
      get setupFutureUsage() {
        const { setupFutureUsage, setup_future_usage } = self.#options;
        return (setupFutureUsage ?? setup_future_usage ?? null) as string | null;
      },
      elementFor: (types) => {
        const type = types.find((each) => this.#elements.has(each));
        return type === undefined ? null : (this.#elements.get(type) ?? null);
      },
      details: () =>
        [...this.#elements.values()].reduce<Params>(
          (sum, element) => merged(sum, elementOf(element)?.details() ?? {}),
          {},
        ),
    });
  }

  create(type: unknown, options: unknown = {}): ShopElement {
    demand(typeof type === 'string', 'elements.create() takes the type of the element first.');
    const given = isObject(options) ? options : {};
    const known = isFrameKind(type) || isFormKind(type) || type === 'expressCheckout';
    demand(known, `A valid Element name must be provided. ${unknownType(type)}`);
    // As many addresses as there are modes, but one of everything else.
    const name = type === 'address' ? `address:${String(given.mode)}` : type;
    demand(!this.#elements.has(name), `Can only create one Element of type ${type}.`);
    if (type === 'payment' || type === 'expressCheckout')
      demand(
        this.#options.clientSecret !== undefined || this.#options.mode !== undefined,
        `In order to create a ${type} element, you must pass a clientSecret or mode when ` +
          'creating the Elements group.\n\ne.g. stripe.elements({clientSecret: ' +
          '"{{CLIENT_SECRET}}"})',
      );
    const side = this.#side(name);
    const element = isFrameKind(type)
      ? new FrameElement(type, given, side, this)
      : isFormKind(type)
        ? new FormElement(type, given, side, this)
        : new WalletElement(given, side, this);
    this.#elements.set(name, element);
    return element;
  }

  /** By its type, or by the component of react-stripe-js that stands for it. */
  getElement(type: unknown, options?: unknown): ShopElement | null {
    const named = type as { __elementType?: unknown } | null;
    const name = typeof type === 'string' ? type : named?.__elementType;
    demand(typeof name === 'string', 'elements.getElement() takes the type of an element.');
    if (name !== 'address') return this.#elements.get(name) ?? null;
    const mode = isObject(options) ? String(options.mode) : null;
    const found = [...this.#elements].find(
      ([each]) => each.startsWith('address:') && (mode === null || each.endsWith(mode)),
    );
    return found?.[1] ?? null;
  }

  async update(options: unknown): Promise<void> {
    demand(isObject(options), 'elements.update() takes an object of options.');
    const { clientSecret, fonts, ...changed } = options;
    demand(
      clientSecret === undefined || clientSecret === this.#options.clientSecret,
      'elements.update(): `clientSecret` cannot be changed. Create a new Elements group.',
    );
    this.#options = { ...this.#options, ...changed };
    this.#submitted = false;
    await this.#redraw();
    this.#listeners.emit('update-end', undefined);
  }

  async fetchUpdates(): Promise<{ error?: { message: string; status?: string } }> {
    const fault = await paymentSetup(this.#client, this.#options);
    if ('message' in fault) return { error: { message: fault.message } };
    await this.#redraw();
    return {};
  }

  /** Marks what is missing. */
  async submit(): Promise<Params> {
    const own = this.#elements.get('payment');
    this.#submitted = false;
    let selected: string | null = null;
    if (own !== undefined) {
      const answer = await elementOf(own)?.ask({ what: 'validate' });
      if (answer?.ok === false) return { error: answer.error };
      const state = answer?.value as { value?: Params | null } | undefined;
      selected = textOf(state?.value, 'type');
    }
    for (const element of this.#elements.values()) {
      if (element === own || isFrameKind(elementOf(element)?.type ?? '')) continue;
      if (elementOf(element)?.details() === null) return { error: INCOMPLETE };
    }
    this.#submitted = true;
    return selected === null ? {} : { selectedPaymentMethod: selected };
  }

  on(event: string, handler: unknown): void {
    this.#listeners.add(event, handler);
  }

  once(event: string, handler: unknown): void {
    this.#listeners.addOnce(event, handler);
  }

  off(event: string, handler?: unknown): void {
    this.#listeners.remove(event, handler);
  }

  #side(name: string): GroupSide {
    return {
      client: this.#client,
      appearance: () =>
        (isObject(this.#options.appearance) ? this.#options.appearance : {}) as Appearance,
      locale: () => textOf(this.#options, 'locale') ?? this.#client.locale,
      payment: () => paymentSetup(this.#client, this.#options),
      branded: (brand) => elementOf(this.#elements.get('cardCvc'))?.brand(brand),
      destroyed: () => void this.#elements.delete(name),
    };
  }

  async #redraw(): Promise<void> {
    await Promise.all([...this.#elements.values()].map((each) => elementOf(each)?.refresh()));
  }
}

const INCOMPLETE: WireError = {
  type: 'validation_error',
  code: 'incomplete_address',
  message: 'Please fill in the fields that are missing.',
};

function unknownType(type: string): string {
  return (
    `Tender has card, cardNumber, cardExpiry, cardCvc, payment, address, linkAuthentication and ` +
    `expressCheckout; you named: ${type}.`
  );
}

function checkOptions({ clientSecret, mode, amount, currency }: Params): void {
  if (clientSecret !== undefined) {
    demand(
      intentOf(clientSecret) !== null,
      'Invalid value for elements(): clientSecret should be a client secret of the form ' +
        `{id}_secret_{secret}. You specified: ${String(clientSecret).split('_secret_')[0]}.`,
    );
    demand(mode === undefined, 'elements() takes either a clientSecret or a mode, not both.');
  }
  if (mode === undefined) return;
  demand(
    MODES.includes(String(mode)),
    `Invalid value for elements(): mode should be one of the following strings: ` +
      `${MODES.join(', ')}. You specified: ${String(mode)}.`,
  );
  if (mode === 'setup') return;
  demand(
    Number.isInteger(amount) && (amount as number) >= 0,
    'Invalid value for elements(): amount should be an integer of the smallest currency unit.',
  );
  demand(
    typeof currency === 'string' && /^[a-z]{3}$/.test(currency),
    'Invalid value for elements(): currency should be a lower-case three-letter code.',
  );
}

/** What the frames of a group can make, of the element that holds the method. */
export async function collect(
  element: ShopElement,
  what: 'payment_method' | 'token' | 'confirmation_token',
  params: Params,
): Promise<Collected> {
  const own = elementOf(element);
  demand(own !== null, 'The element is none of this script.');
  if (own.type !== 'cardNumber') return own.ask({ what, params, parts: null });
  // The number speaks first: what is missing in it is what the customer reads.
  const number = await own.ask({ what: 'validate' });
  if (!number.ok) return number;
  const parts: Partial<CardParts>[] = [];
  for (const type of ['cardExpiry', 'cardCvc']) {
    const part = elementOf(groupOf(own.group, 'elements').elementFor([type]));
    if (part === null && type === 'cardCvc') continue;
    if (part === null)
      throw new IntegrationError(
        'A cardNumber Element needs a cardExpiry Element of the same group beside it.',
      );
    const answer = await part.ask({ what: 'part' });
    if (!answer.ok) return answer;
    parts.push(answer.value as Partial<CardParts>);
  }
  const { expMonth = 0, expYear = 0, cvcToken = null } = Object.assign({}, ...parts);
  return own.ask({ what, params, parts: { expMonth, expYear, cvcToken } });
}
