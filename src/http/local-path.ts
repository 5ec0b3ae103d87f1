/** Only a path of this node: `//elsewhere` and `/\elsewhere` leave it in browsers. */
export function localPath(path: string): string {
  return /^\/(?![/\\])[^\p{Cc}]*$/u.test(path) ? path : '/';
}
