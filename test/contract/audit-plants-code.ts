import { INSTALLATION, type Submission } from '../../src/domain/rendezvous.js';
import { refundCodeId } from '../../src/engine/wallet-refunds.js';
import { openRelationship, openWallet } from '../../src/engine/wallets.js';
import type { RowTypes } from '../../src/storage/schema.js';
import { makeTestEngine } from '../support/engine.js';
import { run } from '../support/payments.js';
import {
  answerTo,
  fund,
  keyOf,
  newCodeId,
  payment,
  request,
  signedBy,
  submit,
  type TestKey,
} from '../support/wallets.js';
import type { Editor, Plant, Scene } from './audit-scene.js';
import { rowOf } from './rows.js';

/** The wallets of the scene. */
export const [payer, shop, friend] = ['payer', 'shop', 'friend'].map(keyOf) as [
  TestKey,
  TestKey,
  TestKey,
];

const kind = (wanted: string) => (row: { kind: string }) => row.kind === wanted;
const at = (key: TestKey) => (row: { id: string }) => row.id === key.address;

/** Base64 with its first byte changed. */
function forged(text: string): string {
  const bytes = Buffer.from(text, 'base64');
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  return bytes.toString('base64');
}

/** A refund of all that the request's intent was paid with, which nothing gives back. */
async function refundOf({ one, plant }: Editor): Promise<Submission> {
  const paid = await one('submissions', kind('request'));
  const { account, intent, id: attempt, amount } = await one('attempts', () => true);
  const fields = { intent, attempt, amount, state: 'succeeded', currency: 'usd' };
  const row = rowOf('refunds', account, 're_1', fields);
  await plant({ table: 'refunds', kind: 'insert', row });
  return paid;
}

/** The same, given back by a submission that is not as it should be. */
async function refundTo(edit: Editor, wrong: Partial<Submission>): Promise<void> {
  const paid = await refundOf(edit);
  const unsigned = { owner: '', actions: '', signature: '', transfer: null, fees: [] };
  const back = { id: 'sub_back', kind: 'refund', codeId: refundCodeId('re_1'), refund: 're_1' };
  const destination = payer.address;
  const row = { ...paid, ...unsigned, ...back, destination, ...wrong } as Submission;
  await edit.plant({ table: 'submissions', kind: 'insert', row });
}

/** A transaction on a chain for the request's submission, which has none. */
async function carryOut(
  { one, plant }: Editor,
  fields: Partial<RowTypes['fulfillments']>,
): Promise<void> {
  const { id: submission, owner } = await one('submissions', kind('request'));
  const nonce = 'nonce_1';
  const row = rowOf('fulfillments', INSTALLATION, 'ful_1', { submission, owner, nonce, ...fields });
  await plant({ table: 'fulfillments', kind: 'insert', row });
}

const PLANTS: readonly Plant[] = [
  [
    'a wallet with more than its ledger account',
    ({ alter }) => alter('wallets', at(payer), ({ balance }) => ({ balance: balance + 1n })),
    /wallet .*: its balance is \d+, its ledger account has \d+/,
  ],
  [
    'a wallet below nothing',
    ({ alter }) => alter('wallets', at(payer), () => ({ balance: -1n })),
    /its balance is -1/,
  ],
  [
    'money of a wallet that is gone',
    ({ remove }) => remove('wallets', at(friend)),
    /ledger account wallet:\w+: there is no such wallet/,
  ],
  [
    'signed bytes that were changed',
    ({ alter }) =>
      alter('submissions', kind('transfer'), ({ actions }) => ({ actions: forged(actions) })),
    /its signature is not by its owner/,
  ],
  [
    'a signature that was changed',
    ({ alter }) =>
      alter('submissions', kind('relationship'), ({ signature }) => ({
        signature: forged(signature),
      })),
    /its signature is not by its owner/,
  ],
  [
    'another owner',
    ({ alter }) => alter('submissions', kind('open'), () => ({ owner: friend.address })),
    /its signature is not by its owner/,
  ],
  [
    'an owner who is no key',
    ({ alter }) => alter('submissions', kind('open'), () => ({ owner: 'O0' })),
    /its owner is no key/,
  ],
  [
    'a payment that says it has moved more',
    ({ alter }) =>
      alter('submissions', kind('transfer'), ({ quarks }) => ({ quarks: quarks + 1n })),
    /does not split its quarks as it says/,
  ],
  [
    'a fee that says it was more',
    ({ alter }) =>
      alter('submissions', kind('request'), ({ fees }) => ({
        fees: fees.map((fee) => ({ ...fee, quarks: '1' })),
      })),
    /does not split its quarks as it says/,
  ],
  [
    'a payment that nothing moves',
    ({ alter }) => alter('submissions', kind('transfer'), () => ({ transfer: null })),
    /0 means move its 1000 quarks/,
  ],
  [
    'a payment that is moved twice',
    ({ alter }) => alter('submissions', kind('transfer'), () => ({ fulfillment: 'ful_none' })),
    /2 means move its 1000 quarks/,
  ],
  [
    'an opening that moves money',
    async ({ one, alter }) => {
      const { transfer } = await one('submissions', kind('airdrop'));
      await alter('submissions', kind('open'), () => ({ transfer }));
    },
    /1 means move its 0 quarks/,
  ],
  [
    'another payment’s transfer',
    async ({ one, alter }) => {
      const { transfer } = await one('submissions', kind('transfer'));
      await alter('submissions', kind('airdrop'), () => ({ transfer }));
    },
    /its transfer txn_\w+ is another's/,
  ],
  [
    'a transfer that is gone',
    ({ remove }) => remove('transfers', kind('wallet_payment')),
    /there is no txn_\w+ in transfers/,
  ],
  [
    'a transfer without its submission',
    ({ remove }) => remove('submissions', kind('airdrop')),
    /there is no sub_\w+ in submissions/,
  ],
  [
    'a fulfillment without its submission',
    ({ plant }) =>
      plant({
        table: 'fulfillments',
        kind: 'insert',
        row: {
          account: INSTALLATION,
          id: 'ful_1',
          submission: 'sub_none',
          owner: payer.address,
          state: 'pending',
          nonce: 'n',
          wire: '',
          transaction: 't',
          created: 1,
          tries: 0,
          fault: null,
        },
      }),
    /there is no sub_none in submissions/,
  ],
  [
    'a paid request whose intent is not there',
    ({ alter }) => alter('submissions', kind('request'), () => ({ intent: 'pi_none' })),
    /its intent pi_none of \w+ is not there/,
  ],
  [
    'a paid request without an intent',
    ({ alter }) => alter('submissions', kind('request'), () => ({ intent: null })),
    /it is a request, and pays no intent/,
  ],
  [
    'a paid request whose intent is not paid',
    ({ alter }) =>
      alter(
        'intents',
        () => true,
        () => ({ state: 'awaiting_method' as const, captured: 0n, authorized: 0n }),
      ),
    /submission .*: its intent pi_\w+ is awaiting_method/,
  ],
  [
    'an intent that another submission has paid',
    ({ alter }) =>
      alter(
        'attempts',
        () => true,
        ({ methodDetails }) => ({ methodDetails: { ...methodDetails, submission: 'sub_other' } }),
      ),
    /its intent pi_\w+ was paid otherwise/,
  ],
  [
    'a payment that says it is a refund',
    ({ alter }) => alter('submissions', kind('transfer'), { kind: 'refund' }),
    /it is a refund, and signed(\n.*)*it is a refund, and carries out no refund/,
  ],
  [
    'a payment in another currency',
    ({ alter }) => alter('transfers', kind('wallet_payment'), () => ({ currency: 'usd' })),
    /its transfer moves another currency/,
  ],
  [
    'a refund that went back to nobody',
    async (edit) => void (await refundOf(edit)),
    /refund re_1 went back by 0 submissions/,
  ],
  [
    'a refund that went back to another wallet',
    (edit) => refundTo(edit, { destination: friend.address }),
    /refund re_1 went to \w+, \w+ had paid/,
  ],
  [
    'a refund that gave too little back',
    (edit) => refundTo(edit, { quarks: 1n }),
    /refund re_1 gave 1 quarks back, not \d+/,
  ],
  [
    'a transaction that nothing sends',
    (edit) => carryOut(edit, { state: 'pending', owner: friend.address }),
    new RegExp(
      [
        'sub_\\w+ is carried out by another',
        "sub_\\w+ is another owner's",
        'it is pending, and its nonce is not kept',
        'it is pending, and no job will send it',
      ].join('\n.*'),
    ),
  ],
  [
    'a transaction that keeps its nonce for ever',
    async (edit) => {
      await carryOut(edit, { state: 'failed' });
      const held = { state: 'reserved', fulfillment: 'ful_1', blockhash: 'b', untilMs: null };
      const row = rowOf('nonces', INSTALLATION, 'nonce_1', held);
      await edit.plant({ table: 'nonces', kind: 'insert', row });
    },
    /it has ended, and nobody gives its nonce back/,
  ],
  [
    'a transaction that has failed, and has paid',
    async (edit) => {
      await carryOut(edit, { state: 'failed' });
      await edit.alter(
        'attempts',
        () => true,
        ({ methodDetails }) => ({ methodDetails: { ...methodDetails, fulfillment: 'ful_1' } }),
      );
    },
    /it is failed, and has paid pi_/,
  ],
  [
    'a transaction that is confirmed, and has paid nothing',
    (edit) => carryOut(edit, { state: 'confirmed' }),
    /it is confirmed, and has not paid pi_\w+, which is captured/,
  ],
];

/** Some of everything that wallets do. */
export const CODE_SCENE: Scene = {
  name: 'wallets',
  begin: async (store) => {
    const { engine } = makeTestEngine(store);
    await fund(engine, payer, 100_000_000_000n);
    const own = { action: 1, destination: null, quarks: 7n };
    await submit(engine, payment(payer, friend, { quarks: 1_000n, fees: [own] }));
    const fees = [{ destination: friend.address, basisPoints: 100 }];
    const id = await request(engine, { destination: shop, fees });
    await submit(engine, answerTo(id, payer, shop, { fees }));
    await run(engine, openWallet(signedBy(shop, newCodeId())));
    const about = { domain: 'shop.example', address: keyOf('relation').address };
    await run(engine, openRelationship(signedBy(payer, newCodeId()), about));
  },
  plants: PLANTS,
};
