import type { FrameSetup, FromFrame, ToFrame } from '../../sdk/browser/protocol.js';
import type { Body } from './body.js';
import { makeCardLine } from './card-line.js';
import { tellHeight } from './handshake.js';
import { answerTo, type Speech } from './questions.js';
import { appearanceSheet, elementSheet } from './safe-css.js';
import { languageOf, textsIn } from './texts.js';

const DARK_THEMES: readonly unknown[] = ['night'];

/** Everything of a setup that the fields are made of; the look can change around them. */
function shapeOf({ kind, locale, options, payment }: FrameSetup): string {
  const { style: _, disabled: __, readOnly: ___, ...rest } = options;
  return JSON.stringify([kind, locale, rest, payment && { ...payment, amount: null }]);
}

/** The form is most of the code, and three frames of a split card do without it. */
async function makerOf({ kind }: FrameSetup): Promise<typeof makeCardLine> {
  return kind === 'payment' ? (await import('./payment-form.js')).makePaymentForm : makeCardLine;
}

async function speechOf({ locale }: FrameSetup): Promise<Speech> {
  const language = languageOf(locale, navigator.languages);
  return { language, texts: await textsIn(language) };
}

/** The customer's country as far as the browser's language tells it. */
function regionOf(): string {
  try {
    return new Intl.Locale(navigator.language).maximize().region ?? '';
  } catch {
    return '';
  }
}

/** A frame at work: takes what the script says, sends what happens. */
export function openFrame(send: (message: FromFrame) => void): {
  take(message: ToFrame): Promise<void>;
} {
  const look = new CSSStyleSheet();
  document.adoptedStyleSheets = [look];
  let setup: FrameSetup | null = null;
  let body: Body | null = null;
  let lastState = '';
  const changed = (): void => {
    if (body === null) return;
    const state = body.state();
    const text = JSON.stringify(state);
    if (text === lastState) return;
    lastState = text;
    send({ type: 'change', state });
  };
  const draw = async (next: FrameSetup): Promise<void> => {
    const speech = await speechOf(next);
    const isSame = setup !== null && body !== null && shapeOf(setup) === shapeOf(next);
    const typed = body?.typed() ?? {};
    setup = next;
    dress(next, look);
    if (!isSame) {
      const made = await makerOf(next);
      body = made(next, speech.texts, regionOf(), changed);
      body.retype(typed);
      document.documentElement.lang = speech.language;
      document.title = speech.texts.frame;
      document.querySelector('main')?.replaceChildren(body.root);
    }
    body?.disable(next.options.disabled === true || next.options.readOnly === true);
  };
  watch(send);
  const act = async (message: ToFrame): Promise<void> => {
    if (message.type === 'setup' || message.type === 'update') {
      await draw(message.setup);
      if (message.type === 'setup') {
        lastState = JSON.stringify(body?.state());
        send({ type: 'ready' });
      } else changed();
      return;
    }
    if (setup === null || body === null) return;
    if (message.type === 'ask') {
      const answer = await answerTo(message.question, setup, body, await speechOf(setup));
      send({ type: 'answer', id: message.id, answer });
    } else if (message.type === 'blur') (document.activeElement as HTMLElement | null)?.blur();
    else if (message.type === 'brand') body.brand(message.brand);
    else body[message.type]();
  };
  // One after the other: what follows a setup finds its fields there. A question waits for the API,
  // and must not hold up the typing; nothing waits for it.
  let queue = Promise.resolve();
  const take = (message: ToFrame): Promise<void> => {
    const done = queue.then(() => act(message));
    if (message.type === 'setup' || message.type === 'update') queue = done;
    return done;
  };
  return { take };
}

/** Dark or light, and the shop's own look over it. */
function dress({ kind, appearance, options, colorScheme }: FrameSetup, look: CSSStyleSheet): void {
  const { dataset } = document.documentElement;
  const isDark = colorScheme === 'dark' || DARK_THEMES.includes(appearance.theme);
  dataset.theme = isDark ? 'dark' : 'light';
  dataset.look = appearance.theme ?? 'stripe';
  dataset.labels = appearance.labels ?? 'above';
  // A ground of the frame's own would lie over the page's; it is clear where the schemes agree.
  document.documentElement.style.colorScheme = colorScheme ?? 'light';
  look.replaceSync(kind === 'payment' ? appearanceSheet(appearance) : elementSheet(options.style));
}

/** Tells the script of keys, of the focus coming and going, and of the height. */
function watch(send: (message: FromFrame) => void): void {
  document.addEventListener('keydown', (event) => {
    const isField = event.target instanceof HTMLInputElement;
    if (event.key === 'Escape') send({ type: 'escape' });
    if (event.key !== 'Enter' || !isField || event.isComposing) return;
    event.preventDefault();
    send({ type: 'submit' });
  });
  let isFocused = false;
  document.addEventListener('focusin', () => {
    if (!isFocused) send({ type: 'focus' });
    isFocused = true;
  });
  document.addEventListener('focusout', ({ relatedTarget }) => {
    if (relatedTarget !== null) return;
    isFocused = false;
    send({ type: 'blur' });
  });
  tellHeight(send);
}
