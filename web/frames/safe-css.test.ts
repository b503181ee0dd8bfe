import { describe, expect, test } from 'vitest';
import { appearanceSheet, elementSheet, safeValue } from './safe-css.js';

describe('a value', () => {
  test.each([
    '16px',
    '#ff00aa',
    'rgb(1, 2, 3)',
    '0 1px 3px rgba(0, 0, 0, 0.1), 0 0 0 2px var(--colorPrimary)',
    '"Inter", system-ui, sans-serif',
    'calc(1rem + 2px)',
    'color-mix(in srgb, red 10%, blue)',
  ])('%s is safe', (value) => {
    expect(safeValue(value)).toBe(value);
  });

  test.each([
    'url(https://a.example/x)',
    'URL (x)',
    'image-set("x" 1x)',
    'red;} body{display:none',
    'red}',
    '\\75rl(x)',
    'expression(alert(1))',
    'attr(value)',
    'element(#Field-numberInput)',
    '"open',
    '(()',
    'a /* b',
    '</style>',
    'x'.repeat(301),
    { toString: () => 'red' },
    null,
  ])('%s is not', (value) => {
    expect(safeValue(value)).toBeNull();
  });
});

describe('the look of an element', () => {
  test('has its states and what is within them', () => {
    const sheet = elementSheet({
      base: {
        color: '#111',
        iconColor: 'green',
        padding: '4px',
        fontSmoothing: 'antialiased',
        '::placeholder': { color: '#999' },
        ':focus': { color: 'blue' },
      },
      invalid: { color: 'red', iconColor: 'red' },
      complete: { backgroundImage: 'none', position: 'fixed' },
    });
    expect(sheet.split('\n')).toEqual(
      expect.arrayContaining([
        '.line{padding:4px}',
        '.line input{color:#111;-webkit-font-smoothing:antialiased}',
        '.line .icon{color:green}',
        '.line input::placeholder{color:#999}',
        '.line input:focus{color:blue}',
        '.line input.is-invalid{color:red}',
        '.line.is-invalid .icon{color:red}',
      ]),
    );
    expect(sheet).not.toMatch(/fixed|background-image/);
  });

  test.each([undefined, null, 'red', { base: 'red' }, { base: { ':focus': 1 } }])(
    'is nothing for %j',
    (style) => {
      expect(elementSheet(style)).toBe('');
    },
  );
});

describe('an appearance', () => {
  test('sets variables that are known', () => {
    const variables = {
      colorPrimary: '#0570de',
      spacingUnit: '3px',
      ink: 'red',
      fontFamily: 'a;b',
    };
    expect(appearanceSheet({ variables })).toBe(
      ':root:root{--colorPrimary:#0570de;--spacingUnit:3px}\n',
    );
  });

  test('has rules for the parts of a form and their states', () => {
    const sheet = appearanceSheet({
      rules: {
        '.Input--invalid:hover': { boxShadow: '0 0 1px red' },
        '.Tab, .Label, body': { color: 'blue' },
        '.Input::placeholder': { color: 'gray' },
        '.Input, * { } .x': { color: 'black' },
        '.Input .Error': { color: 'pink' },
        'input[value^="4"]': { color: 'white' },
      },
    });
    expect(sheet).toBe(
      '.form .Input--invalid:hover{box-shadow:0 0 1px red}\n' +
        '.form .Tab,.form .Label{color:blue}\n' +
        '.form .Input::placeholder{color:gray}\n' +
        '.form .Input{color:black}\n',
    );
  });
});
