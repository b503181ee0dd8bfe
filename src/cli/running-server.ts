import { connectionTo } from './wallet-connection.js';
import { servedUrl } from './wallet-file.js';

const ANSWER_MS_MAX = 2_000;

/** Whether a Tender answers at an origin; `data` is the folder whose certificate is trusted. */
export async function isTenderAt(url: string, data: string): Promise<boolean> {
  const { fetch: trusting } = connectionTo(url, data);
  try {
    const signal = AbortSignal.timeout(ANSWER_MS_MAX);
    const response = await (trusting ?? fetch)(`${url}/healthz`, { signal });
    const { status } = (await response.json()) as { status?: unknown };
    return response.ok && status === 'ok';
  } catch {
    return false;
  }
}

/**
 * The origin of the server that works on a data folder; null where none does. One that was killed
 * has left its address there, and is asked.
 */
export async function serverOn(data: string): Promise<string | null> {
  const url = servedUrl(data);
  return url !== null && (await isTenderAt(url, data)) ? url : null;
}
