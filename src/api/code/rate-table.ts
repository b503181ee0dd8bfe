/**
 * Units of a currency for one US dollar in November 2026. They are plausible rather than quoted:
 * a table that never changes lets a test, a demonstration and a wallet agree to the last digit.
 */
const PER_USD = `
  aed 3.6725     afn 66.5       all 83.4       amd 382.5      ang 1.79       aoa 917
  ars 1465       aud 1.53       awg 1.8        azn 1.7        bam 1.687      bbd 2
  bdt 122        bgn 1.687      bhd 0.376      bif 2950       bmd 1          bnd 1.3
  bob 6.91       brl 5.38       bsd 1          btn 88.6       bwp 13.4       byn 3.4
  bzd 2.01       cad 1.4        cdf 2250       chf 0.805      clp 940        cny 7.11
  cop 3800       crc 502        cup 24         cve 95.1       czk 20.9       djf 177.72
  dkk 6.44       dop 64.2       dzd 130.4      egp 47.4       ern 15         etb 154
  eur 0.8625     fjd 2.27       fkp 0.76       gbp 0.76       gel 2.71       ghs 11
  gip 0.76       gmd 73         gnf 8690       gtq 7.66       gyd 209        hkd 7.78
  hnl 26.3       hrk 6.498      htg 131        huf 332        idr 16700      ils 3.27
  inr 88.6       iqd 1310       irr 42100      isk 127        jmd 160.5      jod 0.709
  jpy 155        kes 129.3      kgs 87.45      khr 4010       kmf 425        kpw 900
  krw 1465       kwd 0.307      kyd 0.833      kzt 522        lak 21700      lbp 89500
  lkr 306        lrd 180        lyd 5.46       mad 9.27       mdl 16.9       mga 4480
  mkd 53.1       mmk 2100       mnt 3560       mop 8.01       mru 39.7       mur 46
  mvr 15.4       mwk 1734       mxn 18.4       myr 4.13       mzn 63.9       nad 17.2
  ngn 1448       nio 36.8       nok 10.15      npr 141.8      nzd 1.78       omr 0.3845
  pab 1          pen 3.38       pgk 4.24       php 58.9       pkr 281        pln 3.66
  pyg 7040       qar 3.64       ron 4.38       rsd 101.1      rub 80.5       rwf 1453
  sar 3.75       sbd 8.23       scr 14         sdg 600        sek 9.5        sgd 1.3
  shp 0.76       sll 23100      sos 571        srd 38.5       ssp 4700       stn 21.13
  syp 11050      szl 17.2       thb 32.4       tjs 9.25       tmt 3.5        tnd 2.94
  top 2.41       try 42.4       ttd 6.78       twd 31.2       tzs 2440       uah 42.2
  ugx 3630       usd 1          uyu 39.7       uzs 12000      ves 236        vnd 26350
  vuv 122        wst 2.8        xaf 565.77     xcd 2.7        xof 565.77     xpf 102.92
  yer 238.5      zar 17.2       zmw 22.6
`;

/** Units of a currency for one kin, which the table values at 0.00001 US dollars. */
export const PER_KIN: ReadonlyMap<string, number> = new Map([
  ['kin', 1],
  // The exponent is part of the text, so that the double is the nearest one to the decimal number.
  ...[...PER_USD.matchAll(/(\w{3}) (\S+)/g)].map(([, code, perUsd]): [string, number] => [
    code as string,
    Number(`${perUsd}e-5`),
  ]),
]);
