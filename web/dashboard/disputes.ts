import type { DisputeRow } from '../../src/api/admin/schema.js';
import { element } from '../frames/elements.js';
import { button, field } from '../wallet/dom.js';
import { type App, may, type Place } from './app.js';
import { askAndDo, askSure } from './dialogs.js';
import { duration, money, type Status, wordOf } from './format.js';
import { paged } from './pager.js';
import { copyable, emptyState, factList, headOf, link, pill, time } from './parts.js';

/** What evidence is most often: names of the API, with what they ask for. */
const EVIDENCE = [
  ['product_description', 'What was sold'],
  ['customer_name', 'Name of the customer'],
  ['customer_email_address', 'E-mail of the customer'],
  ['shipping_tracking_number', 'Tracking number'],
  ['uncategorized_text', 'Anything else that speaks for the payment'],
] as const;
const TEXT_MAX = '5000';

const LOOKS: Readonly<Record<string, Pick<Status, 'shape' | 'look'>>> = {
  won: { shape: '●', look: 'good' },
  lost: { shape: '▲', look: 'failure' },
  warning_closed: { shape: '✕', look: 'plain' },
};

/** Disputes and inquiries, with the evidence that answers them. */
export const disputesPlace: Place = async (app) => {
  const rows = await paged<DisputeRow>(app, {
    ask: (cursor) => app.calls.disputes({ cursor }),
    draw: (page) => element('div', { class: 'cards' }, ...page.map((row) => drawDispute(app, row))),
    empty: () =>
      emptyState(
        'No disputes',
        "A dispute comes where a customer's bank takes a payment back. It is answered here with " +
          'evidence, until the day that it names. In a sandbox, the card ' +
          '4000 0000 0000 0259 makes one.',
      ),
  });
  return { title: 'Disputes', node: element('div', {}, headOf('Disputes'), rows) };
};

function drawDispute(app: App, row: DisputeRow): HTMLElement {
  const { id, createdMs, intent, amount, state, reason, dueMs, evidence } = row;
  const look = LOOKS[state] ?? { shape: '◐', look: 'attention' };
  const left = dueMs === null ? 0 : (dueMs - app.session.account.nowMs) / 1000;
  const isOpen = dueMs !== null && left > 0;
  const given = Object.entries(evidence).map(([name, text]) => [wordOf(name), text] as const);
  const node = element(
    'section',
    { class: 'card panel' },
    element(
      'h2',
      {},
      `${money(amount)} · ${wordOf(reason)} `,
      pill({ ...look, word: wordOf(state) }),
    ),
    factList([
      ['Id', copyable(id, app.say)],
      ['Payment', link(`/intents/${intent}`, element('code', {}, intent))],
      ['Opened', time(createdMs)],
      isOpen ? ['Answer within', duration(left)] : null,
      ...given,
    ]),
  );
  if (isOpen && may(app.session, 'operator'))
    node.append(
      element(
        'div',
        { class: 'toolbar' },
        button('Give evidence', () => giveEvidence(app, row), 'main'),
        button('Accept the dispute', () => accept(app, row)),
      ),
    );
  return node;
}

async function accept(app: App, { id, amount, state }: DisputeRow): Promise<void> {
  const text = state.startsWith('warning_')
    ? 'The inquiry ends here, without an answer from you.'
    : `${money(amount)} stays with the customer, and the fee is not returned.`;
  const isDone = await askSure({
    title: 'Accept the dispute?',
    text: `${text} This cannot be undone.`,
    goOn: 'Accept it',
    act: () => app.calls.acceptDispute(id),
  });
  if (!isDone) return;
  app.say('Dispute accepted');
  app.reload();
}

async function giveEvidence(app: App, { id, evidence }: DisputeRow): Promise<void> {
  const inputs = EVIDENCE.map(([name, label]) => {
    const input = element('textarea', { name, maxlength: TEXT_MAX, rows: '2' });
    input.value = evidence[name] ?? '';
    return field(label, input);
  });
  const submit = element('input', { type: 'checkbox' });
  const hint = 'Submit it to the bank now: it cannot be changed after that';
  const isDone = await askAndDo({
    title: 'Evidence',
    content: [
      ...inputs.map(({ node }) => node),
      element('label', { class: 'check' }, submit, hint),
    ],
    goOn: 'Save',
    look: 'main',
    value: () => {
      const filled = inputs.map(({ input }) => [input.name, input.value.trim()] as const);
      return Object.fromEntries(filled.filter(([, text]) => text !== ''));
    },
    act: async (given) => void (await app.calls.giveEvidence(id, given, submit.checked)),
  });
  if (!isDone) return;
  app.say(submit.checked ? 'Evidence submitted' : 'Evidence saved');
  app.reload();
}
