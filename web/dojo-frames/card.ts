/**
 * The page of the card form: `/payments/v1/frames/card.html?origin=<origin of the page>`. What
 * passes between it and the page is in `sdk/dojo/protocol.ts`.
 */
import '../ui/tokens.css';
import '../frames/frame.css';
import './card.css';
import { meetPage } from '../frames/handshake.js';
import { openForm } from './form.js';

meetPage(openForm);
