import type { MessageKey, Translate } from '../../../ui/locales.ts';
import type { Attachments, Draft, Stored } from '../submissions/attachments.ts';
import { csvMark, formatCsvRow } from '../../csv.ts';
import { rolesOf, type Content } from './mapping.ts';

/** A line of the table that a person corrects and sends again. */
export interface RejectedLine {
  readonly row: number;
  readonly column: string;
  readonly code: string;
  /** What was read, by the names of the roles. */
  readonly fields: Readonly<Record<string, string>>;
}

export interface Rejections {
  add(line: RejectedLine): void;
  /** Between pieces of the file: writes what was added, at the speed of the disk. */
  flush(): Promise<void>;
  /** Undefined when nothing was rejected. */
  keep(): Promise<Stored | undefined>;
  drop(): Promise<void>;
}

/** Its last columns are named after the roles, so that the corrected table can be imported as it is. */
export function openRejections(attachments: Attachments, content: Content, t: Translate): Rejections {
  const fields = content === 'reports' ? ['period', 'place', 'indicator', 'value'] : Object.keys(rolesOf[content]);
  let draft: Draft | undefined;
  let pending = '';
  const flush = async (): Promise<void> => {
    if (pending === '') return;
    draft ??= await attachments.create();
    await draft.write(pending);
    pending = '';
  };
  return {
    add({ row, column, code, fields: values }) {
      if (draft === undefined && pending === '')
        pending = csvMark + formatCsvRow(['row', 'column', 'reason', 'message', ...fields]);
      const message = t(`reporting.reason-${code}` as MessageKey);
      pending += formatCsvRow([row, column, code, message, ...fields.map((name) => values[name] ?? '')]);
    },
    flush,
    async keep() {
      await flush();
      return draft?.keep();
    },
    async drop() {
      await draft?.drop();
    },
  };
}
