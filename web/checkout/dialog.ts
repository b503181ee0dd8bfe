import { element } from '../frames/elements.js';
import { button } from '../wallet/dom.js';

/** What can be answered in a dialog. */
interface Answers {
  readonly yes: string;
  readonly no: string;
  readonly look?: 'main' | 'danger';
}

/** Asks in a dialog; true where the customer says yes, false for no, Escape and all else. */
export function askIn(
  title: string,
  content: readonly Node[],
  { yes, no, look = 'main' }: Answers,
): Promise<boolean> {
  return new Promise((resolve) => {
    const heading = element('h2', { id: 'dialog-title' }, title);
    const dialog = element('dialog', { 'aria-labelledby': 'dialog-title' }, heading, ...content);
    const end = (answer: boolean) => (): void => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    const actions = [button(yes, end(true), look), button(no, end(false))];
    dialog.append(element('div', { class: 'actions' }, ...actions));
    dialog.addEventListener('cancel', end(false));
    document.body.append(dialog);
    dialog.showModal();
  });
}
