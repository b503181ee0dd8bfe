import type { Customer } from '../../../domain/customer.js';
import type { Json } from '../../../domain/json.js';
import type { View, WireObject } from './view.js';

/** A Customer; a deleted one is three fields. */
export function customerView(customer: Customer, view: View): WireObject {
  if (customer.deleted) return { id: customer.id, object: 'customer', deleted: true };
  const wire = (field: string, fallback: Json): Json => customer.wire[field] ?? fallback;
  const invoice = wire('invoice_settings', {}) as WireObject;
  return {
    id: customer.id,
    object: 'customer',
    address: customer.address,
    balance: wire('balance', 0),
    created: customer.created,
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: customer.description,
    discount: null,
    email: customer.email,
    invoice_prefix: wire('invoice_prefix', customer.invoicePrefix),
    invoice_settings: {
      custom_fields: invoice.custom_fields ?? null,
      default_payment_method: customer.defaultMethod,
      footer: invoice.footer ?? null,
      rendering_options: invoice.rendering_options ?? null,
    },
    livemode: view.livemode,
    metadata: customer.metadata,
    name: customer.name,
    next_invoice_sequence: wire('next_invoice_sequence', 1),
    phone: customer.phone,
    preferred_locales: wire('preferred_locales', []),
    shipping: customer.shipping,
    tax_exempt: wire('tax_exempt', 'none'),
    test_clock: customer.clockId,
  };
}
