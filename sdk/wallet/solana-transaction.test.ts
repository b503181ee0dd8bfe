import { create } from '@bufbuild/protobuf';
import { base58 } from '@scure/base';
import {
  address,
  appendTransactionMessageInstructions,
  blockhash,
  compileTransactionMessage,
  createNoopSigner,
  createTransactionMessage,
  getCompiledTransactionMessageEncoder,
  setTransactionMessageFeePayer,
  setTransactionMessageLifetimeUsingBlockhash,
} from '@solana/kit';
import { getAdvanceNonceAccountInstruction } from '@solana-program/system';
import {
  findAssociatedTokenPda,
  getCreateAssociatedTokenIdempotentInstruction,
  getTransferCheckedInstruction,
  TOKEN_PROGRAM_ADDRESS,
} from '@solana-program/token';
import { describe, expect, it } from 'vitest';
import { toBase58 } from '../../src/wire/code/base58.js';
import {
  FeePaymentAction_FeeType,
  type ServerParameter,
  ServerParameterSchema,
} from '../../src/wire/code/proto/code/transaction/v2/transaction_pb.js';
import { tokenAccountOf } from '../../src/wire/code/solana/addresses.js';
import { webCurve } from './curve.js';
import { settlementMessage } from './solana-transaction.js';
import type { Submission } from './submit.js';

const seed = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const keyOf = async (byte: number) => (await webCurve.signerOf(seed(byte))).publicKey;
const wire = (value: Uint8Array) => ({ value });

const owner = await keyOf(1);
const shop = await keyOf(2);
const partner = await keyOf(3);
const feePayer = await keyOf(4);
const [nonce, mint, value] = [seed(51), seed(52), seed(53)];
/** Nobody has a key to it: it belongs to a program. */
const account = base58.decode(await tokenAccountOf(toBase58(partner), toBase58(mint)));

const actions: Submission['actions'] = [
  {
    id: 0,
    type: {
      case: 'noPrivacyTransfer',
      value: { authority: wire(owner), destination: wire(shop), amount: 900n },
    },
  },
  {
    id: 1,
    type: {
      case: 'feePayment',
      value: {
        type: FeePaymentAction_FeeType.THIRD_PARTY,
        destination: wire(account),
        amount: 90n,
      },
    },
  },
  {
    id: 2,
    type: { case: 'feePayment', value: { type: FeePaymentAction_FeeType.CODE, amount: 10n } },
  },
];

interface Told {
  nonces?: number;
  opens?: Uint8Array[];
  codeDestination?: Uint8Array;
  mint?: Uint8Array;
}

function told(by: Told = {}): ServerParameter[] {
  const nonced = {
    nonce: wire(nonce),
    blockhash: wire(value),
    feePayer: wire(feePayer),
    mint: wire(by.mint ?? mint),
    opens: (by.opens ?? [shop, feePayer]).map(wire),
  };
  return [
    { actionId: 0, nonces: Array.from({ length: by.nonces ?? 1 }, () => nonced) },
    { actionId: 1 },
    {
      actionId: 2,
      type: {
        case: 'feePayment' as const,
        value: { codeDestination: wire(by.codeDestination ?? feePayer) },
      },
    },
  ].map((parameter) => create(ServerParameterSchema, parameter));
}

/** The same payment, compiled by the field's own library. */
async function compiledByKit(): Promise<Uint8Array> {
  const named = (bytes: Uint8Array) => address(toBase58(bytes));
  const payer = createNoopSigner(named(feePayer));
  const ataOf = async (key: Uint8Array) => {
    const seeds = { owner: named(key), mint: named(mint), tokenProgram: TOKEN_PROGRAM_ADDRESS };
    return (await findAssociatedTokenPda(seeds))[0];
  };
  const [source, shopAta, feeAta] = await Promise.all([owner, shop, feePayer].map(ataOf));
  if (!source || !shopAta || !feeAta) throw new Error('no addresses');
  const open = (ata: typeof source, key: Uint8Array) =>
    getCreateAssociatedTokenIdempotentInstruction({
      payer,
      ata,
      owner: named(key),
      mint: named(mint),
    });
  const move = (destination: typeof source, amount: bigint) =>
    getTransferCheckedInstruction({
      source,
      mint: named(mint),
      destination,
      authority: createNoopSigner(named(owner)),
      amount,
      decimals: 5,
    });
  const empty = createTransactionMessage({ version: 'legacy' });
  const message = appendTransactionMessageInstructions(
    [
      getAdvanceNonceAccountInstruction({ nonceAccount: named(nonce), nonceAuthority: payer }),
      open(shopAta, shop),
      open(feeAta, feePayer),
      move(shopAta, 900n),
      move(named(account), 90n),
      move(feeAta, 10n),
    ],
    setTransactionMessageLifetimeUsingBlockhash(
      { blockhash: blockhash(toBase58(value)), lastValidBlockHeight: 0n },
      setTransactionMessageFeePayer(payer.address, empty),
    ),
  );
  return Uint8Array.from(
    getCompiledTransactionMessageEncoder().encode(compileTransactionMessage(message)),
  );
}

describe('what a wallet signs for a chain', () => {
  it('is the transaction of its own actions, as the field’s library would build it', async () => {
    expect(await settlementMessage(owner, actions, told())).toEqual(await compiledByKit());
  });

  it('is nothing where the server keeps the books', async () => {
    expect(await settlementMessage(owner, actions, told({ nonces: 0 }))).toBeNull();
  });

  it('is no second transaction, no fee to others and no account for others', async () => {
    const refused: [Told, string][] = [
      [{ nonces: 2 }, 'more than one transaction'],
      [{ codeDestination: partner }, 'its fee to somebody else'],
      [{ opens: [shop, feePayer, partner] }, 'an account for somebody who is not paid'],
      [{ mint: seed(1).subarray(1) }, 'a key of another length'],
    ];
    for (const [by, text] of refused)
      await expect(settlementMessage(owner, actions, told(by))).rejects.toThrow(text);
  });

  it('opens no account that nobody has a key to', async () => {
    const keys = told({ opens: [account] });
    await expect(settlementMessage(owner, actions, keys)).rejects.toThrow("is no owner's key");
  });

  it('is not signed for actions that move nothing', async () => {
    const opening: Submission['actions'] = [
      { id: 0, type: { case: 'openAccount', value: {} } },
      ...actions,
    ];
    const signed = settlementMessage(owner, opening, told());
    await expect(signed).rejects.toThrow('an action that moves nothing');
  });
});
