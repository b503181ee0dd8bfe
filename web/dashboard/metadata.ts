import { element } from '../frames/elements.js';
import { button } from '../wallet/dom.js';
import { askAndDo } from './dialogs.js';
import { factList, section } from './parts.js';

/** The limits of metadata in every dialect. */
const KEYS_MAX = 50;
const KEY_MAX = '40';
const VALUE_MAX = '500';

type Metadata = Readonly<Record<string, string>>;

/** The metadata of an object, editable as a whole where `save` is given. */
export function metadataPanel(
  metadata: Metadata,
  save: ((metadata: Metadata) => Promise<void>) | null,
): HTMLElement {
  const rows = Object.entries(metadata);
  const content =
    rows.length === 0
      ? element('p', { class: 'soft' }, 'None. Keys that you set here can be searched for.')
      : factList(rows);
  const edit =
    save === null ? null : button('Edit metadata', () => editMetadata(metadata, save), 'plain');
  edit?.classList.add('is-small');
  return section('Metadata', content, edit);
}

function editMetadata(
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
    title: 'Metadata',
    content: [list, button('Add a line', () => add('', '').focus()), problem],
    goOn: 'Save',
    look: 'main',
    value: entered,
    act: save,
  });
}
