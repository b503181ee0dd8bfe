/** The labels of the fields that are no secret, in the order of `FIELDS`. */
const FIELDS = [
  'email',
  'name',
  'country',
  'line1',
  'line2',
  'city',
  'state',
  'postal_code',
  'phone',
] as const;
export type FieldName = (typeof FIELDS)[number];

const TEXTS: Readonly<Record<string, string>> = {
  en: 'Email|Full name|Country|Address|Address line 2|City|State or region|Postal code|Phone',
  de: 'E-Mail|Vor- und Nachname|Land|Adresse|Adresszusatz|Ort|Bundesland|Postleitzahl|Telefon',
  fr: 'E-mail|Nom complet|Pays|Adresse|Complément d’adresse|Ville|Région|Code postal|Téléphone',
  es: 'Correo|Nombre completo|País|Dirección|Dirección 2|Ciudad|Provincia|Código postal|Teléfono',
  it: 'E-mail|Nome completo|Paese|Indirizzo|Indirizzo 2|Città|Provincia|CAP|Telefono',
  nl: 'E-mail|Volledige naam|Land|Adres|Adresregel 2|Plaats|Provincie|Postcode|Telefoon',
};

/** A field's label in the language of the page; English where it has none. */
export function labelOf(field: FieldName, language: string): string {
  const texts = (TEXTS[language] ?? TEXTS.en ?? '').split('|');
  return texts[FIELDS.indexOf(field)] ?? field;
}

/** The language part of a tag; of `auto`, the browser's. */
export function languageOf(locale: string, browser: string): string {
  return (locale === 'auto' ? browser : locale).toLowerCase().split(/[-_]/)[0] ?? 'en';
}

/** Countries by their ISO codes. */
export const COUNTRIES = (
  'ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICK' +
  'CLCMCNCOCRCUCVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGS' +
  'GTGUGWGYHKHMHNHRHTHUIDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULV' +
  'LYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPM' +
  'PNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTR' +
  'TTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSYEYTZAZMZW'
).match(/../g) as string[];
