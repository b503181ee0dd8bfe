import type { ActionCall, IntentDetail, TimelineEntry } from '../../src/api/admin/schema.js';
import { element } from '../frames/elements.js';
import { button, field } from '../wallet/dom.js';
import { type App, may, type Place } from './app.js';
import type { Action } from './calls.js';
import { askAndDo, askSure, partField } from './dialogs.js';
import { money, statusOf, wordOf } from './format.js';
import { isInUse, redraw } from './in-use.js';
import { DIALECTS } from './intent-row.js';
import { metadataPanel } from './metadata.js';
import { copyable, factList, headOf, link, pill, section, time } from './parts.js';
import { drawTimeline } from './timeline.js';

/** One intent: what it is, what can be done to it, and its timeline. */
export const intentPlace: Place = async (app, [id = '']) => {
  let detail = await app.calls.intent(id);
  const node = element('div', { class: 'detail' });
  const hidden = new Set<TimelineEntry['kind']>(['job']);
  const take = (next: IntentDetail): void => {
    detail = next;
    redraw(node, ...draw(app, detail, hidden, take));
  };
  take(detail);
  return {
    title: `${money(detail.intent.amount)} · ${statusOf(detail.intent).word}`,
    node,
    keys: {
      r: () => node.querySelector<HTMLElement>('[data-action=refund]')?.click(),
      c: () => node.querySelector<HTMLElement>('[data-action=capture]')?.click(),
    },
    refresh: async () => {
      const next = await app.calls.intent(id);
      if (JSON.stringify(next) !== JSON.stringify(detail) && !isInUse(node)) take(next);
    },
  };
};

type Take = (detail: IntentDetail) => void;

function draw(
  app: App,
  detail: IntentDetail,
  hidden: Set<TimelineEntry['kind']>,
  take: Take,
): Node[] {
  const { intent, charge, timeline } = detail;
  const saves = (of: 'intents' | 'charges', id: string) =>
    may(app.session, 'operator')
      ? async (metadata: Readonly<Record<string, string>>) => {
          await app.calls.setMetadata(of, id, metadata);
          take(await app.calls.intent(intent.id));
          app.say('Metadata saved');
        }
      : null;
  const panel = { list: '/intents' } as const;
  const title = headOf(money(intent.amount), pill(statusOf(intent)));
  const error =
    intent.lastError === '' ? null : element('p', { class: 'problem' }, intent.lastError);
  const side = element(
    'div',
    { class: 'side' },
    about(app, detail),
    metadataPanel({ ...panel, metadata: intent.metadata, save: saves('intents', intent.id) }),
    charge &&
      metadataPanel({
        ...panel,
        title: 'Metadata of the charge',
        metadata: charge.metadata,
        save: saves('charges', charge.id),
      }),
  );
  const line = section('Timeline', drawTimeline(timeline, hidden, app.say));
  const up = element('p', { class: 'up' }, link('/intents', '← Intents'));
  const parts = [up, title, error, actions(app, detail, take)];
  return [
    ...parts.filter((each) => each !== null),
    element('div', { class: 'beside' }, line, side),
  ];
}

function about(app: App, { intent }: IntentDetail): HTMLElement {
  const { amount, ids, words, checkoutUrl } = intent;
  const part = (value: number): string => money({ value, currency: amount.currency });
  const named = Object.entries(DIALECTS).flatMap(([dialect, name]) => {
    const key = dialect as keyof typeof DIALECTS;
    if (ids[key] === '') return [];
    const state = element('code', {}, words[key]);
    return [[name, element('span', {}, copyable(ids[key], app.say), ' ', state)] as const];
  });
  const given = (name: string, text: string) => (text === '' ? null : ([name, text] as const));
  return section(
    'About',
    factList([
      ['Created', time(intent.createdMs)],
      ['Authorized', part(intent.authorized)],
      ['Captured', part(intent.captured)],
      ['Refunded', part(intent.refunded)],
      ['Released', part(intent.released)],
      ['Capture', wordOf(intent.captureMethod)],
      given('Paid by', intent.method),
      intent.customer === ''
        ? null
        : ['Customer', link(`/customers?q=${intent.customer}`, intent.customer)],
      given('Description', intent.description),
      ['Made by', DIALECTS[intent.dialect]],
      ...named,
      checkoutUrl === null
        ? null
        : ['Checkout', element('a', { href: checkoutUrl, rel: 'noreferrer' }, 'Open')],
    ]),
  );
}

const REASONS = [
  ['requested_by_customer', 'Requested by the customer'],
  ['duplicate', 'Duplicate'],
  ['fraudulent', 'Fraudulent'],
] as const;

/** What a press does, in words. */
const WORDS = {
  capture: { ask: 'Capture', done: 'Captured', look: 'main' },
  refund: { ask: 'Refund', done: 'Refunded', look: 'danger' },
  cancel: { ask: 'Cancel the intent', done: 'Canceled', look: 'danger' },
  reverse: { ask: 'Reverse', done: 'Reversed', look: 'danger' },
} as const;

const SAYS = {
  cancel: 'Nobody can pay it any more, and what is held is released. This cannot be undone.',
  reverse: 'The whole payment is taken back as if it had not been. This cannot be undone.',
} as const;

function actions(app: App, { intent, can }: IntentDetail, take: Take): HTMLElement | null {
  if (!may(app.session, 'operator')) return null;
  const act = async (action: Action, call: ActionCall): Promise<void> => {
    take(await app.calls.act(intent.id, action, call));
    app.say(WORDS[action].done);
  };
  const offer = (action: Action, open: () => Promise<boolean>): HTMLElement => {
    const { ask, look } = WORDS[action];
    const made = button(ask, open, look === 'main' ? 'main' : 'plain');
    made.dataset.action = action;
    return made;
  };
  const inPart = (action: 'capture' | 'refund'): HTMLElement[] => {
    const most = can[action];
    if (most === null || most.value === 0) return [];
    return [offer(action, () => askPart(action, most, (call) => act(action, call)))];
  };
  const whole = (action: 'cancel' | 'reverse'): HTMLElement[] =>
    can[action]
      ? [
          offer(action, () =>
            askSure({
              title: `${WORDS[action].ask}?`,
              text: SAYS[action],
              goOn: WORDS[action].ask,
              act: () => act(action, {}),
            }),
          ),
        ]
      : [];
  const all = [...inPart('capture'), ...inPart('refund'), ...whole('cancel'), ...whole('reverse')];
  return all.length === 0 ? null : element('div', { class: 'toolbar' }, ...all);
}

function askPart(
  action: 'capture' | 'refund',
  most: NonNullable<IntentDetail['can']['refund']>,
  act: (call: ActionCall) => Promise<void>,
): Promise<boolean> {
  const { ask, look } = WORDS[action];
  const part = partField('Amount', most);
  const options = REASONS.map(([value, words]) => element('option', { value }, words));
  const reason = element('select', {}, element('option', { value: '' }, 'No reason'), ...options);
  return askAndDo({
    title: ask,
    content: action === 'refund' ? [part.node, field('Reason', reason).node] : [part.node],
    goOn: ask,
    look,
    value: () => {
      const amount = part.value();
      if (amount === null) return null;
      return reason.value === '' ? { amount } : { amount, reason: reason.value };
    },
    act,
  });
}
