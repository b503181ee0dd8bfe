import type { Client } from './api.js';
import { demand } from './errors.js';
import { type Listeners, makeListeners } from './events.js';
import { isObject, type Params } from './form.js';
import type { Answer, Appearance, PaymentSetup, Question, WireError } from './protocol.js';

/** What an element gets from its group. */
export interface GroupSide {
  readonly client: Client;
  readonly appearance: () => Appearance;
  readonly locale: () => string;
  /** What a payment form offers, or the error for which it cannot be shown. */
  readonly payment: () => Promise<PaymentSetup | WireError>;
  /** The brand of a split card's number. */
  readonly branded: (brand: string) => void;
  readonly destroyed: (element: ShopElement) => void;
}

/** What the script asks of an element. */
export interface InnerElement {
  readonly type: string;
  readonly group: object;
  /** Throws IntegrationError where the element is not on the page. */
  ask(question: Question): Promise<Answer>;
  /** Draws it again by the group's options of now. */
  refresh(): Promise<void>;
  /** Tells a security code's field which brand its number has. */
  brand(brand: string): void;
  /** What it adds to a confirmation beside the method itself; null where it is incomplete. */
  details(): Params | null;
}

/** Elements by what the shop holds: a shop cannot make one up. */
const inner = new WeakMap<object, InnerElement>();

/** The element that a shop named, or null where it is none of this script's. */
export function elementOf(value: unknown): InnerElement | null {
  return isObject(value) ? (inner.get(value) ?? null) : null;
}

/** The node that a shop means by a selector or a node. */
function placeOf(place: unknown): HTMLElement {
  const found = typeof place === 'string' ? document.querySelector(place) : place;
  demand(
    found !== null || typeof place !== 'string',
    `The selector you specified (${place}) applies to no DOM elements that are currently on ` +
      'the page. Make sure the element exists on the page before calling mount().',
  );
  demand(
    found instanceof HTMLElement,
    'Invalid DOM element. Call mount() with either a valid DOM element or selector.',
  );
  return found;
}

/** An element as the shop holds it: its handlers, its options and its life on the page. */
export abstract class ShopElement {
  readonly #type: string;
  readonly #side: GroupSide;
  readonly #listeners: Listeners;
  #options: Params;
  #place: HTMLElement | null = null;
  #destroyed = false;

  constructor(type: string, options: Params, side: GroupSide, own: InnerElement) {
    this.#type = type;
    this.#side = side;
    this.#options = options;
    // On a tick of its own: the page's error handlers see it, and nothing of ours is cut off.
    this.#listeners = makeListeners((error) =>
      setTimeout(() => {
        throw error;
      }),
    );
    inner.set(this, own);
  }

  /** Puts it on the page: draws it into the node. */
  protected abstract draw(place: HTMLElement): void;
  /** Takes it off the node again. */
  protected abstract erase(place: HTMLElement): void;
  /** Draws by options that have changed. */
  protected abstract redraw(): void;

  protected get options(): Params {
    return this.#options;
  }

  protected get place(): HTMLElement | null {
    return this.#place;
  }

  protected get side(): GroupSide {
    return this.#side;
  }

  protected emit(event: string, more: Params = {}): void {
    this.#listeners.emit(event, { elementType: this.#type, ...more });
  }

  protected alive(): void {
    demand(!this.#destroyed, 'This Element has already been destroyed. Please create a new one.');
  }

  mount(where: unknown): void {
    this.alive();
    const node = placeOf(where);
    if (this.#place === node) return;
    demand(
      this.#place === null,
      'This Element is already mounted. Use `unmount()` to unmount the Element before re-mounting.',
    );
    demand(
      node.querySelector('.__PrivateStripeElement') === null,
      'Another Element is mounted in this DOM element. Use its `unmount()` first.',
    );
    this.#place = node;
    this.draw(node);
  }

  unmount(): void {
    this.alive();
    if (this.#place === null) return;
    const place = this.#place;
    this.#place = null;
    this.erase(place);
  }

  destroy(): void {
    this.unmount();
    this.#destroyed = true;
    this.#side.destroyed(this);
  }

  update(more: unknown): this {
    this.alive();
    demand(isObject(more), 'update() takes an object of options.');
    this.#options = { ...this.#options, ...more };
    if (this.#place !== null) this.redraw();
    return this;
  }

  on(event: string, handler: unknown): this {
    this.alive();
    this.#listeners.add(event, handler);
    return this;
  }

  once(event: string, handler: unknown): this {
    this.alive();
    this.#listeners.addOnce(event, handler);
    return this;
  }

  off(event: string, handler?: unknown): this {
    this.#listeners.remove(event, handler);
    return this;
  }
}

/** The elements of this script have these beside `ShopElement`'s own. */
export interface Focusable {
  focus(): void;
  blur(): void;
  clear(): void;
}
