import { drawQr } from '../ui/qr.js';
import type { App, Screen } from './app.js';
import { copyable, paragraph } from './dom.js';
import { screenOf } from './shell.js';

/** The wallet's address, for another wallet to scan. */
export function receiveScreen(app: App): Screen {
  const { address } = app.wallet;
  return screenOf(app, 'Receive', [
    drawQr(address, 'QR code of your address'),
    copyable(address, address, app.say),
    paragraph('Another wallet scans this, or you send it there. It is no secret.', 'soft'),
  ]);
}
