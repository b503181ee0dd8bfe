import { describe, expect, test } from 'vitest';
import { refusalText } from '../../sdk/browser/messages.js';
import { LANGUAGES, languageOf, textsIn } from './texts.js';

const english = await textsIn('en');

/** All texts of a tree, by their path. */
function flat(texts: object, path = ''): [string, string][] {
  return Object.entries(texts).flatMap(([name, text]) =>
    typeof text === 'string' ? [[path + name, text]] : flat(text, `${name}.`),
  ) as [string, string][];
}

describe.each(LANGUAGES)('the texts in %s', (language) => {
  test('say everything that the English do', async () => {
    const texts = new Map(flat(await textsIn(language)));
    for (const [path, text] of flat(english)) {
      const translated = texts.get(path) ?? '';
      expect(translated.trim(), path).not.toBe('');
      expect(translated.includes('{shop}'), path).toBe(text.includes('{shop}'));
      if (path.startsWith('faults')) expect(translated, path).toMatch(/\.$/);
    }
    expect(texts.size).toBe(flat(english).length);
  });

  test('are not left in English', async () => {
    if (language === 'en') return;
    const texts = flat((await textsIn(language)).faults);
    const same = texts.filter(([path, text]) => new Map(flat(english.faults)).get(path) === text);
    expect(same).toEqual([]);
  });

  test('have one for each common refusal', () => {
    const codes = ['card_declined', 'expired_card', 'incorrect_cvc', 'processing_error'];
    const found = [...codes, 'incorrect_number'].map((code) => refusalText(language, code, null));
    if (language === 'en') expect(found.every((text) => text === null)).toBe(true);
    else expect(new Set(found.filter((text) => text !== null)).size).toBe(5);
  });
});

test('a tag stands for its language, and auto for the first that the browser has', () => {
  expect(languageOf('de-AT', [])).toBe('de');
  expect(languageOf('auto', ['ja-JP', 'fr-CA', 'en'])).toBe('fr');
  expect(languageOf('ja', ['de'])).toBe('en');
  expect(languageOf('constructor', [])).toBe('en');
});

test('the decline code has its own text, else the code has it', () => {
  expect(refusalText('de-DE', 'card_declined', 'insufficient_funds')).toContain('gedeckt');
  expect(refusalText('de', 'card_declined', 'lost_card')).toBe('Ihre Karte wurde abgelehnt.');
  expect(refusalText('de', 'rate_limit', null)).toBeNull();
});
