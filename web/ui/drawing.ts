const SVG = 'http://www.w3.org/2000/svg';

/** An element of SVG. */
export function draw(
  tag: string,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly Node[]
): SVGElement {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** Tender's mark: a notched coin with a slash. Drawn in the colour of the text around it. */
export function drawMark(): SVGElement {
  const line = { fill: 'none', stroke: 'currentColor' };
  const middle = { ...line, cx: '16', cy: '16' };
  const edge = { r: '14.4', 'stroke-width': '2', 'stroke-dasharray': '1.9 1.116' };
  const slash = { d: 'M12.6 21.4 19.4 10.6', 'stroke-width': '3', 'stroke-linecap': 'round' };
  return draw(
    'svg',
    { viewBox: '0 0 32 32', class: 'mark', 'aria-hidden': 'true' },
    draw('circle', { ...middle, ...edge }),
    draw('circle', { ...middle, r: '12.4', 'stroke-width': '2.8' }),
    draw('path', { ...line, ...slash }),
  );
}
