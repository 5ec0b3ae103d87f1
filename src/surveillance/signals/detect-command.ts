/** `bin/reciproca detect [--party SLUG] [--all] [--json]`: what the job does, now and in this process. */
import type { House } from '../../house.ts';
import { work } from '../../house.ts';
import type { PartyId } from '../../ids.ts';
import { OperatorError } from '../../operator-error.ts';
import { watchEverythingAgain } from './actions.ts';
import { detectChanges, type DetectionReport } from './detection.ts';
import * as store from './store.ts';

export interface DetectOptions {
  /** Undefined: every party this node hosts. */
  readonly party?: string | undefined;
  /** Every series, also those that have not changed. */
  readonly all: boolean;
  readonly json: boolean;
}

export interface DetectOutput {
  /** Result, to standard output. */
  write(text: string): void;
  /** Progress, to standard error. */
  progress(text: string): void;
}

/** Returns the exit code. */
export async function detectCommand(house: House, options: DetectOptions, output: DetectOutput): Promise<number> {
  const parties = await house.database.read('node', (reader) => store.listHostedParties(reader));
  const chosen = parties.filter(({ slug }) => options.party === undefined || slug === options.party);
  if (chosen.length === 0)
    throw new OperatorError(
      options.party === undefined
        ? 'This node hosts no party yet. Set it up first: bin/reciproca party set-up --help'
        : `This node hosts no party called ${options.party}. It hosts: ${parties.map(({ slug }) => slug).join(', ')}`,
    );
  const results: (DetectionReport & { readonly party: string })[] = [];
  for (const { id, slug } of chosen) {
    const report = await detectParty(house, id, options.all, (series) =>
      output.progress(`${slug}: ${series} series looked at\n`),
    );
    results.push({ party: slug, ...report });
  }
  output.write(
    options.json
      ? `${JSON.stringify({ results })}\n`
      : results
          .map(
            ({ party, series, raised, recorded }) =>
              `${party}: ${series} series looked at, ${raised} new signals, ${recorded} alarms added or corrected\n`,
          )
          .join(''),
  );
  return 0;
}

async function detectParty(
  house: House,
  party: PartyId,
  all: boolean,
  onBatch: (seriesSoFar: number) => void,
): Promise<DetectionReport> {
  if (all) await work(house, { party }, { system: 'command-line' }, watchEverythingAgain);
  return detectChanges(house, party, 'command-line', onBatch);
}
