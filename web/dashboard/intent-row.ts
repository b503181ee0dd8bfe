import type { IntentRow } from '../../src/api/admin/schema.js';
import { element } from '../frames/elements.js';
import { money, statusOf } from './format.js';
import { link, pill, time } from './parts.js';

/** The dialects by their names. */
export const DIALECTS = { stripe: 'Stripe', dojo: 'Dojo', code: 'Code' } as const;

/** An intent as a line of a list, which leads to it. */
export function drawRow(row: IntentRow): HTMLElement {
  const { id, amount, createdMs, dialect, method, customer, description } = row;
  const cell = (name: string, ...content: readonly (Node | string)[]): HTMLElement =>
    element('span', { class: `cell is-${name}` }, ...content);
  const made = link(
    `/intents/${id}`,
    cell('amount', money(amount)),
    cell('status', pill(statusOf(row))),
    cell('about', description || customer || id),
    cell('method', method || '–'),
    cell('dialect', DIALECTS[dialect]),
    cell('time', time(createdMs)),
  );
  made.className = 'row';
  return made;
}
