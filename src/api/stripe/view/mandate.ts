import type { Mandate } from '../../../domain/mandate.js';
import type { Acceptance } from '../../../domain/setup.js';
import { pageUrl } from '../../place.js';
import type { View, WireObject } from './view.js';

function acceptanceView({ kind, acceptedAt, ip, userAgent }: Acceptance): WireObject {
  const online = { ip_address: ip, user_agent: userAgent };
  return { accepted_at: acceptedAt, [kind]: kind === 'online' ? online : {}, type: kind };
}

/** What a scheme adds to its mandates. */
function detailsView(mandate: Mandate, { publicUrl }: View): WireObject {
  const { account, id, methodType, reference, secret } = mandate;
  const url = pageUrl(publicUrl, 'mandates', { account, id, secret: secret ?? '' });
  switch (methodType) {
    case 'sepa_debit':
      return { reference, url };
    case 'au_becs_debit':
      return { url };
    case 'bacs_debit':
      return {
        display_name: null,
        network_status: 'accepted',
        reference,
        revocation_reason: null,
        service_user_number: null,
        url,
      };
    case 'acss_debit':
      return {
        interval_description: null,
        payment_schedule: 'sporadic',
        transaction_type: 'personal',
      };
    default:
      return {};
  }
}

/** A Mandate. */
export function mandateView(mandate: Mandate, view: View): WireObject {
  const { id, acceptance, method, methodType, singleUse, state } = mandate;
  return {
    id,
    object: 'mandate',
    customer_acceptance: acceptanceView(acceptance) as never,
    livemode: view.livemode,
    ...(singleUse === null ? { multi_use: {} } : { single_use: singleUse }),
    payment_method: method,
    payment_method_details: {
      type: methodType,
      [methodType]: detailsView(mandate, view) as never,
    },
    status: state,
    type: singleUse === null ? 'multi_use' : 'single_use',
  };
}
