import { newPhrase, normalPhrase, storedKeys } from '../../sdk/wallet/keys.js';
import { element } from '../frames/elements.js';
import { drawMark } from '../ui/drawing.js';
import type { Screen } from './app.js';
import { button, field, paragraph } from './dom.js';
import { type Kept, writeKept } from './keep.js';
import { confirmWords, wordsList } from './phrase.js';
import { screenOf } from './shell.js';

/** What there is before there is a wallet. */
export interface Door {
  readonly mode: 'sandbox' | 'live';
  /** Whether the person came by a link that waits to be opened. */
  readonly hasErrand: boolean;
  show(screen: Screen): void;
  go(place: string): void;
  /** There is a wallet now. */
  enter(kept: Kept): void;
}

/** The first page: a wallet is made, or brought back. */
export function welcomeScreen(door: Door): Screen {
  const errand = door.hasErrand
    ? 'A shop has sent you here. Make a wallet first; what the shop asks for comes next.'
    : 'Scan a code, look at what it asks for, slide to pay. Your keys stay in this browser.';
  const node = element(
    'main',
    { class: 'screen is-welcome' },
    element(
      'div',
      { class: 'content' },
      drawMark(),
      element('h1', { tabindex: '-1' }, 'Tender wallet'),
      paragraph(errand),
      door.mode === 'sandbox' ? paragraph('A sandbox: its money is for trying out.', 'soft') : null,
    ),
    element(
      'div',
      { class: 'actions' },
      button('Create a wallet', () => door.show(createScreen(door, newPhrase())), 'main'),
      button('Restore with 12 words', () => door.show(restoreScreen(door))),
    ),
  );
  return { title: 'Tender wallet', node };
}

async function make(door: Door, phrase: string, isWrittenDown: boolean): Promise<void> {
  const kept = { keys: await storedKeys(phrase), phrase, isWrittenDown };
  await writeKept(kept);
  door.enter(kept);
}

function back(door: Door): Pick<Door, 'go'> {
  return { go: () => door.show(welcomeScreen(door)) };
}

/** Shows the words once, in their order. */
function createScreen(door: Door, phrase: string): Screen {
  const skip = button('Skip for now', () => make(door, phrase, false), 'quiet');
  return screenOf(
    back(door),
    'Write these down',
    [
      paragraph('These 12 words are the wallet. On paper, in this order, out of others’ sight.'),
      wordsList(phrase),
      paragraph('If this browser’s data is lost, they alone bring the money back.', 'soft'),
    ],
    {
      actions: [
        button('I wrote them down', () => door.show(confirmScreen(door, phrase)), 'main'),
        door.mode === 'sandbox' ? skip : null,
      ],
    },
  );
}

function confirmScreen(door: Door, phrase: string): Screen {
  const again = { go: () => door.show(createScreen(door, phrase)) };
  return screenOf(again, 'Two of your words', [
    paragraph('So that it is certain that they can be read later.'),
    confirmWords(phrase, () => make(door, phrase, true)),
  ]);
}

function restoreScreen(door: Door): Screen {
  const input = element('input', {
    class: 'input is-code',
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: 'false',
    placeholder: 'twelve words with spaces between',
  });
  const words = field('Recovery phrase', input);
  const restore = async (): Promise<void> => {
    const phrase = normalPhrase(input.value);
    const count = input.value.trim().split(/\s+/).filter(Boolean).length;
    const fault =
      count === 12 ? 'One of the words, or their order, is not right.' : `12 words, not ${count}.`;
    words.fault(phrase === null ? fault : null);
    if (phrase !== null) await make(door, phrase, true);
  };
  input.addEventListener('keydown', ({ key }) => key === 'Enter' && void restore());
  return screenOf(back(door), 'Restore a wallet', [words.node], {
    actions: [button('Restore', restore, 'main')],
  });
}
