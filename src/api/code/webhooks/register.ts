import { type Registration, registerCodeWebhook } from '../../../engine/code-webhooks.js';
import { toBase58 } from '../../../wire/code/base58.js';
import {
  type MicroPayment,
  RegisterWebhookResponse_Result,
} from '../../../wire/code/proto/code/micropayment/v1/micropayment_pb.js';
import { callEngine } from '../call.js';
import type { Service } from '../service.js';
import type { CodeDependencies } from '../settings.js';
import { keyField } from '../signed-call.js';
import { makeWebhookUrlCheck } from './urls.js';

const RESULTS: Record<Registration, RegisterWebhookResponse_Result> = {
  ok: RegisterWebhookResponse_Result.OK,
  already_registered: RegisterWebhookResponse_Result.ALREADY_REGISTERED,
  request_not_found: RegisterWebhookResponse_Result.REQUEST_NOT_FOUND,
  intent_exists: RegisterWebhookResponse_Result.INTENT_EXISTS,
};

/**
 * MicroPayment.registerWebhook: the URL is looked at first, then what is known of the intent. An
 * identical URL is registered again with OK, unlike the published server: a create that is sent
 * again succeeds again, its webhook included.
 */
export function makeRegisterWebhook(
  deps: Pick<CodeDependencies, 'engine' | 'mode' | 'addresses' | 'limits'>,
): NonNullable<Service<typeof MicroPayment>['registerWebhook']> {
  const urlFault = makeWebhookUrlCheck(deps);
  return async ({ intentId, url }) => {
    const id = toBase58(keyField('RegisterWebhookRequest.IntentId', intentId));
    if ((await urlFault(url, 'v2')) !== null)
      return { result: RegisterWebhookResponse_Result.INVALID_URL };
    return { result: RESULTS[await callEngine(deps.engine, registerCodeWebhook(id, url))] };
  };
}
