import { element } from '../frames/elements.js';
import { button } from '../wallet/dom.js';
import { askAndDo } from './dialogs.js';
import { factList, link, section } from './parts.js';

/** The limits of metadata in every dialect. */
const KEYS_MAX = 50;
const KEY_MAX = '40';
const VALUE_MAX = '500';

type Metadata = Readonly<Record<string, string>>;

interface Panel {
  /** Whose it is, where there are several on a page: `Metadata of the charge`. */
  readonly title?: string;
  readonly metadata: Metadata;
  /** Below `/dashboard`: the list in which `?q=key:value` finds what is alike. */
  readonly list: '/intents' | '/customers';
  /** null for who may only read. */
  readonly save: ((metadata: Metadata) => Promise<void>) | null;
}

/** The metadata of an object: each pair leads to what has the same, and all is edited at once. */
export function metadataPanel({ title = 'Metadata', metadata, list, save }: Panel): HTMLElement {
  const rows = Object.entries(metadata).map(([key, value]) => {
    const query = new URLSearchParams({ q: `${key}:${value}` });
    return [key, canBeSought(key) ? link(`${list}?${query}`, value) : value] as const;
  });
  const content =
    rows.length === 0
      ? element('p', { class: 'soft' }, 'None. Keys that you set here can be searched for.')
      : factList(rows);
  const edit =
    save === null
      ? null
      : button(`Edit ${title.toLowerCase()}`, () => editMetadata(title, metadata, save), 'plain');
  edit?.classList.add('is-small');
  return section(title, content, edit);
}

/** The search reads `key:value`: a key with a space or a colon in it cannot stand there. */
const canBeSought = (key: string): boolean => /^[^:\s]+$/.test(key);

function editMetadata(
  title: string,
  metadata: Metadata,
  save: (metadata: Metadata) => Promise<void>,
): Promise<boolean> {
  const list = element('div', { class: 'pairs' });
  const problem = element('p', { class: 'problem', role: 'alert' });
  const add = (key: string, value: string): HTMLInputElement => {
    const name = element('input', { 'aria-label': 'Key', maxlength: KEY_MAX, value: key });
    const text = element('input', { 'aria-label': 'Value', maxlength: VALUE_MAX, value });
    const row = element('div', { class: 'pair' }, name, text);
    const remove = button('Remove', () => row.remove(), 'quiet');
    remove.setAttribute('aria-label', `Remove ${key || 'this line'}`);
    row.append(remove);
    list.append(row);
    return name;
  };
  for (const [key, value] of Object.entries(metadata)) add(key, value);
  if (list.childElementCount === 0) add('', '');
  const entered = (): Metadata | null => {
    const pairs = [...list.children].map((row) =>
      [...row.querySelectorAll('input')].map(({ value }) => value.trim()),
    );
    const filled = pairs.filter(([key = '', value = '']) => key !== '' || value !== '');
    const keys = filled.map(([key = '']) => key);
    problem.textContent = keys.includes('')
      ? 'A value needs a key.'
      : new Set(keys).size < keys.length
        ? 'A key stands there twice.'
        : keys.length > KEYS_MAX
          ? `${KEYS_MAX} keys are the most.`
          : '';
    return problem.textContent === '' ? Object.fromEntries(filled) : null;
  };
  return askAndDo({
    title,
    content: [list, button('Add a line', () => add('', '').focus()), problem],
    goOn: 'Save',
    look: 'main',
    value: entered,
    act: save,
  });
}
