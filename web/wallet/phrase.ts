import { element } from '../frames/elements.js';
import type { App, Screen } from './app.js';
import { ask, button, field, notice, paragraph } from './dom.js';
import { screenOf } from './shell.js';

/** Words of a phrase, numbered as they are written down. */
export function wordsList(phrase: string): HTMLElement {
  return element(
    'ol',
    { class: 'words', translate: 'no' },
    ...phrase.split(' ').map((word) => element('li', {}, word)),
  );
}

const ASKED_WORDS = 2;

/** Which words are asked for: others each time, in the order of the phrase. */
function askedWords(count: number): number[] {
  const chosen = new Set<number>();
  while (chosen.size < ASKED_WORDS) {
    chosen.add((crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) % count);
  }
  return [...chosen].sort((a, b) => a - b);
}

/** Asks for two of the words; `confirmed` is called once both are right. */
export function confirmWords(phrase: string, confirmed: () => unknown): HTMLElement {
  const words = phrase.split(' ');
  const asked = askedWords(words.length).map((index) => ({
    index,
    field: field(
      `Word ${index + 1}`,
      element('input', {
        class: 'input',
        autocomplete: 'off',
        autocapitalize: 'off',
        spellcheck: 'false',
      }),
    ),
  }));
  const check = (): unknown => {
    const wrong = asked.filter(
      ({ index, field: { input } }) => input.value.trim().toLowerCase() !== words[index],
    );
    for (const each of asked) each.field.fault(null);
    wrong.at(0)?.field.fault('That is another word. Look at what you wrote down.');
    return wrong.length === 0 ? confirmed() : undefined;
  };
  const form = element(
    'form',
    { class: 'confirm-words' },
    ...asked.map((each) => each.field.node),
    element('button', { type: 'submit', class: 'button is-main' }, 'Confirm'),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    check();
  });
  return form;
}

/** Shows the words again, to somebody who has been warned. */
export async function showPhrase(app: App): Promise<void> {
  const text = 'Whoever sees them can take the money. Look around you first.';
  if (await ask('Show the 12 words?', text, 'Show them')) app.show(phraseScreen(app));
}

/** The words again, and whether they are written down. */
function phraseScreen(app: App): Screen {
  const { phrase, isWrittenDown } = app.kept;
  const options = { back: '/settings' };
  if (phrase === null) {
    const text = 'The words were removed from this browser. They are where you wrote them down.';
    return screenOf(app, 'Recovery phrase', [notice(text, 'plain')], options);
  }
  const written = async (): Promise<void> => {
    await app.keep({ isWrittenDown: true });
    app.say('Confirmed.');
    app.go('/settings');
  };
  const forget = async (): Promise<void> => {
    const text =
      'Only what you wrote down can bring this wallet back then. It goes on working here: its ' +
      'keys stay, and cannot be read.';
    if (!(await ask('Remove the words from this browser?', text, 'Remove'))) return;
    await app.keep({ phrase: null });
    app.go('/settings');
  };
  const content = [
    paragraph('Whoever has these words has the money. Nobody at a shop ever needs them.'),
    wordsList(phrase),
    ...(isWrittenDown
      ? [button('Remove them from this browser', forget, 'danger')]
      : [paragraph('Show that you wrote them down:', 'soft'), confirmWords(phrase, written)]),
  ];
  return screenOf(app, 'Recovery phrase', content, options);
}
