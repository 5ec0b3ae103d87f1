/** The tree of any log that is held here, our own or a peer's: peers' tiles are rebuilt from the leaves they sent and kept beside ours. */
import { frontierRoot, readFrontier } from '@reciproca/tlog/merkle';
import type { Hash } from '@reciproca/tlog/hash';
import { makeHashReader, readHashTile } from '@reciproca/tlog/tile';
import type { House } from '../house.ts';
import type { LogFiles } from './files.ts';

export interface HeldLog {
  readonly id: number;
  readonly is_own: boolean;
  readonly proven_size: number;
}

export function filesOf(files: LogFiles, log: Pick<HeldLog, 'id' | 'is_own'>): LogFiles {
  if (log.is_own) return files;
  const prefix = `mirrors/${log.id}/`;
  return {
    read: (path) => files.read(prefix + path),
    write: (path, bytes) => files.write(prefix + path, bytes),
    drop: (path) => files.drop(prefix + path),
  };
}

export function hashReaderOf(house: House, log: HeldLog) {
  const files = filesOf(house.journal.files, log);
  return makeHashReader(log.proven_size, (tile) => readHashTile(tile, (path) => files.read(path)));
}

/** The root this log had at an earlier size, as its leaves say. */
export async function rootAt(house: House, log: HeldLog, size: number): Promise<Hash> {
  return frontierRoot(await readFrontier(size, hashReaderOf(house, log)));
}
