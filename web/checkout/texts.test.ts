import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { LANGUAGES } from '../frames/texts.js';
import { filled, speechOf, textsIn } from './texts.js';
import { EN } from './texts-en.js';

const places = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();

describe.each(LANGUAGES)('the checkout in %s', (language) => {
  test('says everything, with the same places to be filled in', async () => {
    const texts = await textsIn(language);
    expect(Object.keys(texts)).toEqual(Object.keys(EN));
    for (const [name, text] of Object.entries(EN)) {
      const own = texts[name as keyof typeof EN];
      expect(own.trim(), name).not.toBe('');
      expect(places(own), name).toEqual(places(text));
      // Voice: no exclamation marks.
      expect(own, name).not.toContain('!');
    }
  });

  test('is not left in English', async () => {
    if (language === 'en') return;
    const texts = await textsIn(language);
    const sentences = Object.entries(EN).filter(([, text]) => text.includes(' '));
    const same = sentences.filter(([name, text]) => texts[name as keyof typeof EN] === text);
    expect(same).toEqual([]);
  });
});

test('every text is used by the page', () => {
  const folder = new URL('./', import.meta.url);
  const code = readdirSync(folder)
    .filter((name) => /^(?!texts).*(?<!\.test)\.ts$/.test(name))
    .map((name) => readFileSync(new URL(name, folder), 'utf8'))
    .join('\n');
  // Made of a name: `expired` and `expiredText`.
  const made = /^(expired|canceled|unknown|offline|trouble)/;
  const unused = Object.keys(EN).filter(
    (name) => !made.test(name) && !new RegExp(`texts\\.${name}\\b`).test(code),
  );
  expect(unused).toEqual([]);
});

test('a customer is spoken to in their language, and amounts are in their form of it', async () => {
  const { language, locale, texts } = await speechOf(['ja-JP', 'de-AT', 'en']);
  expect({ language, locale }).toEqual({ language: 'de', locale: 'de-AT' });
  expect(texts.payPlain).toBe('Zahlen');
  expect(await speechOf(['ja'])).toMatchObject({ language: 'en', locale: 'en' });
  expect(await speechOf(['en-US@posix'])).toMatchObject({ locale: 'en' });
});

test('places of a text are filled in, and unknown ones left', () => {
  expect(filled('{a} of {b}', { a: '1' })).toBe('1 of {b}');
});
