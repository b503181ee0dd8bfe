import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { Agent, fetch as undiciFetch } from 'undici';
import { WebSocket } from 'ws';
import type { SocketConstructor, TransportOptions } from '../../sdk/wallet/envelope.js';
import { LAN_CERTIFICATE } from '../lan.js';

/**
 * How to reach a server. One that serves the local network has made its own certificate: whoever
 * can read its data folder trusts that, beside those that everybody trusts.
 */
export function connectionTo(url: string, data: string): TransportOptions {
  const own = url.startsWith('https:') ? lanCertificate(data) : null;
  // The same interface but for its types, which know more events.
  if (own === null) return { url, WebSocket: WebSocket as unknown as SocketConstructor };
  const ca = [...rootCertificates, own];
  const dispatcher = new Agent({ connect: { ca } });
  const Socket = class extends WebSocket {
    constructor(address: string) {
      super(address, { ca });
    }
  };
  const trusting = (input: string | URL, init: object): unknown =>
    undiciFetch(input, { ...init, dispatcher });
  return {
    url,
    WebSocket: Socket as unknown as SocketConstructor,
    fetch: trusting as unknown as typeof fetch,
  };
}

function lanCertificate(data: string): string | null {
  try {
    return readFileSync(join(data, LAN_CERTIFICATE), 'utf8');
  } catch {
    return null;
  }
}
