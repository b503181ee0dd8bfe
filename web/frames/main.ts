/**
 * The page of every frame: `/frames/element.html?kind=<FrameKind>&origin=<origin of the page>`.
 * What passes between it and the page is in `sdk/browser/protocol.ts`. The fields keep the `name`s
 * that tests of pages with Stripe.js look for (`cardnumber`, `exp-date`, `cvc`, `postal`; in a
 * payment form `number`, `expiry`, `cvc`, `country`, `postalCode`).
 */
import '../ui/tokens.css';
import './frame.css';
import { openFrame } from './frame.js';
import { meetPage } from './handshake.js';

const kind = new URLSearchParams(location.search).get('kind');
// Under way while the page and the frame get to know each other.
if (kind === 'payment') void import('./payment-form.js');
meetPage(openFrame);
