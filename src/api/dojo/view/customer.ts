import type { Customer } from '../../../domain/customer.js';
import type { JsonObject } from '../../../domain/json.js';
import type { PaymentMethod } from '../../../domain/payment-method.js';
import { wireId } from '../ids.js';
import { keptOf } from '../kept-customer.js';
import { addressOf } from '../postal.js';
import type { View, WireObject } from '../request.js';
import { expiryDate, maskedNumber, schemeOf } from './card.js';
import { SUPPORTED_METHODS } from './shop.js';
import { wireTime } from './time.js';

/** A customer, whichever dialect has made it. */
export function customerView(customer: Customer, { livemode }: View): WireObject {
  const kept = keptOf(customer);
  const { name, email, phone, address, shipping } = customer;
  const shippedTo = (shipping?.address ?? null) as JsonObject | null;
  return {
    id: wireId('customer', customer.id, livemode),
    name: name ?? undefined,
    shippingAddress: addressOf(shippedTo, kept.shippingAddress),
    billingAddress: addressOf(address, kept.billingAddress),
    emailAddress: email ?? undefined,
    phoneNumber: phone ?? undefined,
    vatNumber: kept.vatNumber,
    createdAt: wireTime(customer.created),
    updatedAt: wireTime(kept.updatedAt ?? customer.created),
    documentVersion: kept.documentVersion ?? 0,
  };
}

/** What a customer can pay with, his saved cards first. */
export function customerMethodsView(
  { id, account }: Customer,
  methods: readonly PaymentMethod[],
  { livemode }: View,
): WireObject {
  return {
    customerId: wireId('customer', id, livemode),
    merchantId: wireId('account', account, livemode),
    savedPaymentMethods: methods.map((method) => ({
      id: wireId('method', method.id, livemode),
      cardDetails: method.card && {
        pan: maskedNumber(method.card),
        expiryDate: expiryDate(method.card),
        scheme: schemeOf(method.card.brand),
      },
    })),
    supportedPaymentMethods: SUPPORTED_METHODS,
  };
}
