/**
 * Why a wallet did not do what it was asked. The text is for a person; programs look at the code.
 *
 * - `unreadable`: what was scanned holds no code, or one that is damaged.
 * - `unsupported`: a code that this wallet does not handle (cash, gift cards).
 * - `not_found`: nobody asks for anything there, or no such user.
 * - `unverified`: a signature is missing or wrong; nothing of the request may be believed.
 * - `mismatch`: the code and the request disagree, or the request with itself.
 * - `paid`: it has been paid, or logged in with, already.
 * - `over`: the shop canceled its request, or it has expired.
 * - `funds`: the wallet does not hold enough.
 * - `stale`: the rates moved or the request changed; reading it again may help.
 * - `refused`: the server says no, and why.
 * - `unavailable`: the server does not offer this (a faucet in live mode).
 * - `unreachable`: no answer came, or the server failed. A payment may have happened all the same.
 * - `protocol`: the server's answer makes no sense.
 */
export type WalletErrorCode =
  | 'unreadable'
  | 'unsupported'
  | 'not_found'
  | 'unverified'
  | 'mismatch'
  | 'paid'
  | 'over'
  | 'funds'
  | 'stale'
  | 'refused'
  | 'unavailable'
  | 'unreachable'
  | 'protocol';

/** The one error of this library that a person can do something about. */
export class WalletError extends Error {
  readonly code: WalletErrorCode;

  constructor(code: WalletErrorCode, text: string) {
    super(text);
    this.name = 'WalletError';
    this.code = code;
  }
}
