import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { OperatorError } from '../operator-error.ts';

// Locks that the kernel holds for a process and drops when it dies, however it dies: nothing is ever left to clean up, and
// no process id can be mistaken for a later one. Node offers no flock; SQLite, which it contains, takes exactly such locks
// (fcntl, or what the system has) on a file for the length of a transaction. The files stay empty: nothing is ever
// written through these connections. On POSIX a process loses its locks on a file as soon as it closes any descriptor of
// it, so nothing but this module may open one.

export type LockKind = 'shared' | 'exclusive';

const busyCode = 5; // SQLITE_BUSY

export function tryLock(file: string, kind: LockKind): Disposable | undefined {
  const handle = new DatabaseSync(file, { timeout: 0 });
  try {
    if (kind === 'exclusive') handle.exec('begin exclusive');
    else handle.exec('begin; select count(*) from sqlite_schema');
  } catch (error) {
    handle.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === busyCode) return undefined;
    throw error;
  }
  return {
    [Symbol.dispose]() {
      if (handle.isOpen) handle.close();
    },
  };
}

/** Waits for other processes. `onWait` is called once, if the wait is long enough for a person to wonder. */
export async function waitForLock(
  file: string,
  kind: LockKind,
  { timeoutMs, onWait }: { readonly timeoutMs: number; readonly onWait?: () => void },
): Promise<Disposable> {
  const startedMs = performance.now();
  for (let told = false; ;) {
    const lock = tryLock(file, kind);
    if (lock !== undefined) return lock;
    const waitedMs = performance.now() - startedMs;
    if (waitedMs > timeoutMs)
      throw new OperatorError(
        `Another process has held ${file} for ${Math.round(waitedMs / 1000)} s. Stop it and start again.`,
      );
    if (!told && waitedMs > 2000) {
      told = true;
      onWait?.();
    }
    await delay(20);
  }
}
