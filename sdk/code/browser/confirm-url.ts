/** Where the intent's id goes in a URL of the shop's. */
const PLACEHOLDER = /\{\{INTENT_ID\}\}|%7B%7BINTENT_ID%7D%7D/gi;

/**
 * The address of a shop's confirmation page, absolute, with the intent's id in its place; the page
 * itself where none was given. Null where it is no address of the web: a script is none.
 * @param base the page on which the element is
 */
export function confirmUrl(url: string | undefined, base: string, intent: string): string | null {
  const text = (url ?? base).replace(PLACEHOLDER, intent);
  if (!URL.canParse(text, base)) return null;
  const { protocol, href } = new URL(text, base);
  return protocol === 'https:' || protocol === 'http:' ? href : null;
}
