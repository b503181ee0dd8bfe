import { EN } from './texts-en.js';
import type { FaultCode } from './verdict.js';

/** Every text that a frame shows. `{shop}` stands for the name of the shop. */
export interface Texts {
  readonly faults: Readonly<Record<FaultCode, string>>;
  readonly frame: string;
  readonly number: string;
  readonly expiry: string;
  readonly expiryForm: string;
  readonly cvc: string;
  readonly cvcShort: string;
  readonly country: string;
  readonly postal: string;
  readonly zip: string;
  /** Where there is little room. */
  readonly zipShort: string;
  readonly name: string;
  readonly email: string;
  readonly routing: string;
  readonly account: string;
  readonly holder: string;
  readonly individual: string;
  readonly company: string;
  readonly accountType: string;
  readonly checking: string;
  readonly savings: string;
  readonly method: string;
  readonly another: string;
  readonly ends: string;
  readonly card: string;
  readonly sepa: string;
  readonly bank: string;
  readonly redirect: string;
  readonly shop: string;
  readonly cardTerms: string;
  readonly sepaTerms: string;
  readonly bankTerms: string;
  readonly offline: string;
}

/** English is always there; the others are fetched when a page speaks them. */
const LOADERS = {
  de: async () => (await import('./texts-de.js')).DE,
  en: async () => EN,
  es: async () => (await import('./texts-es.js')).ES,
  fr: async () => (await import('./texts-fr.js')).FR,
  it: async () => (await import('./texts-it.js')).IT,
  nl: async () => (await import('./texts-nl.js')).NL,
} as const satisfies Readonly<Record<string, () => Promise<Texts>>>;
export type Language = keyof typeof LOADERS;
export const LANGUAGES = Object.keys(LOADERS) as Language[];

/** The language for a tag such as `de-AT`; `auto` takes the first of the browser's own. */
export function languageOf(tag: string, browser: readonly string[]): Language {
  const wanted = tag === 'auto' ? browser : [tag];
  for (const each of wanted) {
    const language = each.toLowerCase().split(/[-_]/)[0] ?? '';
    if (Object.hasOwn(LOADERS, language)) return language as Language;
  }
  return 'en';
}

/** All texts of a language; English where they cannot be fetched. */
export async function textsIn(language: Language): Promise<Texts> {
  try {
    return await LOADERS[language]();
  } catch {
    return EN;
  }
}
