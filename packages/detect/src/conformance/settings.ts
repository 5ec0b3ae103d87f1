/** Which of R's settings an adapter passes on; a case with others is compared all the same, and says so. */
import { controlOf, type GoldenCase } from './case.ts';

const GLR = ['c.ARL', 'mu0', 'mu0Model', 'alpha', 'Mtilde', 'M', 'change', 'theta', 'dir', 'ret', 'xMax'] as const;

const PASSED_ON: Readonly<Record<string, readonly string[]>> = {
  earsC: ['method', 'baseline', 'minSigma', 'alpha'],
  farringtonFlexible: [
    'b',
    'w',
    'reweight',
    'weightsThreshold',
    'alpha',
    'trend',
    'pThresholdTrend',
    'limit54',
    'powertrans',
    'populationOffset',
    'noPeriods',
    'pastWeeksNotIncluded',
    'thresholdMethod',
  ],
  farrington: ['b', 'w', 'reweight', 'alpha', 'trend', 'limit54', 'powertrans', 'fitFun'],
  bayes: ['b', 'w', 'actY', 'alpha'],
  rki: ['b', 'w', 'actY'],
  cdc: ['b', 'm', 'alpha'],
  cusum: ['k', 'h', 'm', 'trans', 'alpha'],
  glrpois: GLR,
  glrnb: GLR,
  outbreakP: ['k', 'ret', 'maxUpperboundCases'],
  rogerson: ['theta0t', 'ARL0', 's', 'hValues', 'distribution', 'nt', 'n', 'FIR', 'limit', 'digits', 'h'],
  bodaDelay: ['b', 'w', 'noPeriods', 'pastWeeksNotIncluded', 'trend', 'alpha', 'limit54', 'delay'],
  hmm: ['Mtilde', 'noStates', 'trend', 'noHarmonics', 'covEffectEqual'],
  nowcast: ['N.tInf.max', 'alpha', 'gd.prior.kappa', 'dRange', 'prior', 'N.tInf.prior'],
};

/** They change what R prints, draws or keeps, or how R gets to the same number. */
const WITHOUT_EFFECT = [
  'range',
  'name',
  'data',
  'verbose',
  'plot',
  'glmWarnings',
  'fitFun',
  'seed',
  'nSamples',
  'predPMF',
  'saveHMMs',
  'extraMSMargs',
  'mc.munu',
  'mc.y',
  'inferenceMethod',
  'quantileMethod',
  'pastAberrations',
];

export function listUnknownSettings(golden: GoldenCase): readonly string[] {
  const passedOn = PASSED_ON[golden.algorithm];
  if (passedOn === undefined) return [];
  return Object.keys(controlOf(golden)).filter((name) => !passedOn.includes(name) && !WITHOUT_EFFECT.includes(name));
}
