import { currencyDigits } from '../../../domain/currency.js';
import { QUARKS_PER_KIN, type RequestTerms, WALLET_CURRENCY } from '../../../domain/rendezvous.js';
import { toBase58 } from '../../../wire/code/base58.js';
import { hundredthsOf } from '../../../wire/code/payload.js';
import type { RequestToReceiveBill } from '../../../wire/code/proto/code/messaging/v1/messaging_pb.js';

/** Quarks in one kin. */
const KIN = BigInt(QUARKS_PER_KIN);

/** How far quarks may lie from what the native amount comes to. */
const QUARKS_APART_MAX = KIN + 100n;

/** What a request for a payment asks for, with the rate that it names, if it does. */
export interface Bill {
  readonly terms: RequestTerms;
  readonly rate: number | null;
}

/** Reads a request whose fields have the right shape; a text says what it contradicts. */
export function readBill(message: RequestToReceiveBill): Bill | string {
  const { exchangeData, additionalFees, requestorAccount } = message;
  const fees = additionalFees.map(({ destination, feeBps }) => ({
    destination: keyText(destination),
    basisPoints: feeBps,
  }));
  const destination = keyText(requestorAccount);
  switch (exchangeData.case) {
    case 'exact': {
      const { currency, nativeAmount, exchangeRate, quarks } = exchangeData.value;
      if (currency !== WALLET_CURRENCY) return 'exact exchange data is reserved for kin only';
      if (nativeAmount !== Math.trunc(nativeAmount))
        return "native amount can't include fractional kin";
      if (quarks % KIN !== 0n) return "quark amount can't include fractional kin";
      const terms = { destination, currency, nativeAmount, quarks: String(quarks), fees };
      return { terms, rate: exchangeRate };
    }
    case 'partial': {
      const { currency, nativeAmount } = exchangeData.value;
      if (currency === WALLET_CURRENCY)
        return 'partial exchange data is reserved for fiat currencies';
      return { terms: { destination, currency, nativeAmount, quarks: null, fees }, rate: null };
    }
    default:
      return 'exchange data is nil';
  }
}

/** Where quarks are named: whether they are what the native amount comes to. */
export function exactFault({ terms: { quarks, nativeAmount }, rate }: Bill): string | null {
  if (quarks === null) return null;
  if (rate !== 1) return 'kin exchange rate must be 1';
  const apart = BigInt(nativeAmount) * KIN - BigInt(quarks);
  const isNear = apart <= QUARKS_APART_MAX && apart >= -QUARKS_APART_MAX;
  return isNear ? null : 'payment native amount and quark value mismatch';
}

/**
 * What is asked for in the currency's minor units: the one time that the wire's double is
 * converted. Fiat is rounded to hundredths, as the payload of the scannable code was; a text says
 * why the currency cannot carry it.
 */
export function minorUnits({ currency, nativeAmount, quarks }: RequestTerms): bigint | string {
  if (quarks !== null) return BigInt(quarks);
  const digits = currencyDigits(currency);
  const hundredths = hundredthsOf(nativeAmount);
  if (digits === null || hundredths === null) return `${currency} cannot carry this amount`;
  if (digits >= 2) return hundredths * 10n ** BigInt(digits - 2);
  const unit = 10n ** BigInt(2 - digits);
  if (hundredths % unit === 0n) return hundredths / unit;
  return `${currency} amounts have at most ${digits} decimals`;
}

/**
 * An amount in minor units as the hundredths of the currency's unit that a code carries; null where
 * it has a finer part, or the currency is none.
 */
export function hundredthsAsked(minor: bigint, currency: string): bigint | null {
  const digits = currencyDigits(currency);
  if (digits === null) return null;
  if (digits <= 2) return minor * 10n ** BigInt(2 - digits);
  const unit = 10n ** BigInt(digits - 2);
  return minor % unit === 0n ? minor / unit : null;
}

function keyText(key: { value: Uint8Array } | undefined): string {
  if (key === undefined) throw new Error('a key that is required was not checked for');
  return toBase58(key.value);
}
