/** A file system of its own that is soon full, where the machine lets us mount one: as root on Linux. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

function mount(target: string, size: string): boolean {
  try {
    mkdirSync(target, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', target], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** `size` as mount(8) takes it: `256k`, `150m`. What is open on it must be closed before it is disposed of. */
export function mountSmallDisk(target: string, size: string): Disposable {
  if (!mount(target, size)) throw new Error(`nothing could be mounted at ${target}`);
  return { [Symbol.dispose]: () => void execFileSync('umount', [target], { stdio: 'ignore' }) };
}

export const canMount: boolean = (() => {
  const probe = mkdtempSync(path.join(os.tmpdir(), 'reciproca-mount-'));
  try {
    mountSmallDisk(probe, '256k')[Symbol.dispose]();
    return true;
  } catch {
    return false;
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
})();
export const needsMount = 'to mount a small disk, as root on Linux';
