/** The page: the card is typed into a frame of Tender's, and never reaches this shop. */
export function shopPage(tender, publishableKey) {
  return `<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <title>One lamp</title>
  <style>
    body { max-width: 26rem; margin: 3rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui; }
    button { margin-top: 1rem; padding: 0.6rem 1.2rem; font: inherit; }
  </style>
  <h1>One lamp, £20.00</h1>
  <form>
    <div id="card"></div>
    <button type="submit">Pay £20.00</button>
    <p role="status"></p>
  </form>
  <script src="${tender}/v3/"></script>
  <script type="module">
    const stripe = Stripe('${publishableKey}');
    const told = document.querySelector('[role=status]');
    const { id, clientSecret } = await (await fetch('/payments', { method: 'POST' })).json();
    const elements = stripe.elements({ clientSecret });
    elements.create('payment').mount('#card');
    document.querySelector('form').addEventListener('submit', async (event) => {
      event.preventDefault();
      const confirmParams = { return_url: location.href };
      const paying = { elements, confirmParams, redirect: 'if_required' };
      const { error } = await stripe.confirmPayment(paying);
      if (error) {
        told.textContent = error.message;
        return;
      }
      // The webhook decides; it comes a moment after the payment.
      let state = 'open';
      while (state === 'open') {
        await new Promise((resolve) => setTimeout(resolve, 300));
        ({ state } = await (await fetch('/payments/' + id)).json());
      }
      told.textContent = state === 'paid' ? 'Paid. Thank you!' : 'We have not got your payment.';
    });
  </script>
</html>
`;
}
