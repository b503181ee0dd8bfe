import { randomBytes } from 'node:crypto';
import {
  AccountRole,
  type Address,
  address,
  appendTransactionMessageInstructions,
  blockhash,
  compileTransactionMessage,
  createAddressWithSeed,
  createNoopSigner,
  createTransactionMessage,
  getCompiledTransactionMessageEncoder,
  getTransactionDecoder,
  isAddress,
  type Instruction as KitInstruction,
  setTransactionMessageFeePayer,
  setTransactionMessageLifetimeUsingBlockhash,
} from '@solana/kit';
import {
  getAdvanceNonceAccountInstruction,
  getCreateAccountWithSeedInstruction,
  getInitializeNonceAccountInstruction,
} from '@solana-program/system';
import {
  findAssociatedTokenPda,
  getCreateAssociatedTokenIdempotentInstruction,
  getMintToInstruction,
  getTransferCheckedInstruction,
} from '@solana-program/token';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromBase58, toBase58 } from '../base58.js';
import {
  isOnCurve,
  SYSTEM_PROGRAM,
  seededAddress,
  TOKEN_PROGRAM,
  tokenAccountOf,
} from './addresses.js';
import { advanceNonce, createNonce, mintTokens, transferTokens } from './instructions.js';
import {
  compareAddresses,
  compileMessage,
  encodeTransaction,
  type Instruction,
  readTransaction,
} from './message.js';
import { paymentMessage } from './payment.js';

/** A key that somebody has, unlike those of `key`, of which half are none. */
async function newKey(): Promise<Address> {
  const pair = await crypto.subtle.generateKey('Ed25519', true, ['sign']);
  if (!('publicKey' in pair)) throw new Error('one key of two');
  return address(toBase58(new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))));
}

const key = (): Address => address(toBase58(randomBytes(32)));

/** The same instruction in the other library's words. */
function foreign({ program, accounts, data }: Instruction): KitInstruction {
  return {
    programAddress: address(program),
    accounts: accounts.map((use) => ({
      address: address(use.address),
      role: use.signer
        ? use.writable
          ? AccountRole.WRITABLE_SIGNER
          : AccountRole.READONLY_SIGNER
        : use.writable
          ? AccountRole.WRITABLE
          : AccountRole.READONLY,
    })),
    data,
  };
}

function compiledByKit(
  feePayer: string,
  lifetime: string,
  instructions: readonly KitInstruction[],
) {
  const empty = setTransactionMessageFeePayer(
    address(feePayer),
    createTransactionMessage({ version: 'legacy' }),
  );
  const living = setTransactionMessageLifetimeUsingBlockhash(
    { blockhash: blockhash(lifetime), lastValidBlockHeight: 0n },
    empty,
  );
  const message = appendTransactionMessageInstructions(instructions, living);
  return getCompiledTransactionMessageEncoder().encode(compileTransactionMessage(message));
}

const hex = (bytes: ArrayLike<number>): string => Buffer.from(Array.from(bytes)).toString('hex');

describe('the bytes of a message', () => {
  it('are those that the field’s library compiles, for any use of accounts', () => {
    const any = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => toBase58(bytes));
    const messages = fc.array(any, { minLength: 1, maxLength: 6 }).chain((known) => {
      const use = fc.record({
        address: fc.constantFrom(...known),
        signer: fc.boolean(),
        writable: fc.boolean(),
      });
      const instruction = fc.record({
        program: any,
        accounts: fc.array(use, { maxLength: 8 }),
        data: fc.uint8Array({ maxLength: 150 }),
      });
      return fc.record({
        feePayer: fc.constantFrom(...known),
        lifetime: any,
        instructions: fc.array(instruction, { minLength: 1, maxLength: 4 }),
      });
    });
    fc.assert(
      fc.property(messages, (message) => {
        // An account cannot be run and be paid from: neither library is asked to.
        const programs = new Set(message.instructions.map(({ program }) => program));
        const uses = message.instructions.flatMap(({ accounts }) => accounts);
        fc.pre(!programs.has(message.feePayer) && !uses.some((one) => programs.has(one.address)));
        const { feePayer, lifetime, instructions } = message;
        const theirs = compiledByKit(feePayer, lifetime, instructions.map(foreign));
        expect(hex(compileMessage(message).bytes)).toBe(hex(theirs));
      }),
    );
  });

  it('sort addresses as the field’s library does', () => {
    const collator = new Intl.Collator('en', {
      caseFirst: 'lower',
      ignorePunctuation: false,
      localeMatcher: 'best fit',
      numeric: false,
      sensitivity: 'variant',
      usage: 'sort',
    });
    const near = ['aB', 'Ab', 'ab', 'AB', 'b', 'B', '1a', 'a1', 'A1', 'aBc', 'abC', 'a', '9', 'z'];
    const addresses = [...near, ...Array.from({ length: 300 }, key)];
    expect(addresses.toSorted(compareAddresses)).toEqual(addresses.toSorted(collator.compare));
  });

  it('make a transaction that the field’s library reads, signatures first', () => {
    const [payer, owner] = [key(), key()];
    const { bytes, signers } = compileMessage({
      feePayer: payer,
      lifetime: key(),
      instructions: [
        {
          program: key(),
          accounts: [{ address: owner, signer: true, writable: false }],
          data: Uint8Array.of(),
        },
      ],
    });
    const signatures = [randomBytes(64), randomBytes(64)];
    const read = getTransactionDecoder().decode(encodeTransaction(signatures, bytes));
    expect(signers).toEqual([payer, owner]);
    expect(hex(read.messageBytes)).toBe(hex(bytes));
    expect(Object.entries(read.signatures).map(([who, what]) => [who, hex(what ?? [])])).toEqual([
      [payer, hex(signatures[0] ?? [])],
      [owner, hex(signatures[1] ?? [])],
    ]);
  });

  it('are refused where they would not fit, or name what is no address', () => {
    const long = { program: key(), accounts: [], data: new Uint8Array(1200) };
    const message = { feePayer: key(), lifetime: key(), instructions: [long] };
    expect(() => compileMessage(message)).toThrow('1232 at most');
    const wrong = { ...message, feePayer: 'shop', instructions: [] };
    expect(() => compileMessage(wrong)).toThrow('not an address: shop');
  });
});

describe('addresses', () => {
  it('of token accounts and of seeds are the field’s', async () => {
    for (let round = 0; round < 20; round++) {
      const [owner, mint] = [key(), key()];
      const [theirs] = await findAssociatedTokenPda({
        owner,
        mint,
        tokenProgram: address(TOKEN_PROGRAM),
      });
      expect(await tokenAccountOf(owner, mint)).toBe(theirs);
      const seed = `nonce-${round}`;
      const programAddress = address(SYSTEM_PROGRAM);
      expect(await seededAddress(owner, seed, SYSTEM_PROGRAM)).toBe(
        await createAddressWithSeed({ baseAddress: owner, seed, programAddress }),
      );
    }
  });

  it('are on the curve exactly where a key could be', async () => {
    expect(isOnCurve(fromBase58(await newKey(), 32) ?? new Uint8Array(32))).toBe(true);
    const derived = await tokenAccountOf(key(), key());
    expect(isAddress(derived)).toBe(true);
    expect(isOnCurve(fromBase58(derived, 32) ?? new Uint8Array(32))).toBe(false);
  });
});

describe('the instructions', () => {
  const [payer, owner, mint, nonce, other] = [key(), key(), key(), key(), key()];
  const blockhashText = key();

  const same = (ours: readonly Instruction[], theirs: readonly KitInstruction[]): void => {
    const bytes = compileMessage({
      feePayer: payer,
      lifetime: blockhashText,
      instructions: ours,
    }).bytes;
    expect(hex(bytes)).toBe(hex(compiledByKit(payer, blockhashText, theirs)));
  };

  it('for nonces are the field’s', () => {
    same(createNonce(nonce, payer, 'nonce-7', 1_447_680n), [
      getCreateAccountWithSeedInstruction({
        payer: createNoopSigner(payer),
        newAccount: nonce,
        baseAccount: createNoopSigner(payer),
        base: payer,
        seed: 'nonce-7',
        amount: 1_447_680n,
        space: 80n,
        programAddress: address(SYSTEM_PROGRAM),
      }),
      getInitializeNonceAccountInstruction({ nonceAccount: nonce, nonceAuthority: payer }),
    ]);
  });

  it('for new tokens are the field’s', () => {
    same(
      [mintTokens(mint, other, payer, 12_345n)],
      [
        getMintToInstruction({
          mint,
          token: other,
          mintAuthority: createNoopSigner(payer),
          amount: 12_345n,
        }),
      ],
    );
  });

  it('for a payment make the field’s own message', async () => {
    const opened = await newKey();
    const transfers = [
      { destination: other, quarks: 990_000n },
      { destination: opened, quarks: 10_000n },
    ];
    const terms = { feePayer: payer, mint, nonce, blockhash: blockhashText, opens: [opened] };
    const { bytes, signers } = await paymentMessage(owner, transfers, terms);
    const tokenProgram = address(TOKEN_PROGRAM);
    const [source] = await findAssociatedTokenPda({ owner, mint, tokenProgram });
    const [ata] = await findAssociatedTokenPda({ owner: opened, mint, tokenProgram });
    expect(signers).toEqual([payer, owner]);
    const theirs = compiledByKit(payer, blockhashText, [
      getAdvanceNonceAccountInstruction({
        nonceAccount: nonce,
        nonceAuthority: createNoopSigner(payer),
      }),
      getCreateAssociatedTokenIdempotentInstruction({
        payer: createNoopSigner(payer),
        ata,
        owner: opened,
        mint,
      }),
      ...transfers.map(({ destination, quarks }) =>
        getTransferCheckedInstruction({
          source,
          mint,
          destination: destination === opened ? ata : destination,
          authority: createNoopSigner(owner),
          amount: quarks,
          decimals: 5,
        }),
      ),
    ]);
    expect(hex(bytes)).toBe(hex(theirs));
    const shown = readTransaction(encodeTransaction([randomBytes(64), randomBytes(64)], bytes));
    expect(shown.lifetime).toBe(blockhashText);
    expect(shown.programs.map((program) => program.slice(0, 4))).toEqual([
      '1111',
      'ATok',
      'Toke',
      'Toke',
    ]);
    expect(shown.writable.toSorted()).toEqual([payer, source, nonce, other, ata].toSorted());
  });

  it('open no account that nobody has a key to', async () => {
    const destination = await tokenAccountOf(owner, mint);
    const terms = { feePayer: payer, mint, nonce, blockhash: blockhashText, opens: [destination] };
    const payment = paymentMessage(owner, [{ destination, quarks: 1n }], terms);
    await expect(payment).rejects.toThrow(`${destination} is no owner's key`);
  });

  it('of a transaction that is cut short are refused', () => {
    const message = {
      feePayer: payer,
      lifetime: other,
      instructions: [advanceNonce(nonce, payer)],
    };
    const wire = encodeTransaction([randomBytes(64)], compileMessage(message).bytes);
    for (let bytes = 0; bytes < wire.length; bytes++)
      expect(() => readTransaction(wire.subarray(0, bytes))).toThrow(RangeError);
  });

  it('move with the mint’s own decimals', () => {
    const data = transferTokens({
      source: key(),
      mint,
      destination: other,
      owner,
      quarks: 258n,
      decimals: 5,
    }).data;
    expect(hex(data)).toBe('0c020100000000000005');
    expect(advanceNonce(nonce, payer).accounts).toHaveLength(3);
  });
});
