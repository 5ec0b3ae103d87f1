import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Work } from '../../src/house.ts';
import { readFileHeader } from '../../src/surveillance/reporting/import/file-header.ts';
import { guessColumns, mappingSchema, type Content } from '../../src/surveillance/reporting/import/mapping.ts';
import {
  readSubmission,
  receiveFile,
  type ReadingResult,
} from '../../src/surveillance/reporting/submissions/actions.ts';
import { readFilePieces } from '../../src/surveillance/reporting/submissions/attachments.ts';
import { translator } from '../../src/ui/locales.ts';

interface Taker {
  readonly dataDir: string;
  act<T>(run: (work: Work) => Promise<T>): Promise<T>;
}

/** A file as somebody would import it, with the columns guessed from its header: received and read in one go. */
export async function takeIn(taker: Taker, content: Content, text: string): Promise<ReadingResult['counts']> {
  const file = path.join(taker.dataDir, `given-${content}.csv`);
  await writeFile(file, text);
  const blank = mappingSchema.parse({ columns: {} });
  const { header } = await readFileHeader(() => readFilePieces(file), blank);
  const mapping = { ...blank, columns: guessColumns(content, header) };
  const id = await taker.act((work) =>
    receiveFile(work, { path: file, how: 'copy', content, fileName: path.basename(file), source: 'browser' }),
  );
  const { counts } = await taker.act((work) =>
    readSubmission(work, id, { mapping, t: translator('en'), isTrial: false }),
  );
  if (counts.rejected > 0) throw new Error(`${counts.rejected} values of ${content} were rejected`);
  return counts;
}
