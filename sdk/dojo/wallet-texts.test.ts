import { describe, expect, test } from 'vitest';
import { buttonText, walletTexts } from './wallet-texts.js';

describe('the words of the simulated wallet', () => {
  test.each(['en', 'de', 'fr', 'es', 'it', 'nl'])('are all there in %s', (language) => {
    const texts = walletTexts(`${language}-XX`);
    expect(Object.values(texts).every((text) => text.length > 0)).toBe(true);
    expect(texts.cancel).toMatch(/^(Cancel|Abbrechen|Annuler|Cancelar|Annulla|Annuleren)$/);
  });

  test('are English for another language', () => {
    expect(walletTexts('ja').pay).toBe('Pay');
  });

  test.each([
    ['buy', 'Buy with wallet'],
    ['plain', 'Wallet'],
    ['cancel', 'Wallet'],
    [undefined, 'Wallet'],
  ])('on a button of type %s', (type, text) => {
    expect(buttonText(walletTexts('en'), type)).toBe(text);
  });
});
