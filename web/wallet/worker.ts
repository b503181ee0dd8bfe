interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): string };
}

const WORKER = '/sw.js';

/**
 * Starts the service worker, where the browser lets a page have one: not with a certificate that
 * it was only told to overlook. The wallet works without, but not offline.
 */
export function startWorker(): void {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  const policy = trustedTypes?.createPolicy('tender-wallet', {
    createScriptURL: (url) => {
      if (url !== WORKER) throw new TypeError('no script of ours');
      return url;
    },
  });
  const url = policy?.createScriptURL(WORKER) ?? WORKER;
  navigator.serviceWorker?.register(url, { scope: '/' }).catch(() => undefined);
}
