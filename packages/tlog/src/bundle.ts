/** Entry bundles of c2sp.org/tlog-tiles: up to 256 entries, each behind its length as a big-endian uint16. */
import { formatTilePath, type ReadFile, type Tile, TILE_WIDTH } from './tile.ts';
import { TlogError } from './tlog-error.ts';

export const MAX_ENTRY_BYTES = 0xffff;
const LENGTH_BYTES = 2;

export function formatBundle(entries: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(
    entries.flatMap((entry) => {
      if (entry.byteLength > MAX_ENTRY_BYTES)
        throw new TlogError('entry.too-large', 'an entry has at most 65535 bytes');
      return [Buffer.of(entry.byteLength >> 8, entry.byteLength & 0xff), entry];
    }),
  );
}

/** The entries are views into the bundle. */
export function parseBundle(bundle: Uint8Array, width: number): Uint8Array[] {
  const view = new DataView(bundle.buffer, bundle.byteOffset, bundle.byteLength);
  const entries: Uint8Array[] = [];
  let position = 0;
  while (position < bundle.byteLength) {
    if (entries.length === width) throw new TlogError('bundle.malformed', 'bytes after the last entry');
    const start = position + LENGTH_BYTES;
    const end = start > bundle.byteLength ? start : start + view.getUint16(position);
    if (end > bundle.byteLength) throw new TlogError('bundle.malformed', 'the last entry is cut off');
    entries.push(bundle.subarray(start, end));
    position = end;
  }
  if (entries.length < width) throw new TlogError('bundle.malformed', `fewer than ${width} entries`);
  return entries;
}

/** As for tiles, a full bundle stands in for a partial one that the log has dropped. */
export async function readBundle(tile: Tile, readFile: ReadFile): Promise<Uint8Array[]> {
  const path = formatTilePath(tile);
  const bytes = await readFile(path);
  if (bytes !== undefined) return parseBundle(bytes, tile.width);
  const full = tile.width < TILE_WIDTH ? await readFile(formatTilePath({ ...tile, width: TILE_WIDTH })) : undefined;
  if (full === undefined) throw new TlogError('tile.missing', `the log has no ${path}`);
  return parseBundle(full, TILE_WIDTH).slice(0, tile.width);
}
