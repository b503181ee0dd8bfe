/**
 * A shop's page with the published clients, bundled by the test that opens it: `window.page.what`
 * says which of its three forms it takes.
 */
import {
  CardElement,
  Elements,
  PaymentElement,
  useElements,
  useStripe,
} from '@stripe/react-stripe-js';
import { loadStripe, type Stripe } from '@stripe/stripe-js';
import { createElement as h, type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

interface Page {
  readonly page: { readonly what: 'plain' | 'card' | 'payment'; readonly secret: string };
  done(result: unknown): void;
}

const { page, done } = globalThis as unknown as Page;
const { what, secret } = page;
const ready = (): void => done({ ready: true });

function Form({ pay, children }: { pay: () => Promise<unknown>; children: ReactNode }) {
  const onSubmit = async (event: { preventDefault(): void }): Promise<void> => {
    event.preventDefault();
    done(await pay());
  };
  return h('form', { onSubmit }, children, h('button', { type: 'submit' }, 'Pay'));
}

function CardForm() {
  const [stripe, elements] = [useStripe(), useElements()];
  const pay = async (): Promise<unknown> => {
    const card = elements?.getElement(CardElement);
    return card && stripe?.confirmCardPayment(secret, { payment_method: { card } });
  };
  return h(Form, { pay, children: h(CardElement, { id: 'card', onReady: ready }) });
}

function PaymentForm() {
  const [stripe, elements] = [useStripe(), useElements()];
  const pay = async (): Promise<unknown> =>
    elements && stripe?.confirmPayment({ elements, redirect: 'if_required' });
  return h(Form, { pay, children: h(PaymentElement, { id: 'payment', onReady: ready }) });
}

const loading: Promise<Stripe | null> = loadStripe('pk_test_shop');

if (what === 'plain')
  loading.then((stripe) => stripe?.retrievePaymentIntent(secret)).then(done, done);
else {
  const root = createRoot((globalThis as unknown as { document: { body: never } }).document.body);
  const options = what === 'payment' ? { clientSecret: secret } : {};
  const form = h(what === 'card' ? CardForm : PaymentForm);
  const provider = h(Elements, { stripe: loading, options, children: form });
  root.render(h(StrictMode, null, provider));
}
