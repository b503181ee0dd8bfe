/** What a kin is made of. */
export const QUARKS_PER_KIN = 100_000n;

/** A finite, non-negative number as digits × 10^-scale: its shortest decimal text, nothing else. */
function decimalOf(value: number): { digits: bigint; scale: number } {
  const [, whole = '', fraction = '', exponent = '0'] =
    /^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value)) ?? [];
  if (whole === '') throw new RangeError(`${value} is no amount`);
  const scale = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 };
}

/**
 * What an amount costs in quarks, exactly, rounded up: the payee never gets less than was asked.
 * Throws RangeError for what is not above zero.
 * @param amount whole units of a currency
 * @param rate of that currency per kin
 */
export function quarksOf(amount: number, rate: number): bigint {
  const [price, per] = [decimalOf(amount), decimalOf(rate)];
  if (price.digits === 0n || per.digits === 0n) throw new RangeError('an amount is above zero');
  const numerator = price.digits * QUARKS_PER_KIN * 10n ** BigInt(per.scale);
  const denominator = per.digits * 10n ** BigInt(price.scale);
  return (numerator + denominator - 1n) / denominator;
}

/** What quarks are worth in a currency: for people to read, not to calculate with. */
export function worthOf(quarks: bigint, rate: number): number {
  return (Number(quarks) / Number(QUARKS_PER_KIN)) * rate;
}

const BASIS_POINTS = 10_000n;

/** A part of a payment that goes to somebody else, rounded down to quarks. */
export function feeOf(gross: bigint, basisPoints: number): bigint {
  return (gross * BigInt(basisPoints)) / BASIS_POINTS;
}
