import type { Money } from '../../src/api/admin/schema.js';
import { fieldMoney, typedMoney } from '../checkout/money.js';
import { element } from '../frames/elements.js';
import { button, field } from '../wallet/dom.js';
import type { App } from './app.js';
import { locale, money } from './format.js';
import { codeBlock } from './parts.js';

interface Asked<T> {
  readonly title: string;
  readonly content: readonly Node[];
  readonly goOn: string;
  readonly look: 'main' | 'danger';
  /** What was entered; null while it cannot be taken, and then the field says why. */
  readonly value: () => T | null;
  /** Does it: its failure is shown in the dialog, which stays open. */
  readonly act: (value: T) => Promise<void>;
}

/** Asks in a dialog and does what was asked. @returns whether it was done */
export function askAndDo<T>({
  title,
  content,
  goOn,
  look,
  value,
  act,
}: Asked<T>): Promise<boolean> {
  return new Promise((resolve) => {
    const heading = element('h2', { id: 'dialog-title' }, title);
    const problem = element('p', { class: 'problem', role: 'alert' });
    const form = element('form', {}, heading, ...content, problem);
    const dialog = element('dialog', { 'aria-labelledby': 'dialog-title' }, form);
    let isBusy = false;
    const end = (isDone: boolean): void => {
      dialog.close();
      dialog.remove();
      resolve(isDone);
    };
    const submit = async (): Promise<void> => {
      const entered = value();
      if (entered === null || isBusy) return;
      isBusy = true;
      problem.textContent = '';
      go.setAttribute('aria-busy', 'true');
      try {
        await act(entered);
        end(true);
      } catch (error) {
        problem.textContent = (error as Error).message;
        go.removeAttribute('aria-busy');
        isBusy = false;
      }
    };
    const go = element('button', { type: 'submit', class: `button is-${look}` }, goOn);
    form.append(
      element(
        'div',
        { class: 'actions' },
        go,
        button('Back', () => end(false)),
      ),
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void submit();
    });
    dialog.addEventListener('cancel', (event) => {
      event.preventDefault();
      // What is under way cannot be called back by closing its dialog.
      if (!isBusy) end(false);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

interface Sure {
  readonly title: string;
  /** What will be. */
  readonly text: string;
  readonly goOn: string;
  readonly act: () => Promise<unknown>;
}

/** Asks before what takes something away. @returns whether it was done */
export function askSure({ title, text, goOn, act }: Sure): Promise<boolean> {
  return askAndDo({
    ...{ title, goOn, look: 'danger', content: [element('p', {}, text)] },
    value: () => ({}),
    act: async () => void (await act()),
  });
}

/** Shows what is told once, until somebody closes it; then the place is loaded anew. */
export function showOnce(app: App, title: string, text: string, secret: string): void {
  const dialog: HTMLDialogElement = element(
    'dialog',
    { 'aria-labelledby': 'once-title' },
    element('h2', { id: 'once-title' }, title),
    element('p', {}, text),
    codeBlock(secret, app.say),
    button('Close', () => dialog.close(), 'main'),
  );
  dialog.addEventListener('close', () => {
    dialog.remove();
    app.reload();
  });
  document.body.append(dialog);
  dialog.showModal();
}

/** A field for a part of an amount, with all of it to begin with. */
export function partField(label: string, most: Money) {
  const { currency } = most;
  const input = element('input', { inputmode: 'decimal', autocomplete: 'off', maxlength: '20' });
  input.value = fieldMoney(most, locale());
  const made = field(`${label}, up to ${money(most)}`, input);
  return {
    node: made.node,
    /** Minor units; null for what is no such amount, and the field says so. */
    value: (): number | null => {
      const value = typedMoney(input.value, currency);
      const isFit = value !== null && value > 0 && value <= most.value;
      made.fault(isFit ? null : `Type an amount up to ${money(most)}.`);
      return isFit ? value : null;
    },
  };
}
