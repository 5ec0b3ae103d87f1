import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';

/** The one stylesheet. Its address changes with its content, so it may be cached for ever. */
export interface Stylesheet {
  readonly path: string;
  readonly text: string;
}

function findStyle(): URL {
  // Beside this file in the sources; the built program runs from dist/ next to src/.
  const places = ['./style.css', '../src/ui/style.css'].map((place) => new URL(place, import.meta.url));
  const found = places.find((place) => existsSync(place));
  if (!found) throw new Error(`style.css is neither at ${places.map(String).join(' nor at ')}`);
  return found;
}

export const stylesheet: Stylesheet = (() => {
  const text = readFileSync(findStyle(), 'utf8');
  const hash = createHash('sha256').update(text).digest('base64url').slice(0, 10);
  return { path: `/style-${hash}.css`, text };
})();
