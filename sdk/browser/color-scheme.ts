/** The colours that the page has there. */
export function schemeOf(node: HTMLElement): 'light' | 'dark' {
  const schemes = getComputedStyle(node).colorScheme.split(/\s+/);
  const prefersDark = matchMedia('(prefers-color-scheme: dark)').matches;
  const isDark = schemes.includes('dark') && (prefersDark || !schemes.includes('light'));
  return isDark ? 'dark' : 'light';
}
