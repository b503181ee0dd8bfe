import type { Answer, CardParts, FrameSetup, Question } from '../../sdk/browser/protocol.js';
import { callApi } from './api.js';
import type { Body, Chosen } from './body.js';
import { parseExpiry } from './expiry.js';
import { laidOver, type Tree } from './form-encoding.js';
import type { Language, Texts } from './texts.js';

export interface Speech {
  readonly language: Language;
  readonly texts: Texts;
}

/** A new method's parameters: the page's, and over them what was typed. */
function methodParams(chosen: Chosen & { saved: null }, params: Tree): Tree {
  const base = laidOver({ billing_details: chosen.billing }, params);
  return laidOver(base, { type: chosen.type, ...chosen.method });
}

/** What a question comes to: a call of the API, or a value that is there already. */
export type Plan = { readonly path: string; readonly params: Tree } | { readonly value: unknown };

/** Plans the making of a payment method, token or confirmation token of what was chosen. */
export function planOf(what: Question['what'], chosen: Chosen, params: Tree): Plan {
  if (what === 'confirmation_token') {
    const path = '/v1/confirmation_tokens';
    if (chosen.saved !== null)
      return { path, params: laidOver(params, { payment_method: chosen.saved }) };
    const data = (params.payment_method_data ?? {}) as Tree;
    return { path, params: { ...params, payment_method_data: methodParams(chosen, data) } };
  }
  if (chosen.saved !== null)
    return { value: { id: chosen.saved, object: 'payment_method', type: chosen.type } };
  if (what === 'payment_method')
    return { path: '/v1/payment_methods', params: methodParams(chosen, params) };
  const { address } = chosen.billing as { address?: { postal_code?: string } };
  const zip = { card: { address_zip: address?.postal_code } };
  return {
    path: '/v1/tokens',
    params: laidOver(laidOver(zip, params), { card: chosen.method.card }),
  };
}

/** The security code of a field of its own, as a single-use token. */
async function cvcToken(setup: FrameSetup, body: Body, speech: Speech): Promise<Answer> {
  const cvc = body.typed().cvc ?? '';
  return callApi(setup, '/v1/tokens', { cvc_update: { cvc } }, speech);
}

async function partOf(setup: FrameSetup, body: Body, speech: Speech): Promise<Answer> {
  if (setup.kind === 'cardExpiry') {
    const expiry = parseExpiry(body.typed().expiry ?? '');
    const value: Partial<CardParts> =
      expiry === null ? {} : { expMonth: expiry.month, expYear: expiry.year };
    return { ok: true, value };
  }
  if (setup.kind !== 'cardCvc') return { ok: true, value: {} };
  const answer = await cvcToken(setup, body, speech);
  if (!answer.ok) return answer;
  return { ok: true, value: { cvcToken: (answer.value as { id: string }).id } };
}

/** Answers a question of the script. What is missing or wrong is shown, and the API not asked. */
export async function answerTo(
  question: Question,
  setup: FrameSetup,
  body: Body,
  speech: Speech,
): Promise<Answer> {
  body.insist();
  const state = body.state();
  if (state.error !== null) return { ok: false, error: state.error };
  if (question.what === 'validate') return { ok: true, value: state };
  if (question.what === 'part') return partOf(setup, body, speech);
  if (question.what === 'token' && setup.kind === 'cardCvc') return cvcToken(setup, body, speech);
  const plan = planOf(question.what, body.chosen(question.parts), question.params);
  if ('value' in plan) return { ok: true, value: plan.value };
  return callApi(setup, plan.path, plan.params, speech);
}
