import { isOver, isSubmitted } from '../../../engine/requests.js';
import { toBase58 } from '../../../wire/code/base58.js';
import type { MicroPayment } from '../../../wire/code/proto/code/micropayment/v1/micropayment_pb.js';
import { readRendezvous } from '../requests/stored.js';
import type { Service } from '../service.js';
import type { CodeDependencies } from '../settings.js';
import { keyField } from '../signed-call.js';

/** The MicroPayment service; `codify` and `getPathMetadata`, which are for paywalls, are not. */
export function microPaymentService({ engine }: CodeDependencies): Service<typeof MicroPayment> {
  return {
    getStatus: async ({ intentId }) => {
      const id = toBase58(keyField('GetStatusRequest.IntentId', intentId));
      const found = await readRendezvous(engine, id);
      const { request } = found;
      return {
        exists: request !== null,
        codeScanned: request !== null && request.scannedAt !== null,
        intentSubmitted: isSubmitted(found),
        requestOver: isOver(found),
      };
    },
  };
}
