import { element } from '../frames/elements.js';
import { button } from '../wallet/dom.js';
import { MENU } from './places.js';

/** Whether single keys do something; readers who speak to their machine turn it off. */
const STORED = 'tender.dashboard.keys';
/** How long after `g` the second key counts. */
const SECOND_KEY_MS = 1500;

type Keys = Readonly<Record<string, () => void>>;

const isOn = (): boolean => localStorage.getItem(STORED) !== 'off';

/** Whether a key press is text for the field that has the focus. */
function isTyping({ target }: KeyboardEvent): boolean {
  return target instanceof HTMLElement && target.matches('input, select, textarea');
}

/** Listens to keys. @param keysNow of what is shown; @param go to a path of the menu */
export function listenToKeys(keysNow: () => Keys, go: (path: string) => void): void {
  let goneMs = Number.NEGATIVE_INFINITY;
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector('dialog[open]') !== null) return;
    if (isTyping(event)) {
      if (event.key === 'Escape') (event.target as HTMLElement).blur();
      return;
    }
    if (!isOn() && event.key !== '?') return;
    const place = MENU.find(([, , key]) => key === event.key);
    const isSecond = event.timeStamp - goneMs < SECOND_KEY_MS;
    goneMs = event.key === 'g' ? event.timeStamp : Number.NEGATIVE_INFINITY;
    const act =
      event.key === '?'
        ? showHelp
        : isSecond && place !== undefined
          ? () => go(place[0])
          : keysNow()[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  });
}

const HELP = [
  ['j k', 'Next and previous intent'],
  ['Enter', 'Open it'],
  ['/', 'Search'],
  ['t', 'Numbers or charts, in the overview'],
  ['c r', 'Capture and refund, in an intent'],
  ['?', 'This page'],
] as const;

/** The page of keys. */
export function showHelp(): void {
  const places = MENU.map(([, name, key]) => [`g ${key}`, name] as const);
  const rows = [...HELP, ...places].map(([keys, what]) =>
    element('div', {}, element('dt', {}, element('kbd', {}, keys)), element('dd', {}, what)),
  );
  const box = element('input', { type: 'checkbox' });
  box.checked = isOn();
  box.addEventListener('change', () => localStorage.setItem(STORED, box.checked ? 'on' : 'off'));
  const dialog: HTMLDialogElement = element(
    'dialog',
    { 'aria-labelledby': 'keys-title' },
    element('h2', { id: 'keys-title' }, 'Keys'),
    element('dl', { class: 'keys' }, ...rows),
    element('label', { class: 'check' }, box, 'Single keys do this'),
    button('Close', () => dialog.close(), 'main'),
  );
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
