import type { HistoryEntry } from '../../src/domain/history.js';
import type { Intent } from '../../src/domain/intent.js';
import type { SetupIntent } from '../../src/domain/setup.js';
import { cancelIntent } from '../../src/engine/intents.js';
import { reverseIntent } from '../../src/engine/reversals.js';
import { makeTestEngine } from '../support/engine.js';
import { ACCOUNT, capture, confirm, refund, run } from '../support/payments.js';
import type { Plant, Scene } from './audit-scene.js';
import { createDojo, createDojoSetup } from './dojo-scene.js';
import { write } from './rows.js';

const TIPS = { tips: '200', serviceCharge: null, cashback: null, requested: null };

const named = (wanted: string) => (row: Pick<Intent, 'description'>) => row.description === wanted;

/** A history without its lines of a kind. */
const without =
  (kind: HistoryEntry['kind']) =>
  ({ history }: Pick<Intent, 'history'>) => ({
    history: (history ?? []).filter((entry) => entry.kind !== kind),
  });

/** A history whose last line is changed. */
const lastLine =
  (by: Partial<HistoryEntry>) =>
  ({ history }: Pick<Intent, 'history'>) => ({
    history: (history ?? []).map((entry, i, { length }) =>
      i === length - 1 ? { ...entry, ...by } : entry,
    ),
  });

const PLANTS: readonly Plant[] = [
  [
    'a capture that the history does not tell of',
    ({ alter }) => alter('intents', named('taken'), without('captured')),
    /captured is 400, its history tells of 0/,
  ],
  [
    'a refund of another amount than the history tells of',
    ({ alter }) => alter('intents', named('refunded'), lastLine({ amount: '299' })),
    /refunded is 300, its history tells of 299/,
  ],
  [
    'a reversal that the history does not tell of',
    ({ alter }) => alter('intents', named('reversed'), without('reversed')),
    /refunded is 1000, its history tells of 0/,
  ],
  [
    'a released hold that the history does not tell of',
    ({ alter }) => alter('intents', named('released'), without('reversed')),
    /released is 1000, its history tells of 0/,
  ],
  [
    'a canceled intent whose history tells of no end',
    ({ alter }) => alter('intents', named('canceled'), without('canceled')),
    /its history tells of 0 ends in state canceled/,
  ],
  [
    'a tip that exceeds its capture',
    ({ alter }) => alter('intents', named('taken'), lastLine({ tip: '401' })),
    /a capture is less than its tip/,
  ],
  [
    'a reversal without its mark',
    ({ alter }) => alter('intents', named('reversed'), { reversed: null }),
    /1 reversals stand, and its mark says null/,
  ],
  [
    'a mark without a reversal',
    ({ alter }) => alter('intents', named('refunded'), { reversed: true }),
    /0 reversals stand, and its mark says true/,
  ],
  [
    'parts that exceed the amount',
    ({ alter }) => alter('intents', named('refunded'), { parts: { ...TIPS, tips: '1001' } }),
    /its parts sum to 1001, which exceeds 1000/,
  ],
  [
    'a negative part',
    ({ alter }) => alter('intents', named('refunded'), { parts: { ...TIPS, cashback: '-1' } }),
    /a part of its amount is negative/,
  ],
  [
    'an unpaid intent that nothing will end',
    ({ remove }) => remove('jobs', ({ kind }) => kind === 'expire_request'),
    /in state awaiting_method, and no job will cancel it/,
  ],
  [
    'a paid intent that a job would end',
    async ({ one, store }) => {
      const { account, id: subject } = await one('intents', named('refunded'));
      const job = await one('jobs', ({ kind }) => kind === 'expire_request');
      const row = { ...job, account, id: `job_expire_request_${subject}`, subject };
      await write(store, [{ table: 'jobs', kind: 'insert', row }]);
    },
    /in state captured, and a job will cancel it/,
  ],
  [
    'an open setup that nothing will end',
    ({ remove }) => remove('jobs', ({ kind }) => kind === 'expire_setup'),
    /in state awaiting_method, and no job will cancel it/,
  ],
  [
    'a setup whose history does not know what it has saved',
    ({ alter }) => alter('setups', named('saved'), { history: [] }),
    /its history does not agree with state succeeded/,
  ],
  [
    'a setup that was used up before it had saved anything',
    ({ alter }) => alter('setups', named('open'), { spent: 'completed' }),
    /completed in state awaiting_method/,
  ],
  [
    'a link that leads to no intent',
    ({ alter }) =>
      alter(
        'directory',
        ({ kind }) => kind === 'intent',
        () => ({ subject: 'pi_none' }),
      ),
    /there is no pi_none in intents/,
  ],
  [
    'a link that leads to no setup',
    ({ alter }) =>
      alter(
        'directory',
        ({ kind }) => kind === 'setup',
        () => ({ subject: 'seti_none' }),
      ),
    /there is no seti_none in setups/,
  ],
  [
    'a setup that has saved no method',
    ({ alter }) => alter('setups', named('saved'), { method: null, latestAttempt: null }),
    /no method in state succeeded\n.*succeeded without an attempt/,
  ],
  [
    'a setup that waits for two answers',
    ({ alter }) =>
      alter('setups', named('open'), {
        challenge: {} as NonNullable<SetupIntent['challenge']>,
        deposits: {} as NonNullable<SetupIntent['deposits']>,
      }),
    /waits for two answers at once\n.*in state awaiting_method with an action/,
  ],
];

/** Some of everything: new, paid and refunded, held, captured in part, reversed, canceled. */
export const DOJO_SCENE: Scene = {
  name: 'what Dojo keeps',
  begin: async (store) => {
    const { engine } = makeTestEngine(store);
    const manual = { captureMethod: 'manual' } as const;
    const listedAs = (id: string): string => `link_${id}`;
    await run(engine, createDojo({ listedAs, description: 'new' }));
    const paid = async (description: string, over = {}): Promise<string> => {
      const { id } = await run(engine, createDojo({ description, ...over }));
      await run(engine, confirm(id));
      return id;
    };
    await run(engine, refund(await paid('refunded', { parts: TIPS }), 300n));
    await run(engine, reverseIntent(ACCOUNT, await paid('reversed')));
    await run(engine, reverseIntent(ACCOUNT, await paid('released', manual)));
    await run(engine, capture(await paid('taken', manual), { amount: 400n, final: false }));
    const { id } = await run(engine, createDojo({ description: 'canceled' }));
    await run(engine, cancelIntent(ACCOUNT, id, null));
    await run(engine, createDojoSetup({ listedAs, description: 'saved' }));
    const open = { method: null, confirm: null, expiresInSeconds: 60 };
    await run(engine, createDojoSetup({ ...open, description: 'open' }));
  },
  plants: PLANTS,
};
