/**
 * JSON from outside. `JSON.parse` keeps the last of two equal keys, so two readers can understand one signed text
 * differently (RFC 8259, section 4); here a repeated key is refused, as are texts over the stated size or depth.
 */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export class JsonError extends Error {
  override readonly name = 'JsonError';
}

const maximumDepth = 32;

export function parseJson(text: string, limitCharacters: number): Json {
  if (text.length > limitCharacters) throw new JsonError(`longer than ${limitCharacters} characters`);
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw new JsonError('not JSON');
  }
  refuseRepeatedKeys(text);
  return value;
}

const decodeUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function parseJsonBytes(bytes: Uint8Array, limitBytes: number): Json {
  if (bytes.length > limitBytes) throw new JsonError(`longer than ${limitBytes} bytes`);
  let text: string;
  try {
    text = decodeUtf8.decode(bytes);
  } catch {
    throw new JsonError('not UTF-8');
  }
  return parseJson(text, limitBytes);
}

/** Walks a text already known to be JSON. A stack entry is the set of keys of an open object, or null for an array. */
function refuseRepeatedKeys(text: string): void {
  const open: (Set<string> | null)[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '{' || character === '[') {
      open.push(character === '{' ? new Set() : null);
      if (open.length > maximumDepth) throw new JsonError(`nested deeper than ${maximumDepth}`);
    } else if (character === '}' || character === ']') {
      open.pop();
    } else if (character === '"') {
      const end = endOfString(text, at);
      const keys = open.at(-1);
      if (keys && isFollowedByColon(text, end)) {
        const key = JSON.parse(text.slice(at, end)) as string;
        if (keys.has(key))
          throw new JsonError(`the key ${JSON.stringify(key.slice(0, 60))} stands twice in one object`);
        keys.add(key);
      }
      at = end - 1;
    }
  }
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function isFollowedByColon(text: string, from: number): boolean {
  let at = from;
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at++;
  return text[at] === ':';
}
