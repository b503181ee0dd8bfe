import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import type { Browser } from 'playwright-core';
import type { Overview, Session } from '../../src/api/admin/schema.js';
import { startChild } from '../../test/crash/child.js';
import { launchBrowser } from '../../test/e2e/shop.js';
import type { Part, Say } from './part.js';
import { fillWithPayments } from './payments.js';
import { timesRow } from './times.js';

const OPENINGS = 50;
/** Days over which the payments are spread: those that the first view shows. */
const DAYS = 30;
const GOAL_MS = 1_000;
const KEY = 'sk_test_prove';
const LOOK_MS = 1_000;

/** Writes down the first frame that shows a chart, the figures and the newest intents. */
const WATCH = `
const look = () => {
  const shown = ['.chart rect', '.chart path', '.figures strong', '.row-place > *'];
  if (!shown.every((each) => document.querySelector(each))) return requestAnimationFrame(look);
  requestAnimationFrame(() => setTimeout(() => {
    document.documentElement.dataset.shown = performance.now();
  }));
};
look();
`;

/** Spreads the intents over days, and lets them be counted anew as those of an older version. */
function spread(file: string): void {
  const database = new Database(file);
  database.pragma('synchronous = off');
  const days = `(rowid % ${DAYS}) * 86400`;
  const hasRollups = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'rollups'").get();
  for (const sql of [
    `UPDATE intents SET created = CAST(strftime('%s', 'now') AS integer) - ${days}`,
    ...(hasRollups === undefined
      ? []
      : ['rollups', 'rollup_segments', 'rollup_places'].map((each) => `DELETE FROM ${each}`)),
  ])
    database.exec(sql);
  database.pragma('wal_checkpoint(truncate)');
  database.close();
}

async function ask<T>(url: string, path: string): Promise<T> {
  const headers = { authorization: `Bearer ${KEY}` };
  const answer = await fetch(`${url}/admin/v1/${path}`, { headers });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()) as T;
}

const overviewOf = (url: string): Promise<Overview> => ask(url, `overview?days=${DAYS}`);

/** Waits until the job has counted all; answers the seconds that it took. */
export async function counted(url: string, payments: number, say: Say): Promise<number> {
  const startMs = performance.now();
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const { examined, isWhole } = await overviewOf(url);
    const seconds = (performance.now() - startMs) / 1000;
    if (isWhole) {
      if (examined < payments) throw new Error(`${examined} of ${payments} intents are counted`);
      return seconds;
    }
    if (Math.round(seconds) % 10 === 0) say(`  ${examined} counted`);
  }
}

/** Milliseconds from the navigation on, in a browser that was never here. */
async function open(browser: Browser, url: string, account: string): Promise<number> {
  const context = await browser.newContext();
  await context.addInitScript(`sessionStorage.setItem('tender.dashboard.account', '${account}')`);
  await context.addInitScript(WATCH);
  const page = await context.newPage();
  await page.goto(`${url}/dashboard`);
  const shown = page.locator('html[data-shown]');
  await shown.waitFor({ state: 'attached' });
  const shownMs = Number(await shown.getAttribute('data-shown'));
  await context.close();
  return shownMs;
}

/** How soon the dashboard's first view is there, with many payments stored. */
export const DASHBOARD_PART: Part = {
  name: 'dashboard',
  run: async ({ folder, rows, say }) => {
    const data = join(folder, 'dashboard');
    mkdirSync(data, { recursive: true });
    await fillWithPayments(data, rows, say);
    spread(join(data, 'tender.db'));
    const child = await startChild(data);
    const url = `http://127.0.0.1:${child.port}`;
    const browser = await launchBrowser();
    const views: number[] = [];
    const answers: number[] = [];
    try {
      const seconds = await counted(url, rows, say);
      const { account } = await ask<Session>(url, 'session');
      say(`  counted after ${seconds.toFixed(0)} s`);
      for (let n = 0; n < OPENINGS; n++) {
        views.push(await open(browser, url, account.id));
        const startMs = performance.now();
        await overviewOf(url);
        answers.push(performance.now() - startMs);
      }
      return [
        "Chromium without a screen and with an empty cache, on the server's machine, SQLite: from",
        'the navigation to the frame that shows the charts, the figures and the newest intents.',
        `Stored are ${rows.toLocaleString('en-US')} payments, made in ${DAYS} days.`,
        `The goal is ${GOAL_MS} ms.`,
        '',
        '| | times | p50 ms | p99 ms |',
        '| --- | ---: | ---: | ---: |',
        timesRow('first view', views),
        timesRow("the overview's answer alone", answers),
        '',
        `The job counted all of them, as after an upgrade, in ${seconds.toFixed(0)} s.`,
      ];
    } finally {
      await browser.close();
      await child.stop();
    }
  },
};
