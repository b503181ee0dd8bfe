import { describe, expect, test } from 'vitest';
import { cardSheet } from './styles.js';

describe('the styles of a page', () => {
  test('apply to each state of every field', () => {
    const sheet = cardSheet({
      base: {
        default: { color: 'red', 'font-size': '18px', placeholder: { color: 'gray' } },
        focus: { borderColor: 'blue' },
        error: { color: 'maroon' },
        valid: { color: 'green' },
        errorFocus: { color: 'pink' },
        validFocus: { color: 'lime' },
        label: { fontWeight: 700 },
        container: { padding: '4px' },
        validationText: { color: 'brown' },
        validationIcon: { opacity: 0 },
      },
    });
    expect(sheet.split('\n')).toEqual([
      '.card .field{padding:4px}',
      '.card .field .Label{font-weight:700}',
      '.card .field .Input{color:red;font-size:18px}',
      '.card .field .Input::placeholder{color:gray}',
      '.card .field .Input.is-complete{color:green}',
      '.card .field .Input.is-invalid{color:maroon}',
      '.card .field .Input:focus{border-color:blue}',
      '.card .field .Input.is-complete:focus{color:lime}',
      '.card .field .Input.is-invalid:focus{color:pink}',
      '.card .field .Error{color:brown}',
      '.card .field .Error .sign{opacity:0}',
      '',
    ]);
  });

  test('of one field come after those of all', () => {
    const sheet = cardSheet({
      cv2: { default: { color: 'red' } },
      base: { default: { color: 'blue' } },
      form: { padding: '8px' },
      cardIcon: { color: 'navy' },
    });
    expect(sheet.split('\n')).toEqual([
      '.card .field .Input{color:blue}',
      '.card .field.cv2 .Input{color:red}',
      '.card.card{padding:8px}',
      '.card .CardIcon{color:navy}',
      '',
    ]);
  });

  test.each([
    [null],
    ['red'],
    [{ base: { default: { background: 'url(https://elsewhere.test/?x)' } } }],
    [{ base: { default: { position: 'fixed', display: 'none' } } }],
    [{ base: { default: { color: 'red} body{background:red' } } }],
    [{ body: { default: { color: 'red' } } }],
  ])('do nothing but look: %j', (styles) => {
    expect(cardSheet(styles)).toBe('');
  });
});
