import { expect, test } from 'vitest';
import { makeAdmission } from './admission.js';

test('so many are let in altogether, and so many from one address, until they leave', () => {
  const admission = makeAdmission('streams', 3, 2);
  admission.enter('a');
  admission.enter('a');
  expect(admission.fault('a')).toBe(
    'this address has 2 streams open, which is all that one may have',
  );
  expect(admission.fault('b')).toBeNull();
  admission.enter('b');
  expect(admission.fault('c')).toBe('the server has 3 streams open, which is all it takes');
  admission.leave('a');
  expect(admission.fault('c')).toBeNull();
  expect(admission.fault('a')).toBeNull();
  expect(admission.open).toBe(2);
});
