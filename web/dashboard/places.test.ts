import { expect, test } from 'vitest';
import { MENU, placeAt } from './places.js';

test('every place of the menu is there, and has a key of its own', () => {
  for (const [path] of MENU) expect(placeAt(path)).not.toBeNull();
  expect(new Set(MENU.map(([, , key]) => key)).size).toBe(MENU.length);
});

test('a path names what it shows, decoded', () => {
  expect(placeAt('/intents/pi_1')?.params).toEqual(['pi_1']);
  expect(placeAt('/ledger/merchant%3Aavailable')?.params).toEqual(['merchant:available']);
  expect(placeAt('/ledger/%zz')?.params).toEqual(['%zz']);
});

test('a path that nothing has leads nowhere', () => {
  expect(placeAt('/nothing')).toBeNull();
  expect(placeAt('/intents/pi_1/more')).toBeNull();
});
