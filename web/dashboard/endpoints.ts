import type { DeliveryRow, EndpointRow, Page } from '../../src/api/admin/schema.js';
import { element } from '../frames/elements.js';
import { button } from '../wallet/dom.js';
import { type App, change, may, type Place } from './app.js';
import { duration, type Status } from './format.js';
import { isInUse } from './in-use.js';
import { DIALECTS } from './intent-row.js';
import { paged } from './pager.js';
import { codeBlock, copyable, emptyState, factList, headOf, link, pill, time } from './parts.js';

function standingOf({ enabled, failingSinceMs }: EndpointRow): Status {
  if (!enabled) return { shape: '✕', word: 'Off', look: 'plain' };
  return failingSinceMs === null
    ? { shape: '●', word: 'On', look: 'good' }
    : { shape: '▲', word: 'Failing', look: 'failure' };
}

/** Where events are sent to. */
export const endpointsPlace: Place = async (app) => {
  const { rows } = await app.calls.endpoints();
  const cards = rows.map((row) => {
    const { id, dialect, url, events, enabled, failingSinceMs } = row;
    const turn = button(enabled ? 'Switch off' : 'Switch on', () =>
      change(app, () => app.calls.toggle(id, !enabled), enabled ? 'Switched off' : 'Switched on'),
    );
    return element(
      'section',
      { class: 'card panel' },
      element('h2', {}, link(`/endpoints/${id}`, url), ' ', pill(standingOf(row))),
      factList([
        ['Id', copyable(id, app.say)],
        ['Dialect', DIALECTS[dialect]],
        ['Events', events.join(', ')],
        failingSinceMs === null ? null : ['Failing since', time(failingSinceMs)],
      ]),
      may(app.session, 'admin') ? turn : null,
    );
  });
  const empty = emptyState(
    'No webhook endpoints yet',
    'An endpoint is told of every event in its own dialect, signed. Make one with POST ' +
      '/v1/webhook_endpoints, or POST /webhooks in the Dojo dialect; its deliveries ' +
      'are shown here.',
  );
  const list = rows.length === 0 ? empty : element('div', { class: 'cards' }, ...cards);
  return { title: 'Webhooks', node: element('div', {}, headOf('Webhooks'), list) };
};

const STATES: Readonly<Record<DeliveryRow['state'], Status>> = {
  waiting: { shape: '◌', word: 'Waiting', look: 'attention' },
  delivered: { shape: '●', word: 'Delivered', look: 'good' },
  abandoned: { shape: '▲', word: 'Given up', look: 'failure' },
};

/** What was sent to one endpoint, and what it answered. */
export const deliveriesPlace: Place = async (app, [id = '']) => {
  const { rows } = await app.calls.endpoints();
  const url = rows.find((row) => row.id === id)?.url ?? id;
  const ask = (cursor: string | null) => app.calls.deliveries(id, { cursor });
  const list = element('div', {});
  let shown = '';
  const show = async (first: Page<DeliveryRow>): Promise<void> => {
    const wasOpen = [...list.querySelectorAll('details[open]')].map((each) => each.id);
    const pages = await paged<DeliveryRow>(app, {
      ask: async (cursor) => (cursor === null ? first : ask(cursor)),
      draw: (page) =>
        element('div', { class: 'cards' }, ...page.map((row) => drawDelivery(app, row))),
      empty: () =>
        emptyState(
          'Nothing was sent yet',
          'The next event that this endpoint asks for is delivered at once, and shown here with ' +
            'its body and what came back.',
        ),
    });
    list.replaceChildren(pages);
    for (const each of list.querySelectorAll('details')) each.open = wasOpen.includes(each.id);
    shown = JSON.stringify(first);
  };
  await show(await ask(null));
  const up = element('p', { class: 'up' }, link('/endpoints', '← Webhooks'));
  return {
    title: `Deliveries · ${url}`,
    node: element('div', {}, up, headOf(url), list),
    refresh: async () => {
      // Whoever has gone on to older ones keeps them.
      if (isInUse(list) || list.querySelectorAll('.cards').length > 1) return;
      const first = await ask(null);
      if (JSON.stringify(first) !== shown) await show(first);
    },
  };
};

function drawDelivery(app: App, row: DeliveryRow): HTMLElement {
  const { id, createdMs, event, type, state, dueMs, body, tries } = row;
  const summary = element(
    'summary',
    {},
    element('strong', {}, type),
    ' ',
    pill(STATES[state]),
    ' ',
    time(createdMs),
  );
  const node = element('details', { class: 'card', id }, summary);
  const facts = factList([
    ['Event', copyable(event, app.say)],
    ['Delivery', copyable(id, app.say)],
    state === 'waiting' ? ['Next try', time(dueMs)] : null,
  ]);
  const answers = tries.flatMap(({ atMs, durationMs, status, error, response }) => [
    element(
      'p',
      { class: 'try' },
      time(atMs),
      status === null ? ' · no answer' : ` · status ${status}`,
      ` after ${duration(durationMs / 1000)}`,
      error === null ? '' : ` · ${error}`,
    ),
    ...(response ? [codeBlock(response, app.say)] : []),
  ]);
  node.append(
    facts,
    element('h3', {}, 'Body'),
    codeBlock(body, app.say),
    element('h3', {}, tries.length === 1 ? '1 try' : `${tries.length} tries`),
    ...answers,
  );
  if (may(app.session, 'operator'))
    node.append(
      button('Send it again', () =>
        change(app, () => app.calls.replay(id), 'It is being sent again'),
      ),
    );
  return node;
}
