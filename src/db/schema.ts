/**
 * The tables as Kysely sees them. Each `store.ts` (and each file of the spine that owns a table) adds its own by
 * declaration merging, so that a table's columns stand beside the statements that use them:
 *
 *     declare module '../db/schema.ts' { interface Tables { signals: SignalRow } }
 */
// oxlint-disable-next-line typescript/no-empty-interface -- filled by declaration merging
export interface Tables {}
