import { createRequire } from 'node:module';

/** Bibliographic data as an independent library reads it (citation-js, which has no types of its own). */
export interface CitedWork {
  readonly title?: string;
  readonly DOI?: string;
  readonly URL?: string;
  readonly volume?: string;
  readonly page?: string;
  readonly 'container-title'?: string;
  readonly author?: readonly { readonly family?: string; readonly given?: string; readonly literal?: string }[];
  readonly issued?: { readonly 'date-parts'?: readonly (readonly (number | string)[])[] };
  readonly ISBN?: string;
}

const require = createRequire(import.meta.url);

export function readCitations(text: string): readonly CitedWork[] {
  const { Cite } = require('@citation-js/core') as {
    readonly Cite: new (data: string) => { readonly data: readonly CitedWork[] };
  };
  // Each registers its format with the library when it is loaded.
  void [require('@citation-js/plugin-bibtex'), require('@citation-js/plugin-ris')];
  return new Cite(text).data;
}
