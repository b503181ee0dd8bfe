import { orders } from '../../../shop.js';

/** Whether a payment is believed. */
export async function GET(_, { params }) {
  const { id } = await params;
  return Response.json({ state: orders.get(id) ?? 'unknown' });
}
