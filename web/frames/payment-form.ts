import type { ChangeState, FrameSetup, SavedMethod } from '../../sdk/browser/protocol.js';
import { type Body, firstFault, focusNeedy, wireFault } from './body.js';
import { cardMark, element } from './elements.js';
import type { Tree } from './form-encoding.js';
import {
  cardPanel,
  type Panel,
  type PanelSetting,
  redirectPanel,
  sepaPanel,
  usBankPanel,
} from './method-panels.js';
import { languageOf, type Texts } from './texts.js';

/** The names of types that are brands, and so the same in every language. */
const BRANDED =
  'affirm=Affirm alipay=Alipay bancontact=Bancontact bizum=Bizum blik=BLIK cashapp=Cash_App_Pay ' +
  'eps=EPS giropay=giropay ideal=iDEAL klarna=Klarna link=Link mb_way=MB_WAY oxxo=OXXO ' +
  'p24=Przelewy24 paypal=PayPal revolut_pay=Revolut_Pay swish=Swish twint=TWINT ' +
  'wechat_pay=WeChat_Pay afterpay_clearpay=Afterpay amazon_pay=Amazon_Pay';

const BRAND_NAMES: ReadonlyMap<string, string> = new Map(
  BRANDED.split(' ').map((entry) => entry.split('=') as [string, string]),
);

function nameOf(type: string, texts: Texts): string {
  if (type === 'card') return texts.card;
  if (type === 'sepa_debit') return texts.sepa;
  if (type === 'us_bank_account') return texts.bank;
  const name = BRAND_NAMES.get(type) ?? type.replace(/^./, (letter) => letter.toUpperCase());
  return name.replaceAll('_', ' ');
}

interface Form {
  readonly setting: PanelSetting;
  readonly types: readonly string[];
  readonly saved: readonly SavedMethod[];
  readonly isAccordion: boolean;
  readonly panels: Map<string, Panel>;
  readonly place: HTMLElement;
  readonly terms: HTMLElement;
  readonly alarm: HTMLElement;
  readonly root: HTMLElement;
  /** The type that is open; null while an accordion is closed. */
  type: string | null;
  /** The saved method that is chosen; null for a new one. */
  savedId: string | null;
  /** Asked for a choice, and none was made. */
  insisted: boolean;
}

const MAKERS: Readonly<Record<string, (setting: PanelSetting) => Panel>> = {
  card: cardPanel,
  sepa_debit: sepaPanel,
  us_bank_account: usBankPanel,
};

function panelOf({ panels, type, setting }: Form): Panel | null {
  if (type === null) return null;
  const made = panels.get(type);
  if (made !== undefined) return made;
  const panel = MAKERS[type]?.(setting) ?? redirectPanel(setting, type);
  for (const select of panel.selects) select.addEventListener('change', setting.changed);
  panels.set(type, panel);
  return panel;
}

/** A payment form: saved methods, a choice of types, the fields of the one that is chosen. */
export function makePaymentForm(
  setup: FrameSetup,
  texts: Texts,
  region: string,
  changed: () => void,
): Body {
  const { payment, options, locale } = setup;
  const offered = payment?.methodTypes.length ? payment.methodTypes : ['card'];
  const wanted = (options.paymentMethodOrder as string[] | undefined) ?? [];
  const rank = (type: string): number => (wanted.indexOf(type) + 1 || wanted.length + 1) - 1;
  const types = [...offered].sort((a, b) => rank(a) - rank(b));
  const layout = options.layout as { type?: string; defaultCollapsed?: boolean } | string | null;
  const isAccordion = (typeof layout === 'string' ? layout : layout?.type) === 'accordion';
  const isClosed = isAccordion && typeof layout === 'object' && layout?.defaultCollapsed === true;
  const saved = payment?.saved ?? [];
  // A browser's own tag may be none that names of countries can be asked for (`en-US@posix`).
  const language = languageOf(locale, navigator.languages);
  const form: Form = {
    setting: { setup, texts, language, region, changed },
    types,
    saved,
    isAccordion,
    panels: new Map(),
    place: element('div', { class: 'place' }),
    terms: element('p', { class: 'TermsText' }),
    alarm: element('p', { class: 'Error', role: 'alert' }),
    root: element('div', { class: isAccordion ? 'form is-accordion' : 'form' }),
    type: isClosed ? null : (types[0] ?? 'card'),
    savedId: isClosed ? null : (saved[0]?.id ?? null),
    insisted: false,
  };
  const { place, terms, alarm } = form;
  if (saved.length > 0) form.root.append(savedChoice(form));
  form.root.append(element('div', { class: 'new' }, typeChoice(form), place, terms), alarm);
  paint(form);
  return bodyOf(form);
}

function radio(group: string, value: string): HTMLInputElement {
  return element('input', { type: 'radio', name: group, value, id: `${group}-${value}` });
}

function savedChoice(form: Form): HTMLElement {
  const { texts } = form.setting;
  const box = element('fieldset', { class: 'saved' });
  box.append(element('legend', { class: 'unseen' }, texts.method));
  const add = (value: string, ...content: readonly (Node | string)[]): void => {
    const input = radio('saved', value);
    input.addEventListener('change', () => {
      form.savedId = value || null;
      paint(form);
      form.setting.changed();
    });
    box.append(element('label', { class: 'AccordionItem', for: input.id }, input, ...content));
  };
  for (const { id, brand, last4, expMonth, expYear } of form.saved) {
    const [month, year] = [expMonth, expYear % 100].map((part) => `${part}`.padStart(2, '0'));
    const name = brand.replace(/^./, (letter) => letter.toUpperCase());
    const dots = element('span', { 'aria-hidden': 'true' }, ' •••• ');
    const spoken = element('span', { class: 'unseen' }, ` ${texts.ends} `);
    const title = element('span', { class: 'TabLabel' }, name, dots, spoken, last4);
    add(
      id,
      cardMark(brand, false),
      title,
      element('span', { class: 'month' }, `${month} / ${year}`),
    );
  }
  add('', element('span', { class: 'TabLabel' }, texts.another));
  return box;
}

function typeChoice(form: Form): HTMLElement | null {
  const { types, isAccordion, setting } = form;
  if (types.length < 2 && !isAccordion) return null;
  const box = element('fieldset', { class: isAccordion ? 'items' : 'tabs' });
  box.append(element('legend', { class: 'unseen' }, setting.texts.method));
  for (const type of types) {
    const input = radio('method', type);
    input.addEventListener('change', () => {
      form.type = type;
      form.insisted = false;
      paint(form);
      setting.changed();
    });
    const icon = element('span', { class: 'TabIcon' }, type === 'card' ? cardMark('', false) : '');
    const name = element('span', { class: 'TabLabel' }, nameOf(type, setting.texts));
    const kind = isAccordion ? 'AccordionItem' : 'Tab';
    const parts = type === 'card' ? [input, icon, name] : [input, name];
    box.append(element('label', { class: kind, for: input.id }, ...parts));
  }
  return box;
}

function paint(form: Form): void {
  const { root, place, terms, savedId, type, isAccordion, setting, alarm } = form;
  for (const input of root.querySelectorAll<HTMLInputElement>('input[type=radio]')) {
    input.checked = input.value === (input.name === 'saved' ? (savedId ?? '') : (type ?? ''));
    const label = input.closest('label');
    for (const name of ['Tab', 'AccordionItem'])
      label?.classList.toggle(`${name}--selected`, label.classList.contains(name) && input.checked);
  }
  const fresh = root.querySelector<HTMLElement>('.new');
  if (fresh !== null) fresh.hidden = savedId !== null;
  const panel = panelOf(form);
  if (panel === null) place.replaceChildren();
  else if (place.firstChild !== panel.root) place.replaceChildren(panel.root);
  if (isAccordion && type !== null)
    root
      .querySelector(`#method-${CSS.escape(type)}`)
      ?.closest('label')
      ?.after(place);
  terms.textContent = termsOf(form);
  terms.hidden = terms.textContent === '';
  alarm.textContent = form.insisted ? setting.texts.faults.incomplete_payment_method : '';
}

/** The agreement that a type needs, unless the shop shows its own. */
function termsOf({ type, setting: { setup, texts } }: Form): string {
  const { options, payment } = setup;
  const camel = (type ?? '').replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  const wanted = (options.terms as Tree | undefined)?.[camel] ?? 'auto';
  if (wanted === 'never') return '';
  const isKept = payment?.mode === 'setup' || Boolean(payment?.setupFutureUsage);
  const business = (options.business as { name?: unknown } | undefined)?.name;
  const shop = typeof business === 'string' && business !== '' ? business : texts.shop;
  const text =
    type === 'sepa_debit'
      ? texts.sepaTerms
      : type === 'us_bank_account'
        ? texts.bankTerms
        : type === 'card' && (isKept || wanted === 'always')
          ? texts.cardTerms
          : '';
  return text.replaceAll('{shop}', shop);
}

function stateOf(form: Form): ChangeState {
  const { savedId, type, setting, insisted } = form;
  const base = { elementType: 'payment', brand: null };
  const saved = form.saved.find(({ id }) => id === savedId);
  if (saved !== undefined) {
    const value = { type: 'card', payment_method: { id: saved.id, type: 'card' } };
    return { ...base, empty: false, complete: true, error: null, value, collapsed: false };
  }
  const fields = panelOf(form)?.fields() ?? [];
  const fault = insisted ? 'incomplete_payment_method' : firstFault(fields);
  return {
    ...base,
    empty: fields.every((field) => field.text() === ''),
    complete: type !== null && fields.every((field) => field.verdict().complete),
    error: wireFault(fault, setting.texts),
    value: type === null ? null : { type },
    collapsed: type === null,
    autofilled: fields.some((field) => field.autofilled()),
  };
}

function bodyOf(form: Form): Body {
  const { setting, root, panels } = form;
  const fields = () => panelOf(form)?.fields() ?? [];
  const repainted = (work: () => void): void => {
    work();
    paint(form);
    setting.changed();
  };
  return {
    root,
    state: () => stateOf(form),
    insist: () =>
      repainted(() => {
        if (form.savedId !== null) return;
        form.insisted = form.type === null;
        for (const field of fields()) field.insist();
        if (firstFault(fields()) !== null) focusNeedy(fields());
      }),
    focus: () => {
      if (form.savedId !== null || form.type === null) root.querySelector('input')?.focus();
      else focusNeedy(fields());
    },
    clear: () =>
      repainted(() => {
        for (const panel of panels.values()) for (const each of panel.fields()) each.set('');
      }),
    collapse: () =>
      repainted(() => {
        if (form.isAccordion) form.type = null;
      }),
    disable: (on) => {
      for (const input of root.querySelectorAll<HTMLInputElement>('input, select'))
        input.disabled = on;
    },
    brand: () => {},
    typed: () => typedIn(form),
    retype: (typed) => retype(form, typed),
    chosen: () => {
      if (form.savedId !== null) return { saved: form.savedId, type: 'card' };
      const panel = panelOf(form);
      const type = form.type ?? 'card';
      return { saved: null, type, method: panel?.method() ?? {}, billing: panel?.billing() ?? {} };
    },
  };
}

function typedIn({ panels, type, savedId }: Form): Record<string, string> {
  const typed: Record<string, string> = { type: type ?? '', saved: savedId ?? '' };
  for (const [name, panel] of panels) {
    for (const { spec, text } of panel.fields()) typed[`${name}.${spec.key}`] = text();
    for (const select of panel.selects) typed[`${name}.${select.name}`] = select.value;
  }
  return typed;
}

function retype(form: Form, typed: Readonly<Record<string, string>>): void {
  const { types, saved } = form;
  if (typed.type === undefined) return;
  if (types.includes(typed.type)) form.type = typed.type;
  if (typed.saved === '' || saved.some(({ id }) => id === typed.saved))
    form.savedId = typed.saved || null;
  const chosen = form.type;
  for (const type of types.filter((each) => `${Object.keys(typed)}`.includes(`${each}.`))) {
    form.type = type;
    const panel = panelOf(form);
    for (const select of panel?.selects ?? [])
      select.value = typed[`${type}.${select.name}`] || select.value;
    panel?.refresh();
    for (const field of panel?.fields() ?? []) field.set(typed[`${type}.${field.spec.key}`] ?? '');
  }
  form.type = chosen;
  paint(form);
}
