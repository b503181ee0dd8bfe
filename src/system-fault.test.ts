import { expect, test } from 'vitest';
import { StartFault } from './start-fault.js';
import { orStartFault } from './system-fault.js';

test.each([
  [Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE' }), 'it is in use. Choose'],
  [new Error('SQLITE_NOTADB'), 'it is damaged, or no database. Restore a backup: tender restore'],
  [new Error('one line\nand its stack'), 'one line.'],
])('what the system says is one line of a StartFault: %s', async (error, said) => {
  const fault = orStartFault('It cannot start', async () => {
    throw error;
  });
  await expect(fault).rejects.toThrow(StartFault);
  await expect(fault).rejects.toThrow(`It cannot start: ${said}`);
});
