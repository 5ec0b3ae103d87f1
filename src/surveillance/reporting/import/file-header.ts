import { listProperties, readDocument } from '../places/geojson.ts';
import { recogniseMediaType } from './media-type.ts';
import { readHeader, type TableForm } from './table.ts';

/** What there is to choose from: the columns of a table, or the properties of features. */
export interface FileHeader {
  readonly header: readonly string[];
  /** The first rows of a table. */
  readonly rows: readonly (readonly string[])[];
}

/** `open` is called twice: a file is recognised by how it begins. */
export async function readFileHeader(open: () => AsyncIterable<Uint8Array>, form: TableForm): Promise<FileHeader> {
  for await (const piece of open()) {
    if (recogniseMediaType(piece) === 'text/csv') break;
    return { header: listProperties(await readDocument(open())), rows: [] };
  }
  const { header, rows } = await readHeader(open(), form);
  return { header, rows };
}
