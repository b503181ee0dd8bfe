import { describe, expect, test } from 'vitest';
import { renderMarkdown } from './markdown.js';

const html = (text: string) => renderMarkdown(text, (target) => target).html;

describe('a document', () => {
  test('has its first heading as its title, and headings to lead to', () => {
    const { title, headings } = renderMarkdown(
      '# Using `it`\n\n## The two flows\n\n## The two flows\n\n## Is it 3-D Secure?\n',
      () => null,
    );
    expect(title).toBe('Using it');
    expect(headings.map(({ id }) => id)).toEqual([
      'using-it',
      'the-two-flows',
      'the-two-flows-1',
      'is-it-3-d-secure',
    ]);
  });

  test('has paragraphs, whatever their lines', () => {
    expect(html('one\ntwo\n\nthree')).toBe('<p>one\ntwo</p>\n<p>three</p>');
  });

  test('has emphasis, code and links within a text', () => {
    expect(html('**a `b`** and *c* of `x < y`')).toBe(
      '<p><strong>a <code>b</code></strong> and <em>c</em> of <code>x &lt; y</code></p>',
    );
    expect(html('[a `b`](c.md#d), <https://e.example/?f&g>')).toBe(
      '<p><a href="c.md#d">a <code>b</code></a>, ' +
        '<a href="https://e.example/?f&amp;g">https://e.example/?f&amp;g</a></p>',
    );
    expect(html('a*b*c, pm_card_*, 2 * 3 * 4')).toBe('<p>a*b*c, pm_card_*, 2 * 3 * 4</p>');
  });

  test('has code as it was written', () => {
    expect(html('```sh\na <b> **c**\n\n# d\n```\nafter')).toBe(
      '<pre tabindex="0"><code>a &lt;b&gt; **c**\n\n# d</code></pre>\n<p>after</p>',
    );
    expect(html('```\nnever closed')).toBe('<pre tabindex="0"><code>never closed</code></pre>');
  });

  test('has lists, with what is indented below an item', () => {
    expect(html('- a\n  b\n- c\n\n  d\n\nafter')).toBe(
      '<ul>\n<li>a\nb</li>\n<li><p>c</p>\n<p>d</p></li>\n</ul>\n<p>after</p>',
    );
    expect(html('1. a\n   - b\n2. c')).toBe(
      '<ol>\n<li><p>a</p>\n<ul>\n<li>b</li>\n</ul></li>\n<li>c</li>\n</ol>',
    );
  });

  test('has tables', () => {
    const rendered = html('| a | b |\n| --- | ---: |\n| `c\\|d` | 1 |\nafter');
    expect(rendered).toContain('<thead><tr><th>a</th><th class="number">b</th></tr></thead>');
    expect(rendered).toContain('<tr><td><code>c|d</code></td><td class="number">1</td></tr>');
    expect(rendered).toMatch(/<p>after<\/p>$/);
  });

  test('has pictures, as Markdown and as tags', () => {
    expect(html('![a "b"](c.png)')).toBe(
      '<p><img src="c.png" alt="a &quot;b&quot;" loading="lazy"></p>',
    );
    expect(html('<img src="c.png" width="270" alt="d" onerror="e">')).toBe(
      '<p><img src="c.png" alt="d" width="270" loading="lazy"></p>',
    );
  });

  test('shows no comments', () => {
    expect(html('<!-- run -->\na <!-- b --> c\n<!-- d\ne -->\nf')).toBe('<p>a  c</p>\n<p>f</p>');
  });

  test('becomes no tag but those that are made here', () => {
    expect(html('<script>alert(1)</script> "quoted" & <b>')).toBe(
      '<p>&lt;script&gt;alert(1)&lt;/script&gt; &quot;quoted&quot; &amp; &lt;b&gt;</p>',
    );
  });

  test('says the text of a link that leads nowhere', () => {
    expect(renderMarkdown('[a](javascript:b) ![c](d)', () => null).html).toBe('<p>a c</p>');
  });
});
