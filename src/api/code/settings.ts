import type { Settlement } from '../../domain/settlement.js';
import type { Engine } from '../../engine/engine.js';
import type { Sender } from '../../engine/sender.js';
import type { Keyring } from '../auth.js';
import type { Rates } from './rates.js';

/** How the dialect behaves where its users may choose. */
export interface CodeSettings {
  /** `usd250`: at most 250 USD or its equivalent; `published`: the published table. */
  readonly limits: 'usd250' | 'published';
  /** `status`: errors have a status; `envelope`: they have status 200, as they once had. */
  readonly errors: 'status' | 'envelope';
  /** Whether whoever knows a rendezvous may acknowledge its messages and open its stream. */
  readonly acceptsUnsigned: boolean;
  readonly code_request_expires_hours: number;
  /** Domains whose published keys are asked for elsewhere: domain → origin. For development. */
  readonly domainOrigins: Readonly<Record<string, string>>;
}

/** Every bound of the dialect, with its unit in its name. */
export interface CodeLimits {
  readonly stream_ping_ms: number;
  /** A listener that does not answer a ping for so long has gone. */
  readonly stream_pong_ms_max: number;
  readonly streams_max: number;
  /** Streams that one address may have open. */
  readonly streams_per_address_max: number;
  /** How often a WebSocket is pinged; one that has not answered by the next time is cut off. */
  readonly socket_ping_ms: number;
  /** How long closing waits for the other side. */
  readonly socket_close_ms_max: number;
  /** Frames of a call that may wait to be looked at before no more are read. */
  readonly socket_frames_max: number;
  readonly frame_bytes_max: number;
  readonly poll_messages_max: number;
  /** Messages that may wait at one rendezvous. */
  readonly messages_per_request_max: number;
  /** Of one message: what waits at a rendezvous is read and sent as a whole. */
  readonly message_bytes_max: number;
  readonly submit_wait_ms_max: number;
  /** What a sandbox's faucet gives at once, and what a wallet may have for it to give any. */
  readonly airdrop_quarks: number;
  readonly airdrop_balance_quarks_max: number;
  readonly history_page_rows_max: number;
  readonly domain_wait_ms_max: number;
  readonly domain_bytes_max: number;
  readonly domain_fresh_ms: number;
  readonly webhook_wait_ms_max: number;
}

/** What the dialect is built from. */
export interface CodeInput {
  readonly engine: Engine;
  readonly keyring: Keyring;
  readonly settings: CodeSettings;
  readonly limits: CodeLimits;
  /** Whose requests are that go to no registered destination. */
  readonly defaultMerchant: string;
  /** null: wallets' money is on our own ledger. */
  readonly settlement: Settlement | null;
  /** 32 bytes: the ed25519 seed that the sequencer signs with. */
  readonly sequencerSeed: Buffer;
  /** 32 bytes: codes of intents, and addresses of ledger accounts, are derived from it. */
  readonly intentCodesSeed: Buffer;
  readonly mode: 'sandbox' | 'live';
  readonly addresses: { readonly allowLoopback: boolean; readonly allowPrivate: boolean };
  /** Whether other processes write to the same database. */
  readonly isShared: boolean;
  readonly publicUrl: () => string;
  /** Wall time, Unix ms. */
  readonly nowMs: () => number;
  readonly logError: (error: unknown, what: string) => void;
  /** Told of each call that has ended: `ok`, or the name of its error's code. */
  readonly called?: (method: string, outcome: string) => void;
  /** What posts webhooks, with metrics and traces; as it is if absent. */
  readonly watchSender?: (sender: Sender) => Sender;
}

/** What all parts of the dialect are built from. */
export interface CodeDependencies extends CodeInput {
  readonly rates: Rates;
}
