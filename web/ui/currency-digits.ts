/** Currencies by the digits of their minor unit, where those are not two: ISO 4217's, and kin. */
const CODES: Readonly<Record<number, string>> = {
  0: 'bif clp djf gnf isk jpy kmf krw pyg rwf ugx uyi vnd vuv xaf xof xpf',
  3: 'bhd iqd jod kwd lyd omr tnd',
  4: 'clf uyw',
  5: 'kin',
};

const DIGITS: ReadonlyMap<string, number> = new Map(
  Object.entries(CODES).flatMap(([digits, codes]) =>
    codes.split(' ').map((code) => [code, Number(digits)] as const),
  ),
);

/**
 * Digits below the whole unit of a lower-case currency, as the server counts them. The browser is
 * not asked: Intl has the digits that prices are written with, none for huf, idr, cop or pkr, and
 * would show a hundred times what is paid.
 */
export function digitsOf(currency: string): number {
  return DIGITS.get(currency) ?? 2;
}
