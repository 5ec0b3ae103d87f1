import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Work } from '../../house.ts';
import { openTestNode, type TestNode } from '../../../test/support/node.ts';
import { translator } from '../../ui/locales.ts';
import { guessColumns, mappingSchema, type Content, type Mapping } from './import/mapping.ts';
import { readFileHeader } from './import/file-header.ts';
import { readFilePieces } from './submissions/attachments.ts';
import { attachmentsOf, readSubmission, receiveFile } from './submissions/actions.ts';
import * as submissions from './submissions/store.ts';
import type { Submission } from './submissions/submission.ts';

/** A ministry's node, with what its officer needs to send files. */
export interface ReportingNode extends AsyncDisposable {
  readonly node: TestNode;
  /** Sends a file of this machine and has it read. */
  importFile(content: Content, file: string, how?: ImportHow): Promise<Imported>;
  /** The same with the text or bytes of a file. */
  importText(content: Content, text: string | Uint8Array, how?: ImportHow): Promise<Imported>;
  act<T>(run: (work: Work) => Promise<T>): Promise<T>;
}

export interface ImportHow {
  /** Roles not named are guessed from the header. */
  readonly columns?: Readonly<Record<string, string>>;
  readonly mapping?: Partial<Mapping>;
  readonly isTrial?: boolean;
}

export interface Imported extends Submission {
  /** The table of rejected values, as text. */
  readonly rejections: string;
}

export async function openReportingNode(): Promise<ReportingNode> {
  const node = await openTestNode('a');
  const importFile = async (content: Content, file: string, how: ImportHow = {}): Promise<Imported> => {
    const form = mappingSchema.parse({ columns: {}, ...how.mapping });
    const mapping = await readFileHeader(() => readFilePieces(file), form).then(
      ({ header }): Mapping => ({ ...form, columns: guessColumns(content, header, how.columns) }),
      // What the header cannot say, reading the file will refuse.
      (): Mapping => ({ ...form, columns: how.columns ?? {} }),
    );
    const id = await node.act((work) =>
      receiveFile(work, { path: file, how: 'copy', content, fileName: path.basename(file), source: 'browser' }),
    );
    await node.act((work) => readSubmission(work, id, { mapping, t: translator('en'), isTrial: how.isTrial ?? false }));
    return node.act(async ({ house, tx }) => {
      const submission = await submissions.findSubmission(tx.db, id);
      if (!submission) throw new Error('the submission is gone');
      let rejections = '';
      if (submission.rejectionsSha256)
        for await (const piece of attachmentsOf(house, node.operator.id).read(submission.rejectionsSha256))
          rejections += Buffer.from(piece).toString('utf8');
      return { ...submission, rejections };
    });
  };
  let files = 0;
  return {
    node,
    act: node.act,
    importFile,
    async importText(content, text, how) {
      const file = path.join(node.dataDir, `given-${++files}.csv`);
      await writeFile(file, text);
      return importFile(content, file, how);
    },
    [Symbol.asyncDispose]: () => node[Symbol.asyncDispose](),
  };
}

export const japanIndicators = path.join(import.meta.dirname, 'fixtures/japan-indicators.csv');

/** A country, two districts and two indicators, small enough to see all of it. */
export async function importSmallCountry({ importText }: ReportingNode): Promise<void> {
  await importText('places', 'code,name,parent\nAA,Aland,\nN,North,AA\nS,South,AA\n');
  await importText(
    'indicators',
    'code,name,period,set\nmeasles,Measles,iso-week,weekly\ncholera,Cholera,iso-week,weekly\nbirths,Births,month,\n',
  );
}
