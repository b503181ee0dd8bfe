/* global Stripe */
// Pays an order: the payment element shows the fields, `confirmPayment` does the rest. The card's
// number never reaches this page: the element is a frame of the payment provider's.

const form = document.querySelector('#checkout');
const button = document.querySelector('#pay');
const problem = document.querySelector('#problem');
const { order, clientSecret, publishableKey } = form.dataset;

const stripe = Stripe(publishableKey);
const dark = matchMedia('(prefers-color-scheme: dark)').matches;
const elements = stripe.elements({
  clientSecret,
  appearance: { theme: dark ? 'night' : 'stripe' },
});
const payment = elements.create('payment');
payment.on('ready', () => {
  button.disabled = false;
});
payment.mount('#payment');

function tell(message) {
  problem.textContent = message;
  problem.hidden = message === '';
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  tell('');
  button.disabled = true;
  form.setAttribute('aria-busy', 'true');
  const { error } = await stripe.confirmPayment({
    elements,
    confirmParams: {
      return_url: `${location.origin}/orders/${order}`,
      receipt_email: form.email.value,
    },
    redirect: 'if_required',
  });
  form.removeAttribute('aria-busy');
  if (error === undefined) {
    location.assign(`/orders/${order}`);
    return;
  }
  // The same intent can be paid with another card: nothing has to be made anew.
  button.disabled = false;
  tell(error.message);
});
