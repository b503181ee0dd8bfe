import { element } from '../frames/elements.js';
import { draw } from '../ui/drawing.js';

type Child = Node | string | null;

/** The drawings of the wallet, as path data on a ground of 24 by 24. */
const ICONS = {
  scan:
    'M4 8V5a1 1 0 0 1 1-1h3M16 4h3a1 1 0 0 1 1 1v3M20 16v3a1 1 0 0 1-1 1h-3' +
    'M8 20H5a1 1 0 0 1-1-1v-3M4 12h16',
  send: 'M12 19V5M6 11l6-6 6 6',
  receive: 'M12 5v14M6 13l6 6 6-6',
  settings:
    'M4 7h9M17 7h3M4 17h3M11 17h9M13 7a2 2 0 1 0 4 0 2 2 0 1 0-4 0' +
    'M7 17a2 2 0 1 0 4 0 2 2 0 1 0-4 0',
  back: 'M15 5l-7 7 7 7',
  forward: 'M5 12h14M13 6l6 6-6 6',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  attention: 'M12 4 21 20H3ZM12 10v4.5M12 17v.5',
  plus: 'M12 5v14M5 12h14',
} as const;
export type IconName = keyof typeof ICONS;

/** A drawing in the colour of the text; what it means is said beside it. */
export function icon(name: IconName): SVGElement {
  const ground = { viewBox: '0 0 24 24', class: 'icon', 'aria-hidden': 'true' };
  return draw('svg', ground, draw('path', { d: ICONS[name] }));
}

export type ButtonLook = 'main' | 'plain' | 'quiet' | 'danger';

/** A button. While what it started is under way it is busy, and takes no second press. */
export function button(
  label: string | readonly Child[],
  press: () => unknown,
  look: ButtonLook = 'plain',
): HTMLButtonElement {
  const children = typeof label === 'string' ? [label] : label;
  const made = element('button', { type: 'button', class: `button is-${look}` }, ...children);
  made.addEventListener('click', async () => {
    if (made.getAttribute('aria-busy') === 'true') return;
    made.setAttribute('aria-busy', 'true');
    try {
      await press();
    } finally {
      made.removeAttribute('aria-busy');
    }
  });
  return made;
}

/** A round button with a drawing alone; its label is spoken. */
export function iconButton(name: IconName, label: string, press: () => unknown): HTMLButtonElement {
  const made = button([icon(name)], press, 'quiet');
  made.classList.add('is-icon');
  made.setAttribute('aria-label', label);
  return made;
}

let fields = 0;

/** A field with its label above, and below it what is wrong with what was typed. */
export function field<T extends HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>(
  label: string,
  input: T,
): { readonly node: HTMLElement; readonly input: T; fault(text: string | null): void } {
  fields += 1;
  input.id = `field-${fields}`;
  const problem = element('p', { class: 'problem', id: `${input.id}-problem`, hidden: '' });
  return {
    node: element(
      'div',
      { class: 'field' },
      element('label', { for: input.id }, label),
      input,
      problem,
    ),
    input,
    fault: (text) => {
      problem.textContent = text ?? '';
      problem.hidden = text === null;
      if (text === null) {
        input.removeAttribute('aria-invalid');
        input.removeAttribute('aria-describedby');
        return;
      }
      input.setAttribute('aria-invalid', 'true');
      input.setAttribute('aria-describedby', problem.id);
      input.focus();
    },
  };
}

/** Lines of a bill: what, and how much. */
export function lines(
  rows: readonly (readonly [what: Child, much: Child, look?: string])[],
): Element {
  return element(
    'dl',
    { class: 'lines' },
    ...rows.map(([what, much, look]) =>
      element('div', { class: look ?? null }, element('dt', {}, what), element('dd', {}, much)),
    ),
  );
}

/** A state in a word and a shape, never in colour alone. */
export function pill(shape: string, word: string, look: 'good' | 'attention' | 'plain'): Element {
  return element(
    'span',
    { class: `pill is-${look}` },
    element('span', { 'aria-hidden': 'true' }, shape),
    word,
  );
}

/** Something to know, with a drawing before it. */
export function notice(text: string, look: 'attention' | 'failure' | 'plain'): HTMLElement {
  return element(
    'p',
    { class: `notice is-${look}` },
    icon(look === 'plain' ? 'check' : 'attention'),
    element('span', {}, text),
  );
}

export function paragraph(text: string, look: string | null = null): HTMLParagraphElement {
  return element('p', { class: look }, text);
}

/** An id or address: monospace, and copied by a press. */
export function copyable(text: string, shown: string, say: (text: string) => void): HTMLElement {
  const made = button(
    [element('code', {}, shown)],
    async () => {
      await navigator.clipboard.writeText(text);
      say('Copied.');
    },
    'quiet',
  );
  made.classList.add('copyable');
  made.title = text;
  made.setAttribute('aria-label', `Copy ${text}`);
  return made;
}

/** Asks before something that cannot be undone; true where the person goes on. */
export function ask(title: string, text: string, goOn: string): Promise<boolean> {
  return new Promise((resolve) => {
    const heading = element('h2', { id: 'ask-title' }, title);
    const dialog = element('dialog', { 'aria-labelledby': 'ask-title' }, heading, paragraph(text));
    const end = (answer: boolean) => () => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    const actions = [button(goOn, end(true), 'danger'), button('Cancel', end(false))];
    dialog.append(element('div', { class: 'actions' }, ...actions));
    dialog.addEventListener('cancel', end(false));
    document.body.append(dialog);
    dialog.showModal();
  });
}
