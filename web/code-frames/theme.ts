/**
 * Takes the colours that the page asks for; without such a wish the person's own. The frame itself
 * stays see-through: a canvas of another colour scheme than the page's would be painted opaque.
 */
export function applyTheme(appearance: unknown): void {
  if (appearance === 'light' || appearance === 'dark')
    document.documentElement.dataset.theme = appearance;
}
