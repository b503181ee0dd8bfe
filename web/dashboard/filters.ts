import { typedMoney } from '../checkout/money.js';
import { element } from '../frames/elements.js';
import type { Query } from './calls.js';

/** The fields by which intents are filtered; their names are those of the API. */
const CHOICES = [
  {
    name: 'state',
    label: 'Status',
    options: [
      ['', 'Any status'],
      ['awaiting_method', '○ Awaiting a method'],
      ['awaiting_confirmation', '○ Awaiting confirmation'],
      ['awaiting_action', '◐ Action needed'],
      ['processing', '◌ Processing'],
      ['authorized', '◇ Authorized'],
      ['captured', '● Captured'],
      ['canceled', '✕ Canceled'],
    ],
  },
  {
    name: 'dialect',
    label: 'Dialect',
    options: [
      ['', 'Any dialect'],
      ['stripe', 'Stripe'],
      ['dojo', 'Dojo'],
      ['code', 'Code'],
    ],
  },
] as const;

const TYPED = [
  { name: 'from', label: 'From', type: 'date' },
  { name: 'to', label: 'To', type: 'date' },
  { name: 'currency', label: 'Currency', type: 'text' },
  { name: 'min', label: 'At least', type: 'text' },
  { name: 'max', label: 'At most', type: 'text' },
] as const;

const NAMES = ['q', ...CHOICES.map(({ name }) => name), ...TYPED.map(({ name }) => name)];

/** The filters of the list, above it. */
export interface Filters {
  readonly node: HTMLElement;
  readonly search: HTMLInputElement;
  /** What is asked of the API. */
  query(): Query;
  /** What stands in the address, so that a list can be shared; empty where nothing is filtered. */
  address(): string;
}

const DAY_MS = 86_400_000;

/** What the fields say, in the API's words: whole days, minor units of the chosen currency. */
export function askedBy(values: Readonly<Record<string, string>>): Query {
  const { q, state, dialect, from, to, min, max, currency = '' } = values;
  const day = (text: string | undefined, add: number): string | null => {
    const ms = Date.parse(`${text}T00:00:00`);
    return text && Number.isFinite(ms) ? String(ms + add) : null;
  };
  const code = /^[a-z]{3}$/i.test(currency.trim()) ? currency.trim().toLowerCase() : '';
  const minor = (text: string | undefined): string | null => {
    const value = text ? typedMoney(text, code || 'usd') : null;
    return value === null ? null : String(value);
  };
  const text = q?.trim();
  const isCustomer = /^cus_\w+$/.test(text ?? '');
  return {
    // The payments of a customer are asked for by his id; a search would not look there.
    ...(isCustomer ? { customer: text } : { q: text }),
    state,
    dialect,
    from: day(from, 0),
    // The day itself still belongs to it.
    to: day(to, DAY_MS),
    currency: code,
    min: minor(min),
    max: minor(max),
  };
}

/** Makes them. @param changed is called once a person has chosen something, or stopped typing */
export function makeFilters(given: URLSearchParams, changed: () => void): Filters {
  const search = element('input', {
    type: 'search',
    name: 'q',
    'aria-label': 'Search by id, description, e-mail, amount, customer or metadata',
    placeholder: 'Id, e-mail, amount, key:value',
    autocomplete: 'off',
    spellcheck: 'false',
    maxlength: '200',
  });
  const selects = CHOICES.map(({ name, label, options }) => {
    const each = options.map(([value, words]) => element('option', { value }, words));
    return element('select', { name, 'aria-label': label }, ...each);
  });
  const more = TYPED.map(({ name, label, type }) => {
    const input = element('input', { name, type, autocomplete: 'off', maxlength: '20' });
    return element('label', {}, label, input);
  });
  const details = element(
    'details',
    {},
    element('summary', {}, 'More'),
    element('div', { class: 'more' }, ...more),
  );
  const node = element('form', { class: 'filters', role: 'search' }, search, ...selects, details);
  const fieldOf = (name: string) => node.elements.namedItem(name) as HTMLInputElement;
  for (const name of NAMES) fieldOf(name).value = given.get(name) ?? '';
  details.open = TYPED.some(({ name }) => fieldOf(name).value !== '');
  const values = (): Record<string, string> =>
    Object.fromEntries(NAMES.map((name) => [name, fieldOf(name).value]));
  let timer = 0;
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(changed, 200) as unknown as number;
  };
  node.addEventListener('input', soon);
  node.addEventListener('submit', (event) => {
    event.preventDefault();
    clearTimeout(timer);
    changed();
  });
  return {
    node,
    search,
    query: () => askedBy(values()),
    address: () => {
      const set = Object.entries(values()).filter(([, value]) => value.trim() !== '');
      return new URLSearchParams(set).toString();
    },
  };
}
