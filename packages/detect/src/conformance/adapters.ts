import type { GoldenCase } from './case.ts';
import {
  compareBayes,
  compareBoda,
  compareCdc,
  compareCusum,
  compareGlr,
  compareHiddenMarkov,
  compareOutbreakP,
  compareRki,
  compareRogerson,
} from './charts.ts';
import type { Comparison } from './compare.ts';
import { compareEars, compareFarrington, compareFarringtonFlexible } from './farrington.ts';
import { compareNowcast, compareReproduction } from './now.ts';

/** From a reference case to the pairs of values that have to agree. */
export type Adapter = (golden: GoldenCase) => readonly Comparison[];

export const adapters: Readonly<Record<string, Adapter>> = {
  earsC: compareEars,
  farringtonFlexible: compareFarringtonFlexible,
  farrington: compareFarrington,
  bayes: compareBayes,
  rki: compareRki,
  cdc: compareCdc,
  cusum: compareCusum,
  glrpois: compareGlr,
  glrnb: compareGlr,
  outbreakP: compareOutbreakP,
  rogerson: compareRogerson,
  bodaDelay: compareBoda,
  hmm: compareHiddenMarkov,
  nowcast: compareNowcast,
  estimate_R: compareReproduction,
};
