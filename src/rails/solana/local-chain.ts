import type { Transaction } from '@solana/kit';
import type { FailedTransactionMetadata, LiteSVM, TransactionMetadata } from 'litesvm';
import { toBase58 } from '../../wire/code/base58.js';
import { SIGNATURE_BYTES } from '../../wire/code/payload.js';
import { SYSTEM_PROGRAM } from '../../wire/code/solana/addresses.js';
import { readTransaction } from '../../wire/code/solana/message.js';
import {
  type Chain,
  type ChainAccount,
  ChainUnavailable,
  readFault,
  type SignatureStatus,
  type TransactionFault,
  TransactionRefused,
} from './chain.js';
import {
  type Journal,
  type JournalAccount,
  type JournalEntry,
  readJournal,
  startJournal,
} from './local-journal.js';

export interface LocalChainSettings {
  /** Where the chain is kept. */
  readonly file: string;
  /** What it begins with, where the file is not there yet. */
  readonly genesis: readonly ChainAccount[];
  readonly limits: LocalChainLimits;
}

export interface LocalChainLimits {
  /** Transactions whose fate is remembered; older ones are known by their nonces alone. */
  readonly statuses_max: number;
  /** Transactions after which the file begins anew, with the accounts as they are. */
  readonly journal_lines_max: number;
}

/** The modules that only a local chain needs: they are optional, and loaded when it is opened. */
async function loadModules() {
  const [litesvm, kit] = await Promise.all([import('litesvm'), import('@solana/kit')]);
  return { litesvm, kit };
}
type Modules = Awaited<ReturnType<typeof loadModules>>;

/**
 * A chain within this process that needs nothing else, with the programs of the real one. What it
 * has said to anybody is on disk. Throws JournalDamaged, and what loading its modules throws.
 */
export async function openLocalChain(settings: LocalChainSettings): Promise<Chain> {
  const modules = await loadModules();
  const entries = await readJournal(settings.file);
  const ledger = new LocalLedger(modules, settings.limits);
  if (entries.length === 0) ledger.begin(settings.genesis);
  else ledger.restore(entries);
  const journal = await startJournal({
    file: settings.file,
    snapshot: () => ledger.snapshot(),
    lines_max: settings.limits.journal_lines_max,
  });
  return chainOver(ledger, journal);
}

function chainOver(ledger: LocalLedger, journal: Journal): Chain {
  let broken: Error | null = null;
  const usable = (): void => {
    if (broken !== null) throw new ChainUnavailable(`the chain's file: ${broken.message}`);
  };

  /** Nobody hears of what is not on disk; where that fails, memory is ahead of it for good. */
  async function keep(entry: JournalEntry): Promise<void> {
    try {
      await journal.append(entry);
    } catch (error) {
      broken = error as Error;
    }
    usable();
    if (entry.transaction !== null) ledger.remember(entry.transaction, entry.height);
  }
  return {
    sendTransaction: async (wire) => {
      usable();
      const entry = ledger.execute(wire);
      await keep(entry);
      return entry.transaction as string;
    },
    getAccounts: async (addresses) => {
      usable();
      return addresses.map((address) => ledger.account(address));
    },
    getSignatureStatus: async (signature) => {
      usable();
      return ledger.status(signature);
    },
    latestBlockhash: async () => {
      usable();
      return ledger.latestBlockhash();
    },
    slot: async () => ledger.slot(),
    rentExempt: async (bytes) => ledger.rentExempt(bytes),
    airdrop: async (address, lamports) => {
      usable();
      await keep(ledger.give(address, lamports));
    },
    close: () => journal.close(),
  };
}

/** The state in memory: accounts live in the virtual machine, the fate of transactions here. */
class LocalLedger {
  readonly #svm: LiteSVM;
  readonly #modules: Modules;
  readonly #limits: LocalChainLimits;
  /** Every account that was ever written, beside the programs that are there from the start. */
  readonly #touched = new Set<string>();
  /** What is executed, whether or not it is on disk. */
  readonly #executed = new Map<string, number>();
  readonly #remembered = new Map<string, number>();
  #height = 0;

  constructor(modules: Modules, limits: LocalChainLimits) {
    this.#modules = modules;
    this.#limits = limits;
    // Its own memory of transactions ends with the process; ours does not.
    this.#svm = new modules.litesvm.LiteSVM().withTransactionHistory(0n);
  }

  begin(genesis: readonly ChainAccount[]): void {
    for (const account of genesis) this.#write(account);
    this.#tick(1);
  }

  restore(entries: readonly JournalEntry[]): void {
    for (const { accounts, gone, transaction, height } of entries) {
      for (const account of accounts) this.#write(fromJournal(account));
      for (const address of gone) this.#write(emptied(address));
      if (transaction !== null) this.remember(transaction, height);
      this.#height = Math.max(this.#height, height);
    }
    // Blockhashes come one after the other from the first. One that came again would make a
    // transaction valid that a nonce had made invalid before.
    const height = this.#height;
    this.#height = 0;
    this.#tick(height + 1);
  }

  /** The whole state, as the beginning of a journal: the accounts, then what is remembered. */
  snapshot(): JournalEntry[] {
    const accounts = [...this.#touched].map((address) => this.account(address));
    const kept = accounts.filter((account) => account !== null);
    const none = { accounts: [], gone: [] };
    return [
      { height: this.#height, accounts: kept.map(toJournal), gone: [], transaction: null },
      ...[...this.#remembered].map(([transaction, height]) => ({ ...none, height, transaction })),
    ];
  }

  /** Carries a transaction out. Throws TransactionRefused, and has then changed nothing. */
  execute(wire: Uint8Array): JournalEntry {
    const { kit } = this.#modules;
    let transaction: Transaction;
    let writable: readonly string[];
    try {
      transaction = kit.getTransactionDecoder().decode(wire);
      ({ writable } = readTransaction(wire));
    } catch (error) {
      throw new TransactionRefused(otherFault((error as Error).message));
    }
    const signature = toBase58(wire.subarray(1, 1 + SIGNATURE_BYTES));
    if (this.#executed.has(signature)) throw new TransactionRefused(readFault('AlreadyProcessed'));
    // As nodes do before they take one in: one that would fail is not carried out at all.
    this.#orRefuse(() => this.#svm.simulateTransaction(transaction));
    this.#orRefuse(() => this.#svm.sendTransaction(transaction));
    this.#tick(1);
    this.#executed.set(signature, this.#height);
    return this.#entry(writable, signature);
  }

  give(address: string, lamports: bigint): JournalEntry {
    const before = this.account(address) ?? emptied(address);
    this.#write({ ...before, lamports: before.lamports + lamports });
    this.#tick(1);
    return this.#entry([address], null);
  }

  account(address: string): ChainAccount | null {
    const { kit } = this.#modules;
    const found = this.#svm.getAccount(kit.address(address));
    if (!found.exists || found.lamports === 0n) return null;
    const { lamports, programAddress, data } = found;
    return { address, lamports, program: programAddress, data: Uint8Array.from(data) };
  }

  /** Tells what is on disk from here on. */
  remember(transaction: string, height: number): void {
    this.#executed.set(transaction, height);
    this.#remembered.set(transaction, height);
    for (const known of [this.#executed, this.#remembered]) {
      const oldest = known.keys().next();
      if (known.size > this.#limits.statuses_max && !oldest.done) known.delete(oldest.value);
    }
  }

  status(transaction: string): SignatureStatus | null {
    const height = this.#remembered.get(transaction);
    return height === undefined ? null : { slot: BigInt(height), finalized: true, fault: null };
  }

  latestBlockhash(): string {
    return this.#svm.latestBlockhash();
  }

  slot(): bigint {
    return BigInt(this.#height);
  }

  rentExempt(bytes: number): bigint {
    return this.#svm.minimumBalanceForRentExemption(BigInt(bytes));
  }

  /** Every transaction has a block of its own, so that nonces always find a new blockhash. */
  #tick(blocks: number): void {
    for (let i = 0; i < blocks; i++) this.#svm.expireBlockhash();
    this.#height += blocks;
  }

  #write({ address, lamports, program, data }: ChainAccount): void {
    const { kit } = this.#modules;
    this.#touched.add(address);
    this.#svm.setAccount({
      address: kit.address(address),
      lamports: kit.lamports(lamports),
      programAddress: kit.address(program),
      data,
      executable: false,
      space: BigInt(data.length),
    });
  }

  #entry(written: readonly string[], transaction: string | null): JournalEntry {
    const accounts: JournalAccount[] = [];
    const gone: string[] = [];
    for (const address of written) {
      this.#touched.add(address);
      const account = this.account(address);
      if (account === null) gone.push(address);
      else accounts.push(toJournal(account));
    }
    return { height: this.#height, accounts, gone, transaction };
  }

  #orRefuse(work: () => TransactionMetadata | FailedTransactionMetadata | object): void {
    let result: object;
    try {
      result = work();
    } catch (error) {
      throw new TransactionRefused(otherFault((error as Error).message));
    }
    if ('err' in result) throw new TransactionRefused(faultOf(result as FailedTransactionMetadata));
  }
}

/** The numbers that the virtual machine has for what is not an instruction's fault. */
const FAULT_NAMES: Readonly<Record<number, string>> = {
  2: 'AccountNotFound',
  4: 'InsufficientFundsForFee',
  6: 'AlreadyProcessed',
  7: 'BlockhashNotFound',
  11: 'SignatureFailure',
};

/** The machine's error, as the chain's interface would write it. */
function faultOf(failed: FailedTransactionMetadata): TransactionFault {
  const error = failed.err();
  if (typeof error === 'number') return readFault(FAULT_NAMES[error] ?? `Fault ${error}`);
  if (!('index' in error) || !('err' in error)) return readFault(error.toString());
  const inner = error.err();
  const detail = typeof inner === 'object' && 'code' in inner ? { Custom: inner.code } : `${inner}`;
  return readFault({ InstructionError: [error.index, detail] });
}

function otherFault(text: string): TransactionFault {
  return { text, reason: 'other', instruction: null, custom: null };
}

function emptied(address: string): ChainAccount {
  return { address, lamports: 0n, program: SYSTEM_PROGRAM, data: new Uint8Array() };
}

function toJournal({ address, lamports, program, data }: ChainAccount): JournalAccount {
  return {
    address,
    lamports: lamports.toString(),
    program,
    data: Buffer.from(data).toString('base64'),
  };
}

function fromJournal({ address, lamports, program, data }: JournalAccount): ChainAccount {
  return { address, lamports: BigInt(lamports), program, data: Buffer.from(data, 'base64') };
}
