'use client';

import { loadTender } from '@tender/sdk/browser';
import { useEffect, useRef, useState } from 'react';

/** The form: the card is typed into a frame of Tender's, and never reaches this shop. */
export function PayForm({ tender, publishableKey }) {
  const place = useRef(null);
  const paying = useRef(null);
  const [told, setTold] = useState('');

  useEffect(() => {
    let element = null;
    let isGone = false;
    async function open() {
      const stripe = (await loadTender(tender))(publishableKey);
      const { clientSecret } = await (await fetch('/payments', { method: 'POST' })).json();
      if (isGone) return;
      const elements = stripe.elements({ clientSecret });
      element = elements.create('payment');
      element.mount(place.current);
      paying.current = { stripe, elements };
    }
    open().catch((error) => setTold(error.message));
    return () => {
      isGone = true;
      element?.destroy();
    };
  }, [tender, publishableKey]);

  async function pay(event) {
    event.preventDefault();
    if (paying.current === null) return;
    const { stripe, elements } = paying.current;
    const confirmParams = { return_url: location.href };
    const { error } = await stripe.confirmPayment({
      elements,
      confirmParams,
      redirect: 'if_required',
    });
    setTold(error ? error.message : 'Thank you! We ship when it is confirmed.');
  }

  return (
    <form onSubmit={pay}>
      <div ref={place} />
      <button type="submit">Pay £20.00</button>
      <p role="status">{told}</p>
    </form>
  );
}
