/**
 * The text of a bulletin: what a person can type into one field. A line that begins with `# ` or `## ` is a heading, lines that begin with `- ` are a
 * list, an empty line ends a paragraph. That is all. Nothing in it is ever read as HTML: a page draws it from these blocks.
 */
export type Block =
  | { readonly kind: 'heading'; readonly level: 2 | 3; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'paragraph'; readonly lines: readonly string[] };

// Control characters have no place in a text; the marks that turn the direction of what follows (UAX #9) can make a text read otherwise than
// it was written, so only those that close themselves with their line are kept.
const unwanted = /[^\P{Cc}\t\n]|[\u202A-\u202E]/gu;

export function parseMarkup(text: string): readonly Block[] {
  const blocks: Block[] = [];
  let items: string[] = [];
  let lines: string[] = [];
  const close = (): void => {
    if (items.length > 0) blocks.push({ kind: 'list', items });
    if (lines.length > 0) blocks.push({ kind: 'paragraph', lines });
    items = [];
    lines = [];
  };
  for (const line of text.replaceAll(/\r\n?/g, '\n').replaceAll(unwanted, '').split('\n')) {
    const trimmed = line.trim();
    const heading = /^(#{1,2})\s+(\S.*)$/.exec(trimmed);
    const item = /^-\s+(\S.*)$/.exec(trimmed);
    if (heading) {
      close();
      blocks.push({ kind: 'heading', level: heading[1] === '#' ? 2 : 3, text: heading[2] ?? '' });
    } else if (item) {
      if (lines.length > 0) close();
      items.push(item[1] ?? '');
    } else if (trimmed === '') close();
    else {
      if (items.length > 0) close();
      lines.push(trimmed);
    }
  }
  close();
  return blocks;
}

export function formatMarkup(blocks: readonly Block[]): string {
  return blocks
    .map((block) => {
      switch (block.kind) {
        case 'heading':
          return `${block.level === 2 ? '#' : '##'} ${block.text}`;
        case 'list':
          return block.items.map((item) => `- ${item}`).join('\n');
        case 'paragraph':
          return block.lines.join('\n');
      }
    })
    .join('\n\n');
}
