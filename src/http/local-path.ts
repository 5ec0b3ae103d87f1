/** Only a path of this node: `//elsewhere` and `/\elsewhere` leave it in browsers. */
export function localPath(path: string): string {
  return /^\/(?![/\\])[^\u0000-\u001f]*$/.test(path) ? path : '/';
}
