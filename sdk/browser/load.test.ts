import { expect, test } from 'vitest';
import { loadTender } from './load.js';

/** A page that notes its scripts; `arrive` says what comes of the newest. */
function newPage(window: { Stripe?: unknown } = {}) {
  const scripts: { src: string; listeners: Map<string, () => void> }[] = [];
  const document = {
    createElement: () => {
      const listeners = new Map<string, () => void>();
      return {
        src: '',
        listeners,
        addEventListener: (name: string, listen: () => void) => listeners.set(name, listen),
        remove: () => scripts.pop(),
      };
    },
    head: { append: (script: (typeof scripts)[number]) => scripts.push(script) },
  } as unknown as Document;
  const arrive = (event: 'load' | 'error', stripe?: unknown) => {
    if (stripe !== undefined) window.Stripe = stripe;
    scripts.at(-1)?.listeners.get(event)?.();
  };
  return { place: { document, window }, scripts, arrive };
}

test('the script is loaded once from the server, and gives what it brings', async () => {
  const { place, scripts, arrive } = newPage();
  const first = loadTender<string>('https://one.test', place);
  const second = loadTender<string>('https://one.test/', place);
  expect(scripts.map(({ src }) => src)).toEqual(['https://one.test/v3/']);
  arrive('load', 'Stripe');
  expect(await Promise.all([first, second])).toEqual(['Stripe', 'Stripe']);
});

test('a script that is on the page already is taken', async () => {
  const { place, scripts } = newPage({ Stripe: 'there' });
  expect(await loadTender('https://two.test', place)).toBe('there');
  expect(scripts).toEqual([]);
});

test('a script that does not come, or is another, is refused, and asked for again', async () => {
  const { place, scripts, arrive } = newPage();
  const lost = loadTender('https://three.test', place);
  arrive('error');
  await expect(lost).rejects.toThrow('https://three.test/v3/ could not be loaded');
  expect(scripts).toEqual([]);
  const other = loadTender('https://three.test', place);
  arrive('load');
  await expect(other).rejects.toThrow('not the script of Tender');
  const again = loadTender('https://three.test', place);
  arrive('load', 'Stripe');
  expect(await again).toBe('Stripe');
});
