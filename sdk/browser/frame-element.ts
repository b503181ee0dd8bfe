import { classesOf } from './classes.js';
import { schemeOf } from './color-scheme.js';
import { type Focusable, type GroupSide, ShopElement } from './element.js';
import { demand, UNREACHABLE } from './errors.js';
import { isObject, type Params } from './form.js';
import { type Frame, makeFrame } from './frame.js';
import type {
  Answer,
  ChangeState,
  FrameKind,
  FrameSetup,
  FromFrame,
  Question,
} from './protocol.js';

const TITLES: Readonly<Record<FrameKind, string>> = {
  card: 'Secure card payment input frame',
  cardNumber: 'Secure card number input frame',
  cardExpiry: 'Secure expiration date input frame',
  cardCvc: 'Secure CVC input frame',
  payment: 'Secure payment input frame',
};

/** Whether elements of this type have a frame. */
export function isFrameKind(type: string): type is FrameKind {
  return Object.hasOwn(TITLES, type);
}

/** The event that a shop gets for a frame's state: what is not set, is not there. */
export function changeEvent(state: ChangeState): Params {
  const { empty, complete, brand, error, value, collapsed } = state;
  return {
    empty,
    complete,
    error: error ?? undefined,
    ...(value === null ? {} : { value }),
    ...(brand === null ? {} : { brand }),
    ...(collapsed === undefined ? {} : { collapsed }),
  };
}

/** An element whose fields are in a frame of Tender's. */
export class FrameElement extends ShopElement implements Focusable {
  readonly #kind: FrameKind;
  #frame: Frame | null = null;
  #labels: Element[] = [];
  #classes: readonly string[] = [];
  #state: ChangeState | null = null;
  #focused = false;

  constructor(kind: FrameKind, options: Params, side: GroupSide, group: object) {
    super(kind, options, side, {
      type: kind,
      group,
      ask: (question) => this.#ask(question),
      refresh: () => this.#refresh(),
      brand: (brand) => this.#frame?.post({ type: 'brand', brand }),
      details: () => ({}),
    });
    this.#kind = kind;
  }

  focus(): void {
    this.alive();
    this.#takeFocus();
  }

  blur(): void {
    this.alive();
    this.#frame?.post({ type: 'blur' });
  }

  clear(): void {
    this.alive();
    this.#frame?.post({ type: 'clear' });
  }

  collapse(): this {
    this.alive();
    this.#frame?.post({ type: 'collapse' });
    return this;
  }

  protected draw(place: HTMLElement): void {
    const frame = makeFrame(this.side.client, this.#kind, TITLES[this.#kind], {
      heard: (message) => this.#hear(message),
      failed: () => this.emit('loaderror', { error: UNREACHABLE }),
    });
    this.#frame = frame;
    const holder = document.createElement('div');
    holder.className = '__PrivateStripeElement';
    holder.append(frame.iframe);
    place.replaceChildren(holder);
    // A label cannot know a frame: what it is for takes the focus all the same.
    this.#labels = labelsOf(place);
    for (const label of this.#labels) label.addEventListener('click', this.#takeFocus);
    this.#paint();
    if (this.#kind === 'payment') this.emit('loaderstart');
    void this.#refresh();
  }

  protected erase(place: HTMLElement): void {
    for (const label of this.#labels) label.removeEventListener('click', this.#takeFocus);
    this.#frame?.close();
    this.#frame = null;
    this.#state = null;
    this.#focused = false;
    place.replaceChildren();
    place.classList.remove(...this.#classes);
    this.#classes = [];
  }

  protected redraw(): void {
    this.#paint();
    void this.#refresh();
  }

  #takeFocus = (): void => {
    this.#frame?.iframe.focus();
    this.#frame?.post({ type: 'focus' });
  };

  #ask(question: Question): Promise<Answer> {
    const frame = this.#frame;
    demand(
      frame !== null,
      'We could not retrieve data from the specified Element. Please make sure the Element you ' +
        `are attempting to use is still mounted (${this.#kind}).`,
    );
    return frame.ask(question);
  }

  #paint(): void {
    const own = isObject(this.options.classes) ? this.options.classes : {};
    const next = classesOf({ state: this.#state, focused: this.#focused }, own);
    this.place?.classList.remove(...this.#classes.filter((each) => !next.includes(each)));
    this.place?.classList.add(...next);
    this.#classes = next;
  }

  async #refresh(): Promise<void> {
    const [frame, place] = [this.#frame, this.place];
    if (frame === null || place === null) return;
    const payment = this.#kind === 'payment' ? await this.side.payment() : null;
    if (payment !== null && 'message' in payment) {
      this.emit('loaderror', { error: payment });
      return;
    }
    const colorScheme = schemeOf(place);
    // Else the browser paints a background behind a frame of the other scheme.
    frame.iframe.style.colorScheme = colorScheme;
    const { client, locale, appearance } = this.side;
    const { classes: _classes, ...options } = this.options;
    const setup: FrameSetup = {
      kind: this.#kind,
      publishableKey: client.publishableKey,
      stripeAccount: client.stripeAccount,
      apiVersion: client.apiVersion,
      locale: locale(),
      appearance: plain(appearance()),
      colorScheme,
      options: plain(options),
      payment,
    };
    // It may have been taken off the page meanwhile.
    if (this.#frame === frame) frame.setUp(setup);
  }

  #hear(message: Exclude<FromFrame, { type: 'answer' }>): void {
    switch (message.type) {
      case 'height':
        if (this.#frame !== null) this.#frame.iframe.style.height = `${message.pixels}px`;
        return;
      case 'change':
        this.#state = message.state;
        this.#paint();
        if (this.#kind === 'cardNumber') this.side.branded(message.state.brand ?? 'unknown');
        this.emit('change', changeEvent(message.state));
        return;
      case 'submit':
        this.place?.closest('form')?.requestSubmit();
        return;
      case 'focus':
      case 'blur':
        this.#focused = message.type === 'focus';
        this.#paint();
    }
    this.emit(message.type);
  }
}

function labelsOf(node: HTMLElement): Element[] {
  const near = node.closest('label');
  const selector = `label[for="${CSS.escape(node.id)}"]`;
  const named = node.id === '' ? [] : document.querySelectorAll(selector);
  return [...(near === null ? [] : [near]), ...named];
}

/** What can travel through a port: a function among the options cannot. */
function plain<T extends object>(options: T): T {
  return JSON.parse(JSON.stringify(options)) as T;
}
