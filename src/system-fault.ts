import { scrubText } from './logger.js';
import { StartFault } from './start-fault.js';

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'it is in use. Choose another with --port or PORT; 0 is any free one',
  EACCES: 'that is not allowed. Ports below 1024 are for the system',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'this name has no address',
  ECONNREFUSED: 'nothing answers there',
  SQLITE_NOTADB: 'it is damaged, or no database. Restore a backup: tender restore',
  SQLITE_CORRUPT: 'it is damaged. Restore a backup: tender restore',
};

/** Turns what the system or a driver says into one line. */
export async function orStartFault<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    const [line = ''] = scrubText(message || code).split('\n');
    throw new StartFault(
      `${what}: ${REASONS[code] ?? REASONS[line] ?? line}.`.replace(/\.+$/, '.'),
      {
        cause: error,
      },
    );
  }
}
