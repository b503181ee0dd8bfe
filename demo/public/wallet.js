// The button for wallets. When it is pressed, the shop's server makes the request: what it answers
// ties the code on the screen to the order, and only the server can say later that it was paid.

const place = document.querySelector('#wallet');
const problem = document.querySelector('#problem');
const { api, amount, destination } = place.dataset;
const { order } = document.querySelector('#checkout').dataset;

const { default: code } = await import(`${api}/v1/code.js`);
const dark = matchMedia('(prefers-color-scheme: dark)').matches;
const { button } = code.elements.create('button', {
  currency: 'gbp',
  destination,
  amount: Number(amount),
  appearance: dark ? 'dark' : 'light',
  confirmParams: {
    success: { url: '/verify/{{INTENT_ID}}' },
  },
});

button.on('invoke', async () => {
  problem.hidden = true;
  const response = await fetch(`/orders/${order}/code`, { method: 'POST' });
  if (!response.ok) throw new Error('The shop could not ask for the payment. Try again.');
  const { clientSecret } = await response.json();
  button.update({ clientSecret });
});

button.on('error', ({ message }) => {
  problem.textContent = message;
  problem.hidden = false;
});

button.mount(place);
