import * as fs from 'node:fs';
import path from 'node:path';

const root = path.resolve(process.env['RECIPROCA_FIXTURES'] ?? path.join(import.meta.dirname, '../../../shared'));

/** True where the large inputs (real surveillance data) are at hand; they are not part of the repository. */
export const fixturesAvailable = fs.existsSync(path.join(root, 'data'));

export function findFixture(relativePath: string): string {
  return path.join(root, relativePath);
}
