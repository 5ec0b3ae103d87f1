/** Plain text for mail programs of thirty years, and the same words as HTML for those that show nothing else. */

/** RFC 5322, 2.1.1 recommends 78; quoting adds to it. */
const lineLength = 72;

export function wrapText(text: string): string {
  return text.split('\n').map(wrapLine).join('\n');
}

function wrapLine(line: string): string {
  const indent = /^(?:\s*(?:[-•]|\p{Nd}{1,4}[.)])\s+)?/u.exec(line)?.[0].length ?? 0;
  const lines: string[] = [];
  let current = '';
  for (const word of line.slice(indent).split(' ')) {
    const longer = current === '' ? word : `${current} ${word}`;
    if (longer.length + indent > lineLength && current !== '') {
      lines.push(current);
      current = word;
    } else current = longer;
  }
  return [...lines, current]
    .map((part, at) => (at === 0 ? line.slice(0, indent) : ' '.repeat(indent)) + part)
    .join('\n')
    .replaceAll(/ +$/gm, '');
}

/** Directional isolates of the locales: old programs show them as boxes. Where a script needs them, they stay. */
export const forMail = (text: string, direction: 'ltr' | 'rtl'): string =>
  direction === 'rtl' ? text : text.replaceAll(/[\u2066-\u2069]/g, '');

export function toHtml(text: string, language: string, direction: 'ltr' | 'rtl'): string {
  const paragraphs = text
    .trim()
    .split(/\n{2,}/)
    .map((paragraph) => `<p>${linkAddresses(escapeHtml(paragraph)).replaceAll('\n', '<br>\n')}</p>`);
  return `<!doctype html><html lang="${language}" dir="${direction}"><head><meta charset="utf-8"></head><body>\n${paragraphs.join('\n')}\n</body></html>\n`;
}

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const linkAddresses = (html: string): string =>
  html.replaceAll(/\bhttps?:\/\/[^\s<]*[^\s<.,;:!?)]/g, (address) => `<a href="${address}">${address}</a>`);
