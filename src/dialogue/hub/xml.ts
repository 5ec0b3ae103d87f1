/** XML 1.0 as text. Whatever is put in is escaped here and nowhere else; signs that no XML document may hold are left out. */

declare const written: unique symbol;
/** Well-formed: made by `element` or `text` only. */
export type Xml = string & { readonly [written]: true };

type Attributes = Readonly<Record<string, string | undefined>>;

// XML 1.0, production 2 (Char). Lone surrogates are no characters either.
// oxlint-disable-next-line no-control-regex -- the production is written out
const forbidden = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const escape = (value: string): string =>
  value.replace(forbidden, '').replace(/[&<>"]/g, (sign) => entities[sign] ?? sign);

export const text = (value: string): Xml => escape(value) as Xml;

/** Children that are undefined are left out. */
export function element(name: string, attributes: Attributes, ...children: readonly (Xml | undefined)[]): Xml {
  const given = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${escape(value).replaceAll('\n', '&#10;')}"`],
  );
  const inner = children.filter((child) => child !== undefined).join('');
  return (inner === '' ? `<${name}${given.join('')}/>` : `<${name}${given.join('')}>${inner}</${name}>`) as Xml;
}

/** An element that holds text only; undefined when there is none to hold. */
export const leaf = (name: string, value: string | undefined, attributes: Attributes = {}): Xml | undefined =>
  value === undefined ? undefined : element(name, attributes, text(value));

export const document = (root: Xml): string => `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;
