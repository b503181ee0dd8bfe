import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { openSink, type Sink } from '../support/sink.js';
import { newName } from '../support/tender.js';
import { startWholeServer, type WholeServer } from '../support/whole-server.js';

const file = (path: string): string =>
  readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

let server: WholeServer;
let sink: Sink;

async function metrics(): Promise<string> {
  const reply = await fetch(`${server.url}/metrics`);
  expect(reply.status).toBe(200);
  return reply.text();
}

async function value(series: string): Promise<number> {
  const line = (await metrics()).split('\n').find((one) => one.startsWith(`${series} `));
  return line === undefined ? 0 : Number(line.split(' ').at(-1));
}

function send(path: string, key: string, body?: Record<string, string>, headers: object = {}) {
  return fetch(server.url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${key}`, ...headers },
    ...(body === undefined ? {} : { body: new URLSearchParams(body) }),
  });
}

const PAYMENT = {
  amount: '500',
  currency: 'usd',
  confirm: 'true',
  return_url: 'https://a.example/',
};
const VISA = { ...PAYMENT, payment_method: 'pm_card_visa' };

beforeAll(async () => {
  sink = await openSink();
  server = await startWholeServer();
});

afterAll(async () => {
  await server?.stop();
  await sink?.close();
});

describe('metrics of a server', () => {
  test('count payments by what happened, dialect and rail, and declines by reason', async () => {
    const key = `sk_test_${newName()}`;
    const paid = 'tender_payment_events_total{event="paid",dialect="stripe",rail="card"}';
    const declined = 'tender_declines_total{rail="card",reason="insufficient_funds"}';
    const [paidBefore, declinedBefore] = [await value(paid), await value(declined)];
    expect((await send('/v1/payment_intents', key, VISA)).status).toBe(200);
    const method = 'pm_card_visa_chargeDeclinedInsufficientFunds';
    const refused = { ...PAYMENT, payment_method: method };
    expect((await send('/v1/payment_intents', key, refused)).status).toBe(402);
    expect(await value(paid)).toBe(paidBefore + 1);
    expect(await value(declined)).toBe(declinedBefore + 1);
    const event = 'tender_payment_events_total{event="declined",dialect="stripe",rail="card"}';
    expect(await value(event)).toBeGreaterThan(0);
  });

  test('count commands by how they ended, and refusals by their cause', async () => {
    const key = `sk_test_${newName()}`;
    const once = { 'idempotency-key': newName() };
    const replayed = 'tender_commands_total{outcome="replayed"}';
    const mismatch = 'tender_commands_refused_total{reason="idempotency"}';
    const [replayedBefore, mismatchBefore] = [await value(replayed), await value(mismatch)];
    await send('/v1/payment_intents', key, VISA, once);
    await send('/v1/payment_intents', key, VISA, once);
    await send('/v1/payment_intents', key, { ...VISA, amount: '700' }, once);
    expect(await value(replayed)).toBe(replayedBefore + 1);
    expect(await value(mismatch)).toBe(mismatchBefore + 1);
    await send('/v1/payment_intents/pi_nobody/cancel', key, {});
    expect(await value('tender_commands_refused_total{reason="missing"}')).toBeGreaterThan(0);
  });

  test('name requests by their route, in every dialect', async () => {
    const key = `sk_test_${newName()}`;
    await send('/v1/payment_intents/pi_x', key);
    await send('/admin/v1/intents/pi_x', key);
    await send('/payment-intents/pi_x', key, undefined, { version: '2024-02-05' });
    const routes = [...(await metrics()).matchAll(/^tender_http_requests_total\{(.*)\}/gm)];
    const told = routes.map(([, labels]) => labels);
    for (const [dialect, route] of [
      ['stripe', '/v1/payment_intents/{id}'],
      ['admin', '/admin/v1/intents/{id}'],
      ['dojo', '/payment-intents/{id}'],
    ])
      expect(told).toContain(`dialect="${dialect}",method="GET",route="${route}",status="4xx"`);
  });

  test('count deliveries, and how late they were', async () => {
    const key = `sk_test_${newName()}`;
    const url = `${sink.url}/${newName()}`;
    const lag = 'tender_delivery_lag_seconds_count';
    const before = await value(lag);
    await send('/v1/webhook_endpoints', key, {
      url,
      'enabled_events[]': 'payment_intent.succeeded',
    });
    await send('/v1/payment_intents', key, VISA);
    // The try is written down after the receiver has answered; the test's own limit ends this.
    let now = before;
    while (now === before) now = await value(lag);
    expect(now).toBe(before + 1);
    expect(await value('tender_deliveries_total{outcome="delivered"}')).toBeGreaterThan(0);
    expect(await value('tender_vault_operations_total{operation="open_secret"}')).toBeGreaterThan(
      0,
    );
  });

  test('tell of storage, batches and the process', async () => {
    for (const series of [
      'tender_storage_bytes{file="database"}',
      'tender_storage_bytes{file="write_ahead_log"}',
      'tender_batch_commands_count',
      'tender_rows_written_total',
      'nodejs_eventloop_lag_p99_seconds',
    ])
      expect(await value(series), series).toBeGreaterThan(0);
    expect(await value('tender_jobs_due')).toBe(0);
  });
});

/** What only a stranger could think of, different each time: nothing of it may become a label. */
async function noise(): Promise<void> {
  const odd = newName();
  const key = `sk_test_${odd}`;
  const paths = [
    ...[`/${odd}`, `/v1/${odd}`, `/v1/payment_intents/${odd}`, `/v1/${odd}/${odd}/${odd}`],
    ...[`/payment-intents/${odd}`, `/docs/${odd}`, `/checkout/${odd}`, `/admin/v1/${odd}`],
    ...[`/admin/v1/intents/${odd}`, `/v1/code/${odd}`, `/code.messaging.v1.Messaging/${odd}`],
    `/${odd}.Service/method`,
  ];
  for (const path of paths) {
    await send(path, key);
    await send(path, key, { [odd]: odd });
    await fetch(server.url + path, { method: 'PROPFIND' });
  }
  await send('/v1/payment_intents', key, { ...VISA, currency: odd.slice(-3) });
  await send('/v1/payment_intents', key, { ...VISA, payment_method: odd });
  await send('/v1/payment_intents', key, { ...VISA, 'metadata[code]': odd, description: odd });
  await send('/v1/refunds', key, { charge: odd });
  await fetch(`${server.url}/v1/refunds`, { headers: { authorization: `Bearer ${odd}` } });
}

test('no series grows with paths, codes, methods and accounts that clients make up', async () => {
  const seriesOf = async (): Promise<string[]> =>
    [...(await metrics()).matchAll(/^(tender_[^ ]*) /gm)].map(([, series = '']) => series);
  await noise();
  const first = await seriesOf();
  expect(first.some((series) => series.includes('route="other"'))).toBe(true);
  for (let i = 0; i < 3; i++) await noise();
  const later = await seriesOf();
  expect(later.filter((series) => !first.includes(series))).toEqual([]);
}, 60_000);

/** The names in a query, without those of functions, labels and words of the language. */
function metricsIn(query: string): string[] {
  const bare = query
    .replaceAll(/\{[^}]*\}|"[^"]*"|'[^']*'|\[[^\]]*\]/g, ' ')
    .replaceAll(/\b(?:by|without|on)\s*\([^)]*\)/g, ' ');
  return [...bare.matchAll(/\b([a-z]\w*_\w+|up)\b(?!\s*\()/g)].map(([, name = '']) => name);
}

function labelsIn(query: string): string[] {
  const grouped = [...query.matchAll(/\bby\s*\(([^)]*)\)/g)].flatMap(([, names = '']) =>
    names.split(/,\s*/),
  );
  const selected = [...query.matchAll(/\b(\w+)\s*(?:=~|!~|!=|=)\s*["']/g)].map(
    ([, name = '']) => name,
  );
  return [...grouped, ...selected];
}

/** The names that the queries may have, as Prometheus stores them. */
async function known(): Promise<{ names: Set<string>; labels: Set<string> }> {
  const text = await metrics();
  const names = new Set(['up']);
  for (const [, name = '', kind] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    if (kind !== 'histogram') names.add(name);
    else for (const part of ['bucket', 'sum', 'count']) names.add(`${name}_${part}`);
  }
  // Those that Prometheus adds, and those of calls that this server has not made.
  const labels = new Set(['job', 'instance', 'le', 'outcome', 'kind']);
  for (const [, pairs = ''] of text.matchAll(/^\w+\{(.*)\} /gm))
    for (const [, label = ''] of pairs.matchAll(/(\w+)="/g)) labels.add(label);
  return { names, labels };
}

const dashboardQueries = (): string[] =>
  [...file('deploy/grafana-dashboard.json').matchAll(/"expr": ("(?:[^"\\]|\\.)*")/g)].map(
    ([, text = '']) => JSON.parse(text),
  );

interface Rules {
  readonly groups: {
    readonly rules: {
      readonly alert: string;
      readonly expr: string;
      readonly labels: { readonly severity: string };
      readonly annotations: { readonly summary: string; readonly action: string };
    }[];
  }[];
}

const alerts = () =>
  (parse(file('deploy/alerts.yml')) as Rules).groups.flatMap(({ rules }) => rules);

describe('what is made for the metrics', () => {
  test.each([
    ['the dashboard', dashboardQueries, 40],
    ['the alerts', () => alerts().map(({ expr }) => expr), 10],
  ])('%s asks for what there is', async (_, queries, atLeast) => {
    const { names, labels } = await known();
    expect(queries().length).toBeGreaterThanOrEqual(atLeast);
    for (const query of queries()) {
      expect(metricsIn(query).length, query).toBeGreaterThan(0);
      for (const name of metricsIn(query)) expect(names, query).toContain(name);
      for (const label of labelsIn(query)) expect([...labels], query).toContain(label);
    }
  });

  test('the dashboard shows every metric of Tender', async () => {
    const shown = new Set(dashboardQueries().flatMap(metricsIn));
    const missing = [...(await metrics()).matchAll(/^# TYPE (tender_\S+)/gm)]
      .map(([, name = '']) => name)
      .filter((name) => ![...shown].some((one) => one.startsWith(name)));
    expect(missing).toEqual([]);
  });

  test('the dashboard’s panels have ids and places of their own', () => {
    const { panels } = JSON.parse(file('deploy/grafana-dashboard.json'));
    const taken = new Set<string>();
    for (const { gridPos: at } of panels)
      for (let x = at.x; x < at.x + at.w; x++)
        for (let y = at.y; y < at.y + at.h; y++) {
          expect(taken.has(`${x},${y}`)).toBe(false);
          taken.add(`${x},${y}`);
          expect(x).toBeLessThan(24);
        }
    expect(new Set(panels.map(({ id }: { id: number }) => id)).size).toBe(panels.length);
  });

  test('every alert says what happened, what to do, and whom to wake', () => {
    for (const { alert, labels, annotations } of alerts()) {
      expect(alert).toMatch(/^Tender[A-Z]\w+$/);
      expect(['page', 'ticket'], alert).toContain(labels.severity);
      expect(annotations.summary.length, alert).toBeGreaterThan(10);
      expect(annotations.action.length, alert).toBeGreaterThan(10);
    }
  });

  test('the document lists the metrics, with their kinds and labels', async () => {
    const page = file('docs/operate/observe.md');
    const listed = new Map(
      [...page.matchAll(/^\| `(tender_\w+)` \| (\w+) \|([\w, ]*)\|/gm)].map(
        ([, name = '', kind, labels = '']) => [
          name,
          {
            kind,
            labels: labels
              .split(/,\s*/)
              .map((one) => one.trim())
              .filter(Boolean)
              .sort(),
          },
        ],
      ),
    );
    const text = await metrics();
    const kinds = [...text.matchAll(/^# TYPE (tender_\S+) (\S+)$/gm)];
    expect([...listed.keys()].sort()).toEqual(kinds.map(([, name]) => name).sort());
    for (const [, name = '', kind] of kinds) {
      expect(listed.get(name)?.kind, name).toBe(kind);
      const sample = new RegExp(`^${name}(?:_bucket)?(?:\\{(.*)\\})? `, 'm').exec(text);
      if (sample === null) continue;
      const labels = [...(sample[1] ?? '').matchAll(/(\w+)="/g)].map(([, label = '']) => label);
      expect(labels.filter((label) => label !== 'le').sort(), name).toEqual(
        listed.get(name)?.labels,
      );
    }
  });

  test('the document lists the alerts, with their severities', () => {
    const page = file('docs/operate/observe.md');
    const listed = [...page.matchAll(/^\| `(Tender\w+)` \| (\w+) \|/gm)].map(
      ([, name, severity]) => [name, severity],
    );
    const made = alerts().map(({ alert, labels }) => [alert, labels.severity]);
    expect(listed.sort()).toEqual(made.sort());
  });
});

describe('names of metrics', () => {
  test('are Prometheus’ way: a unit at the end, and _total for counters only', async () => {
    for (const [, name = '', kind] of (await metrics()).matchAll(/^# TYPE (tender_\S+) (\S+)$/gm)) {
      expect(name.endsWith('_total'), name).toBe(kind === 'counter');
      expect(name).not.toMatch(/_(?:ms|milliseconds|minutes|kilobytes)\b/);
      if (/duration|lag/.test(name)) expect(name).toMatch(/_seconds$/);
    }
  });
});
