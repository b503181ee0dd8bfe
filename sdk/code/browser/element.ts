import { askedBy } from '../options.js';
import { makeCodeFrame } from './code-frame.js';
import { type ElementOptions, LABELS } from './element-options.js';
import { type ElementEvents, isMobile, openRequest, type Tell } from './request-flow.js';

type Listener<K extends keyof ElementEvents> = (
  args: ElementEvents[K],
) => boolean | undefined | Promise<boolean | undefined> | void | Promise<void>;

/** A button or a page of a shop's, as the published documents describe it. */
export interface CodeElement {
  getMode(): NonNullable<ElementOptions['mode']>;
  getLocale(): string | undefined;
  getAppearance(): string | undefined;
  getOptions(): ElementOptions;
  /** Merges options in. Throws OptionsError where the sum of them is none. */
  update(options: Partial<ElementOptions>): void;
  /** Listens; true from a listener takes the event over. */
  on<K extends keyof ElementEvents>(event: K, listener: Listener<K>): void;
  /** Puts the element into a container, given by a selector or itself. Throws for no container. */
  mount(container: HTMLElement | string): void;
  unmount(): void;
}

/** What mounting shows; returns what takes it away again. */
type Show = (container: HTMLElement, options: () => ElementOptions, tell: Tell) => () => void;

/** The room of a button, CSS pixels. */
const BUTTON = { width: '222px', height: '60px' };

/** A button that opens a request over the page. */
export function makeButton(origin: string, options: ElementOptions): CodeElement {
  return makeElement(options, (container, current, tell) => {
    let closeRequest: (() => void) | null = null;
    const mode = current().mode ?? 'payment';
    const frame = makeCodeFrame({
      origin,
      name: `${mode}-request-button`,
      title: LABELS[mode],
      options: current(),
      heard: (event) => {
        if (event !== 'invoke' || closeRequest !== null) return;
        closeRequest = openRequest({
          origin,
          part: 'modal',
          options: current,
          tell,
          closed: () => {
            closeRequest = null;
            frame.node.focus();
          },
        });
      },
    });
    Object.assign(frame.node.style, BUTTON, { display: 'inline-block', maxWidth: '100%' });
    container.append(frame.node);
    const ahead = loadAhead(origin, mode);
    return () => {
      closeRequest?.();
      ahead.remove();
      frame.remove();
    };
  });
}

/** A request that takes the whole page. */
export function makePage(origin: string, options: ElementOptions): CodeElement {
  return makeElement(options, (_, current, tell) =>
    openRequest({ origin, part: 'page', options: current, tell, closed: () => {} }),
  );
}

function makeElement(given: ElementOptions, show: Show): CodeElement {
  let options: ElementOptions = {
    ...given,
    mode: given.mode ?? 'payment',
    locale: given.locale ?? 'en',
  };
  askedBy(options);
  const listeners: { readonly event: string; readonly listener: Listener<never> }[] = [];
  let hide: (() => void) | null = null;
  const tell: Tell = async (event, args) => {
    const called = listeners.filter((each) => each.event === event);
    const answers = await Promise.all(called.map(({ listener }) => listener(args as never)));
    return answers.includes(true);
  };
  return {
    getMode: () => options.mode ?? 'payment',
    getLocale: () => options.locale,
    getAppearance: () => options.appearance,
    getOptions: () => options,
    update: (more) => {
      const next = { ...options, ...more };
      askedBy(next);
      options = next;
    },
    on: (event, listener) => void listeners.push({ event, listener: listener as Listener<never> }),
    mount: (container) => {
      const place =
        typeof container === 'string' ? document.querySelector<HTMLElement>(container) : container;
      if (place === null) throw new Error(`there is no element ${container}`);
      if (hide !== null) throw new Error('the element is mounted already');
      hide = show(place, () => options, tell);
    },
    unmount: () => {
      hide?.();
      hide = null;
    },
  };
}

/** Has the browser fetch the request's page, so that it is there when the button is pressed. */
function loadAhead(origin: string, mode: keyof typeof LABELS): HTMLIFrameElement {
  const node = document.createElement('iframe');
  node.src = `${origin}/v1/elements/${mode}-request-modal-${isMobile() ? 'mobile' : 'desktop'}/`;
  node.hidden = true;
  node.loading = 'eager';
  node.referrerPolicy = 'no-referrer';
  node.addEventListener('load', () => node.remove(), { once: true });
  document.body.append(node);
  return node;
}
