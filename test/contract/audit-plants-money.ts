import { fundCash } from '../../src/engine/cash.js';
import { createCustomer } from '../../src/engine/customers.js';
import { disputeJobId } from '../../src/engine/disputes.js';
import { makeTestEngine } from '../support/engine.js';
import { ACCOUNT, create, createPaid, PLAIN_CONFIRM, run } from '../support/payments.js';
import { rollUpAll } from '../support/rollups.js';
import type { Plant, Scene } from './audit-scene.js';

const kind = (wanted: string) => (row: { kind: string }) => row.kind === wanted;
const any = () => true;
const disputed = (row: { dispute: string | null }) => row.dispute !== null;

const DISPUTE_PLANTS: readonly Plant[] = [
  [
    'a win without its money',
    ({ alter }) => alter('disputes', any, { state: 'won' }),
    /won, -2000 moved/,
  ],
  [
    'another fee than its transfers charge',
    ({ alter }) => alter('disputes', any, { fee: 1n }),
    /its fee is 1, its transfers charge 1500/,
  ],
  [
    'a transfer that a dispute does not tell of',
    ({ alter }) => alter('disputes', any, { withdrawn: null }),
    /tells of other transfers than it has: \n.*needs_response, and nothing was withdrawn/,
  ],
  [
    'an inquiry that took money',
    ({ alter }) => alter('disputes', any, { state: 'warning_needs_response' }),
    /warning_needs_response, and its amount was withdrawn/,
  ],
  [
    'a charge that does not know of its dispute',
    ({ alter }) => alter('attempts', disputed, { dispute: null }),
    /its attempt does not know of it/,
  ],
  [
    'a charge with a dispute that is not there',
    ({ alter }) => alter('attempts', disputed, { dispute: 'du_none' }),
    /its dispute du_none is none of its payment's/,
  ],
  [
    'a refund of what the bank took',
    ({ alter }) => alter('attempts', disputed, { refunded: 1n }),
    /it takes more than was paid/,
  ],
  [
    'a dispute that nothing takes further',
    async ({ one, remove }) => {
      const { id } = await one('disputes', any);
      await remove('jobs', (job) => job.id === disputeJobId(id));
    },
    /no job will take it further/,
  ],
  [
    'a job of a dispute that was lost',
    ({ alter }) => alter('disputes', any, { state: 'lost' }),
    /a job is left to take it further/,
  ],
];

const CASH_PLANTS: readonly Plant[] = [
  [
    'cash that the ledger does not have',
    ({ alter }) => alter('cash_balances', any, { sums: { usd: '701' } }),
    /701 usd, the ledger has 700/,
  ],
  [
    'cash below nothing',
    ({ alter }) => alter('cash_balances', any, { sums: { usd: '-1' } }),
    /-1 usd are less than nothing/,
  ],
  [
    'money put aside that has not arrived',
    ({ alter }) =>
      alter(
        'intents',
        ({ asks }) => asks?.kind === 'transfer',
        ({ asks }) => ({ asks: asks?.kind === 'transfer' ? { ...asks, applied: '9' } : asks }),
      ),
    /what was put aside for it is 9, its parts sum to 0/,
  ],
  [
    'a movement of cash that is gone',
    ({ remove }) => remove('cash_movements', kind('funded')),
    /there is no ccsbtxn_\w+ in cash_movements/,
  ],
];

const COUNT_PLANTS: readonly Plant[] = [
  [
    'a day whose counts are not those of its segments',
    async ({ one, plant }) => {
      const row = await one('rollups', any);
      const [[name = ''] = []] = Object.entries(row.tally);
      const tally = { ...row.tally, [name]: '70' };
      await plant({ table: 'rollups', kind: 'update', row: { ...row, tally } });
    },
    /^account \S+: the counts of \d{4}-\d\d-\d\d are not the sum of their segments$/,
  ],
  [
    'a day of which no segment tells',
    ({ plant }) => {
      const row = { account: 'acct_zzz', id: '2026-01-01', tally: { 'paid 1': '1' } };
      return plant({ table: 'rollups', kind: 'insert', row });
    },
    /^account acct_zzz: the counts of 2026-01-01 are not/,
  ],
  ['a day that is gone', ({ remove }) => remove('rollups', any), /^account \S+: the counts of /],
];

/** A disputed payment, and a customer who has sent money ahead and waits for more; counted. */
export const MONEY_SCENE: Scene = {
  name: 'disputes, cash and counts',
  begin: async (store) => {
    const { engine } = makeTestEngine(store);
    await run(engine, createPaid({ method: 'pm_card_createDispute' }));
    const { id } = await run(engine, createCustomer(ACCOUNT, {}));
    const funds = { amount: 700n, currency: 'usd', reference: null };
    await engine.background(fundCash(ACCOUNT, id, funds));
    const { id: waiting } = await run(engine, createCustomer(ACCOUNT, {}));
    const methodData = {
      type: 'customer_balance',
      card: null,
      billing: {},
      metadata: {},
      allowRedisplay: 'unspecified',
      details: null,
    } as const;
    const cash = { methodTypes: ['customer_balance'], customer: waiting, methodData };
    await run(engine, create({ ...cash, confirm: PLAIN_CONFIRM }));
    await rollUpAll(engine);
  },
  plants: [...DISPUTE_PLANTS, ...CASH_PLANTS, ...COUNT_PLANTS],
};
