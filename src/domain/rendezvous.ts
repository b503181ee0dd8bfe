/** The account of what belongs to the installation, not to a merchant: wallets and requests. */
export const INSTALLATION = 'acct_installation';

/** What wallets hold. Its minor units are called quarks. */
export const WALLET_CURRENCY = 'kin';
export const QUARKS_PER_KIN = 100_000;

/** A part of a payment that goes to somebody else: hundredths of a percent of the gross. */
export interface RequestFee {
  destination: string;
  basisPoints: number;
}

/** What a payment request asks for, as its message says. */
export interface RequestTerms {
  destination: string;
  currency: string;
  /** As on the wire: the double that the merchant signed. */
  nativeAmount: number;
  /** Only where the request is in the wallets' own currency: the sum in quarks, decimal text. */
  quarks: string | null;
  fees: RequestFee[];
}

/** How far it has got to tell a merchant of one thing. */
interface WebhookProgress {
  state: 'waiting' | 'due' | 'delivered' | 'abandoned';
  tries: { atMs: number; status: number | null; error: string | null }[];
}

/** Where the merchant of a request wants to be told that it is paid, and how that goes. */
export interface RequestWebhook extends WebhookProgress {
  url: string;
  /** How it goes to tell that a chain has settled the payment; absent before it has. */
  settled?: WebhookProgress;
}

/**
 * What lies at a rendezvous: a request for a payment, for a login, or for both. Its id is the
 * rendezvous public key in base58, which is also the Code id of its intent.
 */
export interface RendezvousRequest {
  account: string;
  id: string;
  /** The merchant whose intent it is. */
  merchant: string;
  /** null where it asks for a login only. */
  intent: string | null;
  /** Wall time, Unix seconds. */
  created: number;
  terms: RequestTerms | null;
  domain: string | null;
  /** The domain's key, where the request proves that it comes from there. */
  verifier: string | null;
  /** Wall time, Unix seconds; null until a wallet says so. A mark, never a state. */
  scannedAt: number | null;
  rejectedAt: number | null;
  /** The wallet's id towards the request's domain. */
  login: { user: string; at: number } | null;
  webhook: RequestWebhook | null;
  /** What is put down here once its intent is paid by other means than a wallet; null: nothing. */
  paidMessage: Pick<RendezvousMessage, 'uuid' | 'kind' | 'body' | 'signature'> | null;
}

/** A message that waits at a rendezvous until it is acknowledged. */
export interface RendezvousMessage {
  account: string;
  /** Ordered by insertion, unlike the id on the wire. */
  id: string;
  request: string;
  created: number;
  /** The wire's id, 32 hexadecimal digits. */
  uuid: string;
  /** The wire's name of what it says, in camel case. */
  kind: string;
  /** The message as it was received or made, without id and signature; base64. */
  body: string;
  /** The sender's signature over the body, base64; null where the server made it. */
  signature: string | null;
}

/** An account of wallets' money, known by an ed25519 public key in base58. */
export interface Wallet {
  account: string;
  id: string;
  /** Who may spend from it; null while it has only been paid to. */
  owner: string | null;
  kind: 'primary' | 'relationship' | 'destination';
  /** Of a relationship: the domain that knows its owner by it. */
  domain: string | null;
  /** In quarks; never negative. */
  balance: bigint;
  created: number;
}

/** A payment that a wallet's owner has signed. */
export interface Submission {
  account: string;
  id: string;
  /** The wire's intent id, base58: a request's rendezvous or the wallet's own. Used once. */
  codeId: string;
  kind: 'request' | 'transfer' | 'refund' | 'airdrop' | 'open' | 'relationship';
  /** Who signed; empty for a refund, which is the merchant's to make. */
  owner: string;
  /** The wallet that pays; empty where the installation does. */
  source: string;
  destination: string;
  /** Gross, fees included. */
  quarks: bigint;
  /** What was asked for and at which rate: fiat per whole unit of the wallets' currency. */
  currency: string;
  nativeAmount: number;
  rate: number;
  /** What of it goes to others, in quarks as decimal text; to nobody: our own fee. */
  fees: { destination: string; quarks: string }[];
  created: number;
  /** The signed bytes and the owner's signature over them, base64; empty where none was needed. */
  actions: string;
  signature: string;
  /** The merchant's intent that it pays, or pays back; null between wallets. */
  merchant: string | null;
  intent: string | null;
  /** The merchant's refund that it carries out. */
  refund: string | null;
  /** The transfer in the installation's books; null where a chain moves the money. */
  transfer: string | null;
  /** The transaction that moves it on a chain. */
  fulfillment: string | null;
}

/** An address whose requests are a merchant's: the first claim stands. */
export interface Destination {
  account: string;
  id: string;
  merchant: string;
  created: number;
  /**
   * By the merchant's key, or by a signature of the address's own; `ledger`: the address stands for
   * the merchant's own ledger account, and nobody signs for it.
   */
  proof: 'key' | 'signature' | 'ledger';
}

/** Who is tipped by a user name of some platform. */
export interface TipUser {
  account: string;
  /** `x/getcode`, in lower case. */
  id: string;
  address: string;
  name: string;
  created: number;
}

/** A durable nonce account of the sequencer's: it makes one transaction valid, once. */
export interface ChainNonce {
  account: string;
  id: string;
  state: 'available' | 'reserved';
  /** What it holds now, base58. */
  blockhash: string;
  /** The fulfillment that it is reserved for. */
  fulfillment: string | null;
  /** Until when a reservation without a submission stands, Unix ms; null with one. */
  untilMs: number | null;
}

/** One transaction on a chain that a submission is carried out by. */
export interface Fulfillment {
  account: string;
  id: string;
  submission: string;
  /** Transactions of one owner are sent in the order of their ids. */
  owner: string;
  state: 'pending' | 'confirmed' | 'failed';
  nonce: string;
  /** The signed transaction, base64: sent again as it is until the chain says how it ended. */
  wire: string;
  /** The chain's name of it, base58. */
  transaction: string;
  created: number;
  tries: number;
  /** Why it failed, or why the chain would not take it; null where it has not said so. */
  fault: string | null;
}
