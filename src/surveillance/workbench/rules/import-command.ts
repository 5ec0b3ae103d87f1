/**
 * `bin/reciproca import rules FILE [--map ELEMENT=INDICATOR,...] [--party SLUG] [--dry-run] [--json]`: the rules of a DHIS2 disease-surveillance
 * package. Shows each rule, what it maps to and what was wrong with it; adopts those of the named data elements for the named
 * indicators. Without --map, or with --dry-run, nothing is watched by them.
 */
import path from 'node:path';
import { work, type House } from '../../../house.ts';
import type { PartyId } from '../../../ids.ts';
import { OperatorError } from '../../../operator-error.ts';
import { Problem } from '../../../problem.ts';
import { isMessageKey, translator } from '../../../ui/locales.ts';
import { findHostedParty, listHostedSlugs } from '../../reporting/submissions/parties.ts';
import { describeMethod, type Words } from '../../signals/explanation.ts';
import type { IndicatorFacts } from '../../signals/reported.ts';
import * as reported from '../../signals/reported/store.ts';
import { adoptRules, getRules, keepRules, type Adoption } from './actions.ts';
import { guessIndicator, readPackage, type RulesResult } from './package.ts';
import { explainFault } from './wording.ts';

export interface ImportRulesOptions {
  readonly file: string;
  /** `ELEMENT=INDICATOR` pairs: the identifier of a data element and the code of an indicator. */
  readonly map: readonly string[];
  readonly party?: string | undefined;
  readonly dryRun: boolean;
  readonly json: boolean;
}

const words: Words = { locale: 'en', t: translator('en') };

/** Returns the exit code. */
export async function importRules(
  house: House,
  options: ImportRulesOptions,
  write: (text: string) => void,
): Promise<number> {
  const party = await chooseParty(house, options.party);
  const read = await readPackage(path.resolve(options.file), path.basename(options.file)).catch((error: unknown) => {
    throw asOperatorError(error, options.file);
  });
  const pairs = new Map(options.map.flatMap((list) => list.split(',')).map(splitPair));
  const indicators = await house.database.read({ party }, async (reader) => [
    ...(await reported.listIndicators(reader)).values(),
  ]);
  const act = <T>(run: Parameters<typeof work<T>>[3]): Promise<T> =>
    work(house, { party }, { system: 'command-line' }, run);
  const kept = options.dryRun ? undefined : await act((w) => keepRules(w, read));
  const rules = await (kept === undefined
    ? Promise.resolve(read.rules as RulesResult['rules'])
    : house.database.read({ party }, async (reader) => (await getRules(reader, kept)).rules));
  const adoptions = chooseAdoptions(rules, pairs, indicators);
  const added = kept === undefined ? 0 : await act((w) => adoptRules(w, kept, adoptions));
  const described = rules.map((rule, position) => ({
    element: rule.element,
    elementName: rule.elementName,
    rule: describeMethod(words, rule.method, rule.periodType === 'Daily' ? 'day' : 'iso-week'),
    method: rule.method,
    faults: rule.faults.map((fault) => ({ code: fault.code, text: explainFault(words, fault) })),
    guess: guessIndicator(rule, indicators)?.code ?? null,
    adoptedFor: adoptions
      .filter((adoption) => adoption.rule === position)
      .flatMap(({ indicator }) => indicators.find(({ id }) => id === indicator)?.code ?? []),
  }));
  if (options.json)
    write(
      `${JSON.stringify({ dryRun: options.dryRun, id: kept ?? null, added, rules: described, notUnderstood: read.notUnderstood, checks: read.checks })}\n`,
    );
  else {
    for (const rule of described) write(formatRule(rule));
    for (const { name, expression } of read.notUnderstood) write(`not understood: ${name}: ${expression}\n`);
    write(
      options.dryRun
        ? `${rules.length} rules; nothing was changed\n`
        : `${rules.length} rules; ${added} added. The others can be adopted at ${house.config.publicUrl}/detection/import/${kept}\n`,
    );
  }
  return 0;
}

function formatRule(rule: {
  readonly element: string;
  readonly elementName: string;
  readonly rule: string;
  readonly faults: readonly { readonly text: string }[];
  readonly guess: string | null;
  readonly adoptedFor: readonly string[];
}): string {
  const target =
    rule.adoptedFor.length > 0
      ? `for ${rule.adoptedFor.join(', ')}`
      : rule.guess === null
        ? 'no indicator of this name'
        : `perhaps for ${rule.guess}`;
  return [
    `${rule.elementName} [${rule.element}] -> ${rule.rule} (${target})`,
    ...rule.faults.map(({ text }) => `    fault: ${text}`),
    '',
  ].join('\n');
}

function splitPair(pair: string): readonly [string, string] {
  const at = pair.indexOf('=');
  if (at < 1 || at === pair.length - 1) throw new OperatorError(`--map ${pair} is not of the form ELEMENT=INDICATOR.`);
  return [pair.slice(0, at), pair.slice(at + 1)];
}

function chooseAdoptions(
  rules: RulesResult['rules'],
  pairs: ReadonlyMap<string, string>,
  indicators: readonly IndicatorFacts[],
): readonly Adoption[] {
  return [...pairs].flatMap(([element, code]) => {
    const indicator = indicators.find((each) => each.code === code);
    if (!indicator)
      throw new OperatorError(
        `There is no indicator ${code}. There are: ${indicators.map((each) => each.code).join(', ')}.`,
      );
    const positions = rules.flatMap((rule, position) => (rule.element === element ? [position] : []));
    if (positions.length === 0) throw new OperatorError(`The file has no rule about the data element ${element}.`);
    return positions.map((rule): Adoption => ({ rule, indicator: indicator.id }));
  });
}

async function chooseParty(house: House, slug: string | undefined): Promise<PartyId> {
  const found = await house.database.read('node', (reader) => findHostedParty(reader, slug));
  if (found) return found;
  if (slug === undefined)
    throw new OperatorError('This node has no party yet. Set it up first: bin/reciproca party set-up --help');
  const slugs = await house.database.read('node', listHostedSlugs);
  throw new OperatorError(`This node hosts no party called ${slug}. It hosts: ${slugs.join(', ')}`);
}

function asOperatorError(error: unknown, file: string): unknown {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new OperatorError(`${file} does not exist.`);
  if (!(error instanceof Problem)) return error;
  const code = (error.details as { fields?: readonly { code: string }[] }).fields?.[0]?.code ?? '';
  return new OperatorError(`${file}: ${isMessageKey(code) ? words.t(code) : error.message}`);
}
