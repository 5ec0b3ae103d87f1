// Unicode: controls (Cc), and the marks, embeddings, overrides and isolates that change the direction of what stands around them (UAX #9, 2).
const invisible = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A name as it may stand in a title, a list or a file: somebody else's must not be able to turn the words around it. */
export function plainName(name: string): string {
  return name.replace(invisible, '').trim();
}
