/** The button in a shop's page. It only says that it was pressed: the page opens the rest. */
import { LABELS } from '../../sdk/code/browser/element-options.js';
import '../ui/tokens.css';
import './button.css';
import { element } from '../frames/elements.js';
import { drawMark } from '../ui/drawing.js';
import { readAddress } from './address.js';
import { openChannel } from './channel.js';
import { applyTheme } from './theme.js';

/** The room that the published elements give it. */
const SIZE = { width: 222, height: 60 };

const address = readAddress(location.pathname, location.hash);
if (address !== null && address.channel !== null) {
  applyTheme(address.options.appearance);
  const channel = openChannel(address.channel);
  const button = element('button', { type: 'button' }, drawMark(), LABELS[address.mode]);
  button.addEventListener('click', () => channel.emit('invoke'));
  document.body.replaceChildren(button);
  channel.emit('resize', SIZE);
}
