import { element } from '../frames/elements.js';
import { button } from '../wallet/dom.js';
import { type App, type View, webAddress } from './app.js';
import { filled, type Texts } from './texts.js';

/** One thing to say, and perhaps one to do. */
export function makeNote(title: string, text: string, ...actions: readonly Node[]): View {
  const heading = element('h2', { tabindex: '-1' }, title);
  const ways = actions.length === 0 ? null : element('div', { class: 'ways' }, ...actions);
  const root = element('div', { class: 'result' }, heading, element('p', {}, text), ways);
  return { root, heading };
}

/** A checkout that can no longer be paid. */
export function makeEnd({ speech, state }: App): View {
  const { texts } = speech;
  const { status, merchant, cancelUrl, purpose } = state();
  const back = webAddress(cancelUrl);
  const name = status === 'expired' ? 'expired' : 'canceled';
  const about = (text: string): string => filled(text, { shop: merchant });
  const isSetup = name === 'canceled' && purpose === 'setup';
  const link =
    back === null ? null : element('a', { href: back, class: 'button is-main' }, about(texts.back));
  const [title, text] = isSetup
    ? [texts.canceledSetup, texts.cancelSetupText]
    : [texts[name], texts[`${name}Text`]];
  return makeNote(title, about(text), ...(link === null ? [] : [link]));
}

/** A rail is at work. */
export function makeProcessing({ speech }: App): View {
  const { texts } = speech;
  const note = makeNote(texts.processing, texts.processingText);
  note.root.prepend(element('div', { class: 'turning', 'aria-hidden': 'true' }));
  return { ...note, update: () => {} };
}

/** What cannot be shown at all. */
export function makeTrouble(
  name: 'unknown' | 'offline' | 'trouble',
  texts: Texts,
  retry: () => void,
): View {
  const again = name === 'unknown' ? [] : [button(texts.retry, retry, 'main')];
  return makeNote(texts[name], texts[`${name}Text`], ...again);
}
