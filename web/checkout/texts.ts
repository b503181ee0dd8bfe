import {
  type Texts as FieldTexts,
  textsIn as fieldTextsIn,
  type Language,
  languageOf,
} from '../frames/texts.js';
import { EN } from './texts-en.js';

/** Every text of the page beside those of its fields, which are the frames'. */
export type Texts = Readonly<Record<keyof typeof EN, string>>;

/** English is always there; the others are fetched when somebody speaks them. */
const LOADERS: Readonly<Record<Language, () => Promise<Texts>>> = {
  de: async () => (await import('./texts-de.js')).DE,
  en: async () => EN,
  es: async () => (await import('./texts-es.js')).ES,
  fr: async () => (await import('./texts-fr.js')).FR,
  it: async () => (await import('./texts-it.js')).IT,
  nl: async () => (await import('./texts-nl.js')).NL,
};

/** All texts of the page in a language. Throws where they cannot be fetched. */
export function textsIn(language: Language): Promise<Texts> {
  return LOADERS[language]();
}

/** How the page speaks. */
export interface Speech {
  readonly language: Language;
  /** The customer's own form of the language, by which amounts and dates are written. */
  readonly locale: string;
  readonly texts: Texts;
  readonly fields: FieldTexts;
}

/** The speech of somebody with these languages; English where its texts cannot be fetched. */
export async function speechOf(wanted: readonly string[]): Promise<Speech> {
  const language = languageOf('auto', wanted);
  try {
    const [texts, fields] = await Promise.all([textsIn(language), fieldTextsIn(language)]);
    const own = wanted.find((tag) => tag.toLowerCase().split('-')[0] === language);
    // A browser's own tag may be none that numbers can be written by (`en-US@posix`).
    const [locale = language] = isLocale(own) ? Intl.getCanonicalLocales(own) : [];
    return { language, locale, texts, fields };
  } catch {
    return { language: 'en', locale: 'en', texts: EN, fields: await fieldTextsIn('en') };
  }
}

function isLocale(tag: string | undefined): tag is string {
  try {
    return tag !== undefined && Intl.NumberFormat.supportedLocalesOf(tag).length > 0;
  } catch {
    return false;
  }
}

/** A text with its places filled in. */
export function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => values[name] ?? place);
}
