import { settings } from '../shop.js';
import { PayForm } from './pay-form.jsx';

// What it reads is set where it runs, not where it was built.
export const dynamic = 'force-dynamic';

export default function Page() {
  const { tender, publishableKey } = settings();
  return (
    <main>
      <h1>One lamp, £20.00</h1>
      <PayForm tender={tender} publishableKey={publishableKey} />
    </main>
  );
}
