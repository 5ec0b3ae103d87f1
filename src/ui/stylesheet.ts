import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { findPackageRoot } from '../package-root.ts';

/** The one stylesheet. Its address changes with its content, so it may be cached for ever. */
export interface Stylesheet {
  readonly path: string;
  readonly text: string;
}

export const stylesheet: Stylesheet = (() => {
  const text = readFileSync(path.join(findPackageRoot(), 'src/ui/style.css'), 'utf8');
  const hash = createHash('sha256').update(text).digest('base64url').slice(0, 10);
  return { path: `/style-${hash}.css`, text };
})();
