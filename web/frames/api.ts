import type { Answer, FrameSetup, WireError } from '../../sdk/browser/protocol.js';
import { formEncoded, type Tree } from './form-encoding.js';
import type { Language, Texts } from './texts.js';

const WAIT_MS_MAX = 80_000;

/** Calls the API for the page, with the page's publishable key. Never rejects. */
export async function callApi(
  setup: FrameSetup,
  path: string,
  params: Tree,
  { language, texts }: { language: Language; texts: Texts },
): Promise<Answer> {
  const origin = document.querySelector<HTMLMetaElement>('meta[name=tender-origin]')?.content;
  try {
    const response = await fetch(`${origin ?? location.origin}${path}`, {
      method: 'POST',
      credentials: 'omit',
      headers: {
        authorization: `Bearer ${setup.publishableKey}`,
        'content-type': 'application/x-www-form-urlencoded',
        ...(setup.apiVersion ? { 'stripe-version': setup.apiVersion } : {}),
        ...(setup.stripeAccount ? { 'stripe-account': setup.stripeAccount } : {}),
      },
      body: formEncoded(params),
      signal: AbortSignal.timeout(WAIT_MS_MAX),
    });
    const body = await response.json();
    if (response.ok) return { ok: true, value: body };
    return { ok: false, error: await translated(body.error as WireError, language) };
  } catch {
    return { ok: false, error: { type: 'api_connection_error', message: texts.offline } };
  }
}

/** A refusal in the customer's language; its texts are fetched only now. */
async function translated(error: WireError, language: Language): Promise<WireError> {
  if (error.type !== 'card_error' || language === 'en') return error;
  const found = await import('../../sdk/browser/messages.js').catch(() => null);
  const { code = '', decline_code: declineCode } = error;
  const decline = typeof declineCode === 'string' ? declineCode : null;
  const text = found?.refusalText(language, code, decline) ?? null;
  return text === null ? error : { ...error, message: text };
}
