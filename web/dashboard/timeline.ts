import type { TimelineEntry } from '../../src/api/admin/schema.js';
import { element } from '../frames/elements.js';
import { money } from './format.js';
import { DIALECTS } from './intent-row.js';
import { copyable, factList, time } from './parts.js';

/** The marks on the line: by outcome first, then by what happened. */
const OUTCOMES = { good: '●', bad: '▲', waiting: '◌' } as const;
const KINDS: Readonly<Record<TimelineEntry['kind'], string>> = {
  event: '○',
  attempt: '◐',
  refund: '↺',
  dispute: '▲',
  transfer: '◇',
  delivery: '→',
  job: '◌',
  mail: '✉',
  message: '○',
};

const NAMES: Readonly<Record<TimelineEntry['kind'], string>> = {
  event: 'Events',
  attempt: 'Attempts',
  refund: 'Refunds',
  dispute: 'Disputes',
  transfer: 'Ledger',
  delivery: 'Deliveries',
  job: 'Jobs',
  mail: 'Mails',
  message: 'Messages',
};

/** The mark of an entry. A refund keeps its own shape when it went well. */
export function markOf({ kind, outcome }: Pick<TimelineEntry, 'kind' | 'outcome'>): string {
  if (kind === 'refund' && outcome === 'good') return KINDS.refund;
  return outcome === '' ? KINDS[kind] : OUTCOMES[outcome];
}

const LOOKS = { good: 'good', bad: 'failure', waiting: 'attention', '': 'plain' } as const;

function drawEntry(entry: TimelineEntry, say: (text: string) => void): HTMLElement {
  const { atMs, id, title, outcome, amount, facts, words } = entry;
  const said = Object.entries(DIALECTS).flatMap(([dialect, name]) => {
    const word = words[dialect as keyof typeof DIALECTS];
    return word === null
      ? []
      : [element('li', {}, element('span', {}, name), ' ', element('code', {}, word))];
  });
  const about = id === '' ? [] : ([['Id', copyable(id, say)]] as const);
  const all = [...about, ...facts];
  const more =
    all.length === 0
      ? null
      : element('details', {}, element('summary', {}, 'Details'), factList(all));
  return element(
    'li',
    { class: `entry is-${LOOKS[outcome]}` },
    element('span', { class: 'mark', 'aria-hidden': 'true' }, markOf(entry)),
    element(
      'div',
      { class: 'entry-head' },
      element('strong', {}, title),
      amount === null ? null : element('span', { class: 'figure' }, money(amount)),
      time(atMs),
    ),
    said.length === 0 ? null : element('ul', { class: 'words' }, ...said),
    more,
  );
}

/**
 * The signature: one line from creation to money moved, each mark something that happened, with
 * every dialect's own word beside it. Kinds can be left out.
 */
export function drawTimeline(
  entries: readonly TimelineEntry[],
  hidden: Set<TimelineEntry['kind']>,
  say: (text: string) => void,
): HTMLElement {
  const line = element('ol', { class: 'timeline' });
  const fill = (): void => {
    const seen = entries.filter(({ kind }) => !hidden.has(kind));
    line.replaceChildren(...seen.map((entry) => drawEntry(entry, say)));
  };
  const kinds = [...new Set(entries.map(({ kind }) => kind))];
  const choices = kinds.map((kind) => {
    const box = element('input', { type: 'checkbox' });
    box.checked = !hidden.has(kind);
    box.addEventListener('change', () => {
      if (box.checked) hidden.delete(kind);
      else hidden.add(kind);
      fill();
    });
    return element('label', {}, box, NAMES[kind]);
  });
  fill();
  const chooser = element(
    'fieldset',
    { class: 'kinds' },
    element('legend', { class: 'unseen' }, 'What the timeline shows'),
    ...choices,
  );
  return element('div', {}, kinds.length > 1 ? chooser : null, line);
}
