import { fromBase58 } from '../../src/wire/code/base58.js';
import { currencyIndex } from '../../src/wire/code/currencies.js';
import { hundredthsOf, KEY_BYTES } from '../../src/wire/code/payload.js';

/** Part of a payment that goes to somebody else than its destination. */
export interface FeeOption {
  /** The account that gets it, base58. */
  readonly destination: string;
  /** Hundredths of a per cent of the whole payment, 1 to 10000. */
  readonly basisPoints: number;
}

/** Who asks a user to log in. */
export interface LoginOption {
  /** A domain of two labels, which serves the verifier's key at `/.well-known/`. */
  readonly domain: string;
  /** The public key that signs its requests, base58. */
  readonly verifier: string;
}

/** What an intent is made from, as the published packages name it. */
export interface IntentOptions {
  readonly mode?: 'payment' | 'login' | 'tip';
  /** The account that is paid, base58. */
  readonly destination?: string;
  /** Whole units of the currency; rounded to hundredths. */
  readonly amount?: number;
  /** `kin` or an ISO 4217 code, in either case. */
  readonly currency?: string;
  readonly fees?: readonly FeeOption[];
  readonly login?: LoginOption;
  readonly platform?: { readonly name: string; readonly username: string };
  /** What the server's `create` returned: the page's intent is then the same one. */
  readonly clientSecret?: string;
  /** Instead of `clientSecret`: text from which it follows. Whoever knows it knows the intent. */
  readonly idempotencyKey?: string;
}

/** Options that nothing can be made from; `message` says which, as the published packages do. */
export class OptionsError extends Error {
  override readonly name = 'OptionsError';
}

/** A login, with its verifier's key as bytes. */
export interface AskedLogin {
  readonly domain: string;
  readonly verifier: Uint8Array;
}

/** A payment, read: every address is 32 bytes, the amount exact. */
export interface AskedPayment {
  readonly mode: 'payment';
  readonly destination: Uint8Array;
  readonly currency: string;
  /** Hundredths of the currency's whole unit. */
  readonly hundredths: bigint;
  /** null: none were named, which an empty list is not: it makes another kind of payload. */
  readonly fees: readonly { destination: Uint8Array; basisPoints: number }[] | null;
  readonly login: AskedLogin | null;
}

/** What options ask a wallet for. */
export type Asked =
  | AskedPayment
  | { readonly mode: 'login'; readonly login: AskedLogin }
  | { readonly mode: 'tip'; readonly username: string };

const BASIS_POINTS_MAX = 10_000;

/**
 * Reads options. Throws OptionsError with the published packages' texts, in the order in which
 * they look.
 */
export function askedBy(options: IntentOptions): Asked {
  if (options.idempotencyKey && options.clientSecret)
    throw new OptionsError('cannot derive nonce from both clientSecret and idempotencyKey');
  switch (options.mode) {
    case 'payment':
      return askedPayment(options);
    case 'login':
      return { mode: 'login', login: askedLogin(options.login) };
    case 'tip':
      return { mode: 'tip', username: askedUsername(options.platform) };
    default:
      throw new OptionsError('invalid mode');
  }
}

function askedPayment(options: IntentOptions): AskedPayment {
  const { destination, amount, currency, fees, login } = options;
  if (!destination) throw new OptionsError('destination is required');
  if (typeof amount !== 'number') throw new OptionsError('amount is required');
  if (!currency) throw new OptionsError('currency is required');
  // Lower case for whoever writes it as ISO does.
  const code = currency.toLowerCase();
  if (currencyIndex(code) === null) throw new OptionsError('invalid currency');
  const to = address(destination);
  const hundredths = hundredthsOf(amount);
  if (hundredths === null) {
    const text = amount > 1 ? 'amount is too large' : 'amount is required';
    throw new OptionsError(text);
  }
  return {
    mode: 'payment',
    destination: to,
    currency: code,
    hundredths,
    fees: fees ? fees.map(askedFee) : null,
    login: login ? askedLogin(login) : null,
  };
}

function askedFee({ destination, basisPoints }: FeeOption) {
  const whole = Number.isInteger(basisPoints) && basisPoints > 0;
  if (!whole || basisPoints > BASIS_POINTS_MAX)
    throw new OptionsError(`a fee has 1 to ${BASIS_POINTS_MAX} basis points`);
  return { destination: address(destination), basisPoints };
}

function askedLogin(login: LoginOption | undefined): AskedLogin {
  if (!login) throw new OptionsError('login is required');
  if (!login.domain) throw new OptionsError('login domain is required');
  if (!login.verifier) throw new OptionsError('login verifier is required');
  const fault = domainFault(login.domain);
  if (fault !== null) throw new OptionsError(fault);
  return { domain: login.domain, verifier: address(login.verifier) };
}

/** What is wrong with a domain, null for nothing. */
function domainFault(domain: string): string | null {
  // Whatever is a URL by itself has a scheme, and with it more than a name.
  if (parsed(domain) !== null) return 'login expected domain name but received a path';
  const url = parsed(`http://${domain}`);
  if (url === null) return 'invalid login domain';
  if (/\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}/.test(url.hostname))
    return 'login IP addresses are not supported';
  if (url.hostname.split('.').length > 2) return 'login subdomains are not supported';
  if (url.hostname === 'localhost') return 'login localhost is not supported';
  if (url.port !== '') return 'login ports are not supported';
  if (url.pathname !== '/' || domain.includes('/'))
    return 'login expected domain name but received a path';
  return null;
}

function parsed(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

function askedUsername(platform: IntentOptions['platform']): string {
  if (!platform) throw new OptionsError('platform is required');
  if (!platform.name) throw new OptionsError('expected platform name');
  if (!platform.username) throw new OptionsError('expected username');
  return platform.username;
}

function address(text: string): Uint8Array {
  const bytes = fromBase58(text, KEY_BYTES);
  if (bytes === null) throw new OptionsError('invalid address');
  return bytes;
}
