/** Where a log and its entries are shown on this node. */
export function logPath(log: { readonly origin: string; readonly isOwn: boolean }): string {
  return log.isOwn ? '/log' : `/log/of/${encodeURIComponent(log.origin)}`;
}

export const entryPath = (log: { readonly origin: string; readonly isOwn: boolean }, index: number): string =>
  `${logPath(log)}/${index}`;
