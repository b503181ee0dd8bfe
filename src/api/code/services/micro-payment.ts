import type { MicroPayment } from '../../../wire/code/proto/code/micropayment/v1/micropayment_pb.js';
import type { Service } from '../service.js';
import type { CodeDependencies } from '../settings.js';

/** The MicroPayment service. */
export function microPaymentService(_deps: CodeDependencies): Service<typeof MicroPayment> {
  return {};
}
