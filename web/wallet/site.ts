import type { Site } from '../../sdk/wallet/offers.js';
import { element } from '../frames/elements.js';
import { paragraph, pill } from './dom.js';

/** What a person calls who asks. */
export function siteName(site: Site | null): string {
  return site?.domain ?? 'a shop without a name';
}

/** Who asks, and whether that is proven. */
export function siteNode(site: Site | null): HTMLElement {
  if (site === null) {
    return element(
      'div',
      { class: 'site' },
      element('p', { class: 'domain' }, 'A shop without a name'),
      pill('○', 'Unverified', 'attention'),
      paragraph('It did not say who it is. Pay only if you know whose screen this is.', 'soft'),
    );
  }
  return element(
    'div',
    { class: 'site' },
    element('p', { class: 'domain' }, site.domain),
    site.verified ? pill('●', 'Verified', 'good') : pill('○', 'Unverified', 'attention'),
    paragraph(
      site.verified
        ? 'Its own key signed this. It gets an id of you that is for it alone.'
        : 'It says so itself: the domain’s own key did not sign this.',
      'soft',
    ),
  );
}
