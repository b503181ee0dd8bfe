import { describe, expect, test } from 'vitest';
import { elements } from './code.js';
import type { ElementOptions } from './element-options.js';

const options: ElementOptions = {
  destination: 'E8otxw1CVX9bfyddKu3ZB3BVLa4VVF9J7CTPdnUwT9jR',
  amount: 0.05,
  currency: 'usd',
};

describe('elements', () => {
  test('are made by their type', () => {
    expect(Object.keys(elements.create('button', options))).toEqual(['button']);
    expect(Object.keys(elements.create('page', options))).toEqual(['page']);
    expect(() => elements.create('card', options)).toThrow('Card elements are not yet supported.');
    expect(() => elements.create('form' as never, options)).toThrow('Unknown element type: form');
  });

  test('tell what they were made from, and what is left out', () => {
    const { button } = elements.create('button', { ...options, appearance: 'dark' });
    expect(button?.getMode()).toBe('payment');
    expect(button?.getLocale()).toBe('en');
    expect(button?.getAppearance()).toBe('dark');
    expect(button?.getOptions()).toMatchObject(options);
  });

  test('are not made from options that are none', () => {
    expect(() => elements.create('button', { ...options, currency: 'xyz' })).toThrow(
      'invalid currency',
    );
    expect(() => elements.create('button', { mode: 'tip' })).toThrow('platform is required');
  });

  test('take no update that makes them invalid', () => {
    const { button } = elements.create('button', options);
    button?.update({ clientSecret: '3u6BsMecq8cofJM' });
    expect(() => button?.update({ destination: 'nowhere' })).toThrow('invalid address');
    expect(button?.getOptions()).toMatchObject({ ...options, clientSecret: '3u6BsMecq8cofJM' });
  });
});
