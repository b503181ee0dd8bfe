import { timestampDate } from '@bufbuild/protobuf/wkt';
import {
  Currency,
  GetAllRatesResponse_Result,
} from '../../src/wire/code/proto/code/currency/v1/currency_pb.js';
import {
  AirdropRequestSchema,
  AirdropResponse_Result,
  AirdropType,
  GetLimitsRequestSchema,
  Transaction,
} from '../../src/wire/code/proto/code/transaction/v2/transaction_pb.js';
import { WalletError } from './errors.js';
import { primaryOf } from './open.js';
import { signed } from './signed.js';
import type { CurrencyLimits, Means, Rates } from './wallet.js';

/** What the wallet's own account holds, in quarks. */
export async function readBalance(means: Means): Promise<bigint> {
  return (await primaryOf(means)).balance;
}

/** What a kin is worth now. Throws WalletError `protocol` where the server has no rates. */
export async function readRates({ transport }: Means): Promise<Rates> {
  const answer = await transport.call(Currency.method.getAllRates, {});
  const { result, asOf, rates } = answer;
  if (result !== GetAllRatesResponse_Result.OK || asOf === undefined) {
    throw new WalletError('protocol', 'The server has no exchange rates.');
  }
  const usable = Object.entries(rates).filter(([, rate]) => Number.isFinite(rate) && rate > 0);
  return { asOf: timestampDate(asOf), rates: new Map([...usable, ['kin', 1]]) };
}

/** The rate of a currency. Throws WalletError `unsupported` where there is none. */
export function rateOf({ rates }: Rates, currency: string): number {
  const rate = rates.get(currency);
  if (rate !== undefined) return rate;
  throw new WalletError('unsupported', `There is no exchange rate for ${currency.toUpperCase()}.`);
}

/** Asks for test money; returns how many quarks came. */
export async function faucet({ keys, transport }: Means): Promise<bigint> {
  const owner = { value: keys.owner.publicKey };
  const airdropType = AirdropType.GET_FIRST_KIN;
  const request = await signed(AirdropRequestSchema, { airdropType, owner }, keys.owner);
  const { result, exchangeData } = await transport.call(Transaction.method.airdrop, request);
  switch (result) {
    case AirdropResponse_Result.OK:
      return exchangeData?.quarks ?? 0n;
    case AirdropResponse_Result.ALREADY_CLAIMED:
      throw new WalletError('unavailable', 'This wallet has enough test money already.');
    default:
      throw new WalletError('unavailable', 'This server gives no test money.');
  }
}

/** What a payment request may ask for, by currency. */
export async function readLimits({
  keys,
  transport,
}: Means): Promise<ReadonlyMap<string, CurrencyLimits>> {
  const owner = { value: keys.owner.publicKey };
  const request = await signed(GetLimitsRequestSchema, { owner }, keys.owner);
  const { microPaymentLimitsByCurrency } = await transport.call(
    Transaction.method.getLimits,
    request,
  );
  return new Map(
    Object.entries(microPaymentLimitsByCurrency).map(([currency, limit]) => [
      currency,
      { min: shortest(limit.minPerTransaction), max: shortest(limit.maxPerTransaction) },
    ]),
  );
}

/** The wire has single precision, whose 0.05 reads 0.05000000074505806 as a double. */
const FLOAT_DIGITS = 7;

function shortest(float: number): number {
  return Number(float.toPrecision(FLOAT_DIGITS));
}
