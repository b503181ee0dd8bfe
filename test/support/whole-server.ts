import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { isFault, readConfig } from '../../src/config.js';
import { startTender, type Tender } from '../../src/main.js';
import { newDatabaseFolder } from './stores.js';

/** A server with all that `tender start` has, in a folder of its own. */
export interface WholeServer {
  readonly tender: Tender;
  readonly url: string;
  /** What it logged, a line each. */
  readonly logged: string[];
  stop(): Promise<void>;
}

/** Starts one on a free port, over SQLite. */
export async function startWholeServer(env: Record<string, string> = {}): Promise<WholeServer> {
  const folder = newDatabaseFolder();
  const config = readConfig(
    { TENDER_DATA: join(folder, 'data'), PORT: '0', TENDER_WALLET_PORT: 'off', ...env },
    {},
  );
  if (isFault(config)) throw new Error(config.fault);
  const logged: string[] = [];
  const logOutput = { write: (line: string) => void logged.push(line) };
  const tender = await startTender(config, { logOutput });
  return {
    tender,
    url: tender.boundUrl,
    logged,
    stop: async () => {
      await tender.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
