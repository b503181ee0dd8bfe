/** Currencies by their index in a payload: kin, then ISO 4217 codes in alphabetical order. */
const CODES = (
  'kin aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd ' +
  'btn bwp byn bzd cad cdf chf clp cny cop crc cup cve czk djf dkk dop dzd egp ern etb eur ' +
  'fjd fkp gbp gel ghs gip gmd gnf gtq gyd hkd hnl hrk htg huf idr ils inr iqd irr isk jmd ' +
  'jod jpy kes kgs khr kmf kpw krw kwd kyd kzt lak lbp lkr lrd lyd mad mdl mga mkd mmk mnt ' +
  'mop mru mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg ' +
  'qar ron rsd rub rwf sar sbd scr sdg sek sgd shp sll sos srd ssp stn syp szl thb tjs tmt ' +
  'tnd top try ttd twd tzs uah ugx usd uyu uzs ves vnd vuv wst xaf xcd xof xpf yer zar zmw'
).split(' ');

const INDEXES: ReadonlyMap<string, number> = new Map(CODES.map((code, index) => [code, index]));

/** The index of a lower-case code; null where a payload cannot carry that currency. */
export function currencyIndex(code: string): number | null {
  return INDEXES.get(code) ?? null;
}

/** The lower-case code at an index, null where there is none. */
export function currencyAt(index: number): string | null {
  return CODES[index] ?? null;
}
