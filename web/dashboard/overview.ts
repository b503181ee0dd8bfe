import type { Overview } from '../../src/api/admin/schema.js';
import { element } from '../frames/elements.js';
import { button } from '../wallet/dom.js';
import type { App, Place } from './app.js';
import { barList, type ChartPanel, makeChart } from './charts.js';
import { count, dayWords, duration, money, share, shortMoney, wordOf } from './format.js';
import { isInUse } from './in-use.js';
import { drawRow } from './intent-row.js';
import { codeBlock, emptyState, headOf, link, section } from './parts.js';

const DAYS = [7, 30, 90] as const;

/** The overview of the last days: figures, charts, and what came last. */
export const overviewPlace: Place = async (app, _params, query) => {
  const asked = Number(query.get('days'));
  const days = DAYS.find((each) => each === asked) ?? 30;
  // Before the figures: what happens between the two calls is looked at once more.
  let newest = await app.calls.newest();
  let charts: readonly ChartPanel[] = [];
  let isTable = false;
  const press = (): void => {
    isTable = !isTable;
    for (const chart of charts) chart.turn(isTable);
    turn.textContent = isTable ? 'Show charts' : 'Show numbers';
  };
  const turn = button('Show numbers', press);
  const spans = DAYS.map((each) => {
    const made = link(`/?days=${each}`, `${each} days`);
    made.className = 'button';
    if (each === days) made.setAttribute('aria-current', 'true');
    return made;
  });
  const content = element('div', {});
  const show = (overview: Overview): void => {
    const isNew = overview.recent.length === 0;
    for (const each of [...spans, turn]) {
      each.classList.add('is-small');
      each.hidden = isNew;
    }
    for (const chart of charts) chart.leave();
    charts = isNew ? [] : drawCharts(overview);
    for (const chart of charts) chart.turn(isTable);
    content.replaceChildren(...(isNew ? [firstSteps(app)] : panels(overview, charts)));
  };
  show(await app.calls.overview(days));
  return {
    title: 'Overview',
    node: element('div', {}, headOf('Overview', ...spans, turn), content),
    keys: { t: press },
    refresh: async () => {
      if (isInUse(content)) return;
      const now = await app.calls.newest();
      if (now === newest) return;
      show(await app.calls.overview(days));
      newest = now;
    },
    leave: () => {
      for (const chart of charts) chart.leave();
    },
  };
};

function panels(overview: Overview, charts: readonly ChartPanel[]): (Node | string)[] {
  return [
    asOf(overview),
    figures(overview),
    element('div', { class: 'panels' }, ...charts.map(({ node }) => node)),
    element('div', { class: 'panels' }, funnel(overview), declines(overview)),
    recent(overview),
  ];
}

/** Said where there is more than the figures tell of. */
function asOf({ isWhole, asOfMs, examined }: Overview): HTMLElement | '' {
  if (isWhole && asOfMs === null) return '';
  const text = isWhole
    ? `These figures are as of ${new Date(asOfMs ?? 0).toLocaleTimeString()}.`
    : `Intents are still being counted: ${count(examined)} of these days so far.`;
  return element('p', { class: 'soft' }, text);
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0);

function drawCharts({ days, currency }: Overview): ChartPanel[] {
  const volume = makeChart({
    title: 'Volume a day',
    unit: 'Captured',
    kind: 'bars',
    points: days.map(({ day, volume: value }) => ({ label: dayWords(day), value })),
    shown: (value) => money({ value, currency }),
    axis: (value) => shortMoney({ value, currency }),
  });
  const success = makeChart({
    title: 'Success rate',
    unit: 'Succeeded of confirmed',
    kind: 'line',
    end: 1,
    points: days.flatMap(({ day, confirmed, succeeded }) =>
      confirmed === 0 ? [] : [{ label: dayWords(day), value: Math.min(1, succeeded / confirmed) }],
    ),
    shown: share,
    axis: share,
  });
  return [volume, success];
}

function figures({ days, currency, timeToPay, balances }: Overview): HTMLElement {
  const of = (pick: (day: Overview['days'][number]) => number): number => sumOf(days.map(pick));
  const confirmed = of((day) => day.confirmed);
  const rows: (readonly [name: string, value: string, note: string])[] = [
    ['Captured', money({ value: of((day) => day.volume), currency }), `${days.length} days`],
    ['Refunded', money({ value: of((day) => day.refunded), currency }), `${days.length} days`],
    [
      'Success rate',
      confirmed === 0 ? '–' : share(of((day) => day.succeeded) / confirmed),
      `${count(confirmed)} confirmed`,
    ],
  ];
  if (timeToPay !== null) {
    const { p50, p90, p99 } = timeToPay;
    const most = `90 %: ${duration(p90)} · 99 %: ${duration(p99)}`;
    rows.push(['Time to pay, median', duration(p50), most]);
  }
  for (const { currency: held, available, pending } of balances)
    rows.push([
      `Balance, ${held.toUpperCase()}`,
      money({ value: available, currency: held }),
      `${money({ value: pending, currency: held })} pending`,
    ]);
  const items = rows.map(([name, value, note]) =>
    element(
      'div',
      { class: 'figure-box' },
      element('dt', {}, name),
      element('dd', {}, element('strong', {}, value), element('small', {}, note)),
    ),
  );
  return element('dl', { class: 'figures' }, ...items);
}

function funnel({ days }: Overview): HTMLElement {
  const created = sumOf(days.map((day) => day.created));
  const part = (value: number): string =>
    created === 0 ? count(value) : `${count(value)} · ${share(value / created)}`;
  const confirmed = sumOf(days.map((day) => day.confirmed));
  const succeeded = sumOf(days.map((day) => day.succeeded));
  const bars = barList([
    { name: 'Created', value: created, note: count(created) },
    { name: 'Confirmed', value: confirmed, note: part(confirmed) },
    { name: 'Succeeded', value: succeeded, note: part(succeeded) },
  ]);
  return section('From intent to payment', bars);
}

function declines({ declines: rows }: Overview): HTMLElement {
  if (rows.length === 0)
    return section(
      'Declines by reason',
      element('p', { class: 'soft' }, 'No payment was declined in these days.'),
    );
  const bars = rows.map(({ reason, count: value }) => ({
    name: wordOf(reason),
    value,
    note: count(value),
  }));
  return section('Declines by reason', barList(bars));
}

function recent({ recent: rows }: Overview): HTMLElement {
  const items = rows.map((row) => element('li', { class: 'row-place' }, drawRow(row)));
  const all = element('p', {}, link('/intents', 'All intents'));
  return section('Latest', element('ol', { class: 'rows is-still' }, ...items), all);
}

function firstSteps(app: App): HTMLElement {
  const { origin } = location;
  const command =
    `curl ${origin}/v1/payment_intents -u "$TENDER_SECRET_KEY:" -d amount=1099 -d currency=usd ` +
    '-d payment_method=pm_card_visa -d confirm=true';
  return emptyState(
    'No payment yet',
    'This page shows volume, success and declines once there is a first intent. Make one in a ' +
      'terminal, in the words of any dialect; here it appears by itself.',
    ...(app.session.livemode ? [] : [codeBlock(command, app.say)]),
  );
}
