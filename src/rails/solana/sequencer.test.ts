import { beforeEach, describe, expect, it } from 'vitest';
import type { Fulfillment } from '../../domain/rendezvous.js';
import { toBase58 } from '../../wire/code/base58.js';
import { SYSTEM_PROGRAM } from '../../wire/code/solana/addresses.js';
import { encodeTransaction } from '../../wire/code/solana/message.js';
import { paymentMessage } from '../../wire/code/solana/payment.js';
import type { Books } from './books.js';
import {
  type Chain,
  ChainUnavailable,
  readFault,
  type SignatureStatus,
  TransactionRefused,
} from './chain.js';
import { signerOf } from './keys.js';
import { SOLANA_LIMITS } from './limits.js';
import { makeSequencer, type Sequencer } from './sequencer.js';

const [feePayer, owner, shop] = [1, 2, 3].map((byte) => signerOf(Buffer.alloc(32, byte))) as [
  ReturnType<typeof signerOf>,
  ReturnType<typeof signerOf>,
  ReturnType<typeof signerOf>,
];
const [nonce, mint, used, next] = [11, 12, 13, 14].map((byte) => Buffer.alloc(32, byte)) as [
  Buffer,
  Buffer,
  Buffer,
  Buffer,
];

/** A chain that says what a test has it say, look by look; the last thing again and again. */
interface Script {
  statuses: (SignatureStatus | null)[];
  nonces: Buffer[];
  /** Of each sending: what is thrown, null where it is taken in. */
  sends: (Error | null)[];
}

const FINAL: SignatureStatus = { slot: 1n, finalized: true, fault: null };
const script: Script = { statuses: [], nonces: [], sends: [] };
const seen = { sends: 0, burnt: [] as string[], renewed: [] as string[], logged: [] as string[] };
let row: Fulfillment;
let sequencer: Sequencer;
let nowMs: number;

function following<T>(list: T[]): T {
  const value = list.length > 1 ? list.shift() : list[0];
  if (value === undefined) throw new Error('the script is over');
  return value;
}

const nonceAccount = (value: Buffer) => {
  const data = Buffer.alloc(80);
  data.writeUInt32LE(1, 4);
  value.copy(data, 40);
  return { address: toBase58(nonce), lamports: 1n, program: SYSTEM_PROGRAM, data };
};

const chain: Chain = {
  sendTransaction: async () => {
    seen.sends += 1;
    const end = following(script.sends);
    if (end !== null) throw end;
    return row.transaction;
  },
  getAccounts: async () => [nonceAccount(following(script.nonces))],
  getSignatureStatus: async () => {
    nowMs += 1_000;
    return following(script.statuses);
  },
  latestBlockhash: async () => '',
  slot: async () => 0n,
  rentExempt: async () => 0n,
  airdrop: null,
  close: async () => {},
};

const unused = (): never => {
  throw new Error('a sequencer does not do that');
};
const books: Books = {
  offer: unused,
  reserve: unused,
  release: unused,
  outgoing: unused,
  isWallet: unused,
  fulfillment: async () => row,
  firstPending: async () => (row.state === 'pending' ? row : null),
  tried: async (_, fault) => {
    row = { ...row, tries: row.tries + 1, fault };
  },
  end: async (_, state, fault) => {
    row = { ...row, state, fault };
    return row;
  },
  renew: async (_, blockhash) => void seen.renewed.push(blockhash),
};

beforeEach(async () => {
  const terms = {
    feePayer: feePayer.address,
    mint: toBase58(mint),
    nonce: toBase58(nonce),
    blockhash: toBase58(used),
    opens: [shop.address],
  };
  const transfers = [{ destination: shop.address, quarks: 5n }];
  const { bytes } = await paymentMessage(owner.address, transfers, terms);
  const wire = encodeTransaction([feePayer.sign(bytes), owner.sign(bytes)], bytes);
  row = {
    account: 'acct_installation',
    id: 'ful_1',
    submission: 'sub_1',
    owner: owner.address,
    state: 'pending',
    nonce: terms.nonce,
    wire: Buffer.from(wire).toString('base64'),
    transaction: 'the transaction',
    created: 0,
    tries: 0,
    fault: null,
  };
  Object.assign(script, { statuses: [null], nonces: [used], sends: [null] });
  Object.assign(seen, { sends: 0, burnt: [], renewed: [], logged: [] });
  nowMs = 0;
  sequencer = makeSequencer({
    chain,
    books,
    pool: { burn: async (burnt) => void seen.burnt.push(burnt) },
    limits: { ...SOLANA_LIMITS, chain_poll_ms: 1 },
    nowMs: () => nowMs,
    logError: (_, what) => void seen.logged.push(what),
  });
});

const carryOut = () => sequencer.carryOut('ful_1');

describe('a transaction', () => {
  it('counts as confirmed once that is final, and then its nonce is given back', async () => {
    const early = { ...FINAL, finalized: false };
    Object.assign(script, { statuses: [null, early, early, FINAL], nonces: [used, used, next] });
    expect(await carryOut()).toMatchObject({ isDone: true, row: { state: 'confirmed', tries: 1 } });
    expect(seen).toMatchObject({ sends: 1, burnt: [], renewed: [toBase58(next)], logged: [] });
  });

  it('is sent again where it does not land, and not while it is fresh', async () => {
    Object.assign(script, {
      statuses: [null, null, null, null, null, null, FINAL],
      nonces: [used, used, used, used, used, used, used, next],
    });
    expect((await carryOut()).row.state).toBe('confirmed');
    expect(seen.sends).toBe(2);
  });

  it('is left for later where its end is not known in time', async () => {
    expect(await carryOut()).toMatchObject({ isDone: false, row: { state: 'pending' } });
    expect(seen.sends).toBeGreaterThan(1);
    expect(seen.renewed).toEqual([]);
  });

  it('that has landed and failed says so; too little money has a name', async () => {
    const fault = readFault({ InstructionError: [2, { Custom: 1 }] });
    Object.assign(script, { statuses: [{ ...FINAL, fault }], nonces: [next] });
    expect((await carryOut()).row).toMatchObject({ state: 'failed', fault: 'insufficient_funds' });
    expect(seen.sends).toBe(0);
  });

  it('of which the chain says late that it knows it is not given up', async () => {
    const late = Array.from({ length: 9 }, () => null);
    Object.assign(script, { statuses: [...late, FINAL], nonces: [next] });
    expect((await carryOut()).row.state).toBe('confirmed');
    expect(seen.sends).toBe(0);
  });

  it('whose nonce was used without it has failed for good', async () => {
    Object.assign(script, { statuses: [null], nonces: [next] });
    const { row: ended } = await carryOut();
    expect(ended).toMatchObject({ state: 'failed', fault: 'its nonce was used without it' });
    expect(seen.sends).toBe(0);
  });

  it('that the token program refuses fails once its nonce is used up, not before', async () => {
    const refused = new TransactionRefused(readFault({ InstructionError: [2, { Custom: 1 }] }));
    Object.assign(script, { sends: [refused], nonces: [used, used, next] });
    const { row: ended } = await carryOut();
    expect(ended).toMatchObject({ state: 'failed', fault: 'insufficient_funds' });
    expect(seen.burnt).toEqual([toBase58(nonce)]);
  });

  it.each([
    ['the fee payer has no money', 'InsufficientFundsForFee'],
    ['an account cannot be paid for', { InstructionError: [1, { Custom: 1 }] }],
    ['the nonce is in a state of its own', { InstructionError: [0, 'InvalidArgument'] }],
  ])('does not fail where %s: that is ours to mend', async (_, error) => {
    script.sends = [new TransactionRefused(readFault(error))];
    expect((await carryOut()).row.state).toBe('pending');
    expect(seen).toMatchObject({ burnt: [], logged: ['the end of ful_1 is not known'] });
  });

  it.each(['AlreadyProcessed', 'BlockhashNotFound'])(
    'that is refused as %s is looked at again',
    async (error) => {
      script.sends = [new TransactionRefused(readFault(error))];
      Object.assign(script, { statuses: [null, FINAL], nonces: [used, next] });
      expect((await carryOut()).row.state).toBe('confirmed');
      expect(seen.burnt).toEqual([]);
    },
  );

  it('is pending where the answer to its sending was lost', async () => {
    script.sends = [new ChainUnavailable('gone')];
    expect((await carryOut()).row.state).toBe('pending');
    Object.assign(script, { statuses: [FINAL], nonces: [next] });
    expect((await carryOut()).row).toMatchObject({ state: 'confirmed', tries: 1 });
    expect(seen.sends).toBe(1);
  });

  it('that has ended is not done before its nonce has a new value', async () => {
    Object.assign(script, { statuses: [FINAL], nonces: [used, used, next] });
    expect(await carryOut()).toMatchObject({ isDone: false, row: { state: 'confirmed' } });
    expect((await carryOut()).isDone).toBe(true);
  });

  it('is not waited for by who stops', async () => {
    script.statuses = [{ ...FINAL, finalized: false }];
    const under = carryOut();
    await sequencer.stop();
    expect((await under).row.state).toBe('pending');
    expect((await carryOut()).row.state).toBe('pending');
    expect(sequencer.breaker.isOpen).toBe(false);
  });
});
