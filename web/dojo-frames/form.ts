import type { CardSetup, FieldName, FromFrame, Paid, ToFrame } from '../../sdk/dojo/protocol.js';
import { focusNeedy, refit } from '../frames/body.js';
import { brandOf } from '../frames/card-number.js';
import { cardMark, element } from '../frames/elements.js';
import { type Field, type FieldEvents, makeField } from '../frames/field.js';
import { tellHeight } from '../frames/handshake.js';
import { languageOf, type Texts, textsIn } from '../frames/texts.js';
import { cardSpecs, errorsOf, errorTypeOf, wordedTexts } from './fields.js';
import { sendCard } from './pay.js';
import { cardSheet } from './styles.js';

type Send = (message: FromFrame) => void;

interface Form {
  readonly setup: CardSetup;
  readonly texts: Texts;
  readonly fields: readonly Field[];
  readonly icon: HTMLElement;
  readonly send: Send;
  /** Which fields are right, and what was last told to be wrong: only changes are told. */
  readonly right: Set<string>;
  told: string;
}

/** The form at work: takes what the script says, sends what happens. */
export function openForm(send: Send): { take(message: ToFrame): Promise<void> } {
  let form: Form | null = null;
  const act = async (message: ToFrame): Promise<void> => {
    if (message.type === 'setup') {
      form = await drawn(message.setup, send);
      send({ type: 'ready' });
    } else if (form !== null) {
      const answer = await pay(form, message.token, message.info);
      send({ type: 'paid', id: message.id, answer });
    }
  };
  // One after the other: what follows a setup finds its fields there.
  let queue = Promise.resolve();
  const take = (message: ToFrame): Promise<void> => {
    queue = queue.then(() => act(message));
    return queue;
  };
  return { take };
}

async function drawn(setup: CardSetup, send: Send): Promise<Form> {
  const language = languageOf('auto', navigator.languages);
  const texts = await textsIn(language);
  const fields: Field[] = [];
  const icon = element('span', { class: 'CardIcon' });
  const form: Form = { setup, texts, fields, icon, send, right: new Set(), told: '[]' };
  fields.push(...makeFields(form));
  const root = document.documentElement;
  root.lang = language;
  root.dataset.theme = setup.colorScheme;
  root.style.colorScheme = setup.colorScheme;
  const look = new CSSStyleSheet();
  look.replaceSync(cardSheet(setup.styles));
  document.adoptedStyleSheets = [look];
  const main = document.querySelector('main');
  main?.replaceChildren(layout(form));
  paint(form);
  if (main) watch(main, form);
  return form;
}

function makeFields(form: Form): Field[] {
  const { setup, texts, fields, send } = form;
  const at = (key: string): Field | undefined => fields.find(({ spec }) => spec.key === key);
  const number = (): string => at('cardNumber')?.text() ?? '';
  const events: FieldEvents = {
    changed: (field) => {
      const cv2 = at('cv2');
      if (field.spec.key === 'cardNumber' && cv2 !== undefined) refit(cv2);
      changed(form);
    },
    filled: (field) => {
      // Filled in by the browser: the customer is elsewhere.
      if (document.activeElement === field.input) fields[fields.indexOf(field) + 1]?.input.focus();
    },
    emptied: (field) => fields[fields.indexOf(field) - 1]?.input.focus(),
  };
  return cardSpecs(texts, setup.text, number).map((spec) => {
    let made: Field | null = null;
    const worded = wordedTexts(texts, setup.errorMessages, () => made && errorTypeOf(made));
    const field = makeField(spec, worded, events);
    made = field;
    field.input.addEventListener('blur', () => {
      changed(form);
      send({ type: 'blur', isValid: isComplete(form) });
    });
    return field;
  });
}

function layout({ fields, icon, setup }: Form): HTMLElement {
  const boxes = fields.map(({ spec, label, input, message }) => {
    const key = spec.key as FieldName;
    const half = key === 'expiryDate' || key === 'cv2' ? '' : ' is-full';
    // Shown by the page itself, if at all; a reader that stands in the field hears it from here.
    if (setup.text[key]?.showValidation === false) message.classList.add('unseen');
    const box = element('div', { class: 'box' }, key === 'cardNumber' ? icon : null, input);
    return element('div', { class: `field ${key}${half}` }, label, box, message);
  });
  return element('div', { class: 'form card' }, element('div', { class: 'grid' }, ...boxes));
}

function isComplete({ fields }: Form): boolean {
  return fields.every((field) => field.verdict().complete);
}

function paint({ fields, icon }: Form): void {
  const { name } = brandOf(fields[0]?.text() ?? '');
  if (icon.dataset.shown === name) return;
  icon.dataset.shown = name;
  icon.replaceChildren(cardMark(name, false));
}

/** Tells the page what has become right or wrong. */
function changed(form: Form): void {
  const { fields, right, send } = form;
  paint(form);
  const wasComplete = right.size === fields.length;
  for (const field of fields) {
    const name = field.spec.key as FieldName;
    if (!field.verdict().complete) right.delete(name);
    else if (!right.has(name)) {
      right.add(name);
      send({ type: 'valid', field: name });
    }
  }
  if (!wasComplete && right.size === fields.length) send({ type: 'complete' });
  const errors = errorsOf(fields);
  const told = JSON.stringify(errors);
  if (told === form.told) return;
  form.told = told;
  send({ type: 'errors', errors });
}

async function pay(
  form: Form,
  token: string,
  info: Readonly<Record<string, unknown>>,
): Promise<Paid> {
  const { fields, texts } = form;
  for (const field of fields) field.insist();
  changed(form);
  if (!isComplete(form)) {
    focusNeedy(fields);
    return { ok: false, errors: errorsOf(fields) };
  }
  const typed = Object.fromEntries(fields.map((field) => [field.spec.key, field.text()]));
  const { cardNumber = '', cardName, expiryDate, cv2: cV2 } = typed;
  const card = { cardNumber: cardNumber.replaceAll(' ', ''), cardName, expiryDate, cV2 };
  for (const { input } of fields) input.readOnly = true;
  try {
    const outcome = await sendCard(token, { ...info, ...card }, texts.offline);
    return { ok: true, outcome };
  } finally {
    for (const { input } of fields) input.readOnly = false;
  }
}

/** Tells the script of Enter, and of the height. */
function watch(main: HTMLElement, { send }: Form): void {
  main.addEventListener('keydown', (event) => {
    const isField = event.target instanceof HTMLInputElement;
    if (event.key !== 'Enter' || !isField || event.isComposing) return;
    event.preventDefault();
    send({ type: 'submit' });
  });
  tellHeight(send);
}
