import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deriveKeys } from './keys.js';

const OLD = Buffer.alloc(32, 1);
const NEW = Buffer.alloc(32, 2);
const CARD = '4242424242424242';

describe('seal and open', () => {
  const keys = deriveKeys(OLD);

  test('what was sealed for a row opens for that row', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (plain, row) => {
        expect(keys.open(keys.seal(plain, row), row)).toBe(plain);
        expect(keys.openSecret(keys.sealSecret(plain, row), row)).toBe(plain);
      }),
    );
  });

  test('has its text form and never the same twice', () => {
    const sealed = keys.seal(CARD, 'pm_1');
    expect(sealed).toMatch(/^v1\.[0-9a-f]{8}\.[0-9A-Za-z_-]+$/);
    expect(sealed).not.toContain(CARD);
    expect(keys.seal(CARD, 'pm_1')).not.toBe(sealed);
  });

  test('another row, another purpose or another master does not open it', () => {
    const sealed = keys.seal(CARD, 'pm_1');
    expect(() => keys.open(sealed, 'pm_2')).toThrow('belongs to another row');
    expect(() => keys.openSecret(sealed, 'pm_1')).toThrow('was changed');
    expect(() => deriveKeys(NEW).open(sealed, 'pm_1')).toThrow('which is not given');
  });

  test('any change of any character is noticed', () => {
    const sealed = keys.seal(CARD, 'pm_1');
    for (let index = 0; index < sealed.length; index += 1) {
      for (const char of ['A', 'B', '.', ' ', '']) {
        const changed = sealed.slice(0, index) + char + sealed.slice(index + 1);
        if (changed !== sealed) expect(() => keys.open(changed, 'pm_1')).toThrow(Error);
      }
      expect(() => keys.open(sealed.slice(0, index), 'pm_1')).toThrow(Error);
    }
    expect(() => keys.open(`${sealed}=`, 'pm_1')).toThrow('damaged');
    expect(() => keys.open(`${sealed}.x`, 'pm_1')).toThrow('not a sealed text');
  });

  test('an error never tells what was sealed', () => {
    const broken = keys.seal(CARD, 'pm_1');
    expect.assertions(1);
    try {
      keys.open(broken, 'pm_2');
    } catch (error) {
      expect(String(error)).not.toContain(CARD);
    }
  });
});

describe('rotation', () => {
  const before = deriveKeys(OLD);
  const during = deriveKeys(NEW, [OLD]);

  test('old texts open, new ones take the new key', () => {
    expect(during.open(before.seal(CARD, 'pm_1'), 'pm_1')).toBe(CARD);
    expect(deriveKeys(NEW).open(during.seal(CARD, 'pm_1'), 'pm_1')).toBe(CARD);
    expect(() => before.open(during.seal(CARD, 'pm_1'), 'pm_1')).toThrow('which is not given');
  });

  test('a key id cannot be exchanged for another', () => {
    const id = (sealed: string) => sealed.split('.')[1] ?? '';
    const sealed = before.seal(CARD, 'pm_1');
    const renamed = sealed.replace(id(sealed), id(during.seal(CARD, 'pm_1')));
    expect(() => during.open(renamed, 'pm_1')).toThrow('was changed');
  });

  test('it is known which texts the new key has sealed', () => {
    const old = before.seal(CARD, 'pm_1');
    expect([during.isCurrent(old), before.isCurrent(old)]).toEqual([false, true]);
    expect(during.isCurrent(during.seal(CARD, 'pm_1'))).toBe(true);
    expect(during.isCurrent(during.sealSecret(CARD, 'we_1'))).toBe(true);
  });

  test('fingerprints and digests stay equal', () => {
    expect(during.fingerprint(CARD)).toBe(before.fingerprint(CARD));
    expect(during.digest('a=1')).toBe(before.digest('a=1'));
  });
});

describe('fingerprint and digest', () => {
  const keys = deriveKeys(OLD);

  test('are equal for equals, and differ otherwise and under another master', () => {
    expect(keys.fingerprint(CARD)).toMatch(/^[0-9A-Za-z]{16}$/);
    expect(keys.fingerprint(CARD)).toBe(deriveKeys(OLD).fingerprint(CARD));
    expect(keys.fingerprint(CARD)).not.toBe(keys.fingerprint('4000056655665556'));
    expect(keys.fingerprint(CARD)).not.toBe(deriveKeys(NEW).fingerprint(CARD));
    expect(keys.digest('a=1')).toMatch(/^[0-9A-Za-z_-]{22}$/);
    expect(keys.digest('a=1')).toBe(keys.digest(Buffer.from('a=1')));
    expect(keys.digest('a=1')).not.toBe(keys.digest('a=2'));
    expect(keys.digest('a=1')).not.toBe(deriveKeys(NEW).digest('a=1'));
  });

  test('stay what they are: stored ones must match in every release', () => {
    expect(keys.fingerprint(CARD)).toBe('HYwXTMRWCeptZLk8');
    expect(keys.digest('a=1')).toBe('CaV6b29WXdsUdc7umRNTyQ');
  });
});

test('a master of another length, or given twice, is refused', () => {
  expect(() => deriveKeys(Buffer.alloc(31))).toThrow('32 bytes');
  expect(() => deriveKeys(NEW, [Buffer.alloc(33)])).toThrow('32 bytes');
  expect(() => deriveKeys(NEW, [NEW])).toThrow('twice');
});
