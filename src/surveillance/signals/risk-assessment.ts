/**
 * Rapid risk assessment of acute public health events (WHO/HSE/GAR/ARO/2012.1): how likely, with what consequences, from the
 * assessments of hazard, exposure and context; for each geographic scope apart, each with the confidence of those who assess. The level is
 * shown beside likelihood and consequence, never instead of them.
 */

/** Bounds of the manual: almost certain from 95 %, highly likely from 70, likely from 30, unlikely from 5. */
export const likelihoods = ['very-unlikely', 'unlikely', 'likely', 'highly-likely', 'almost-certain'] as const;
export type Likelihood = (typeof likelihoods)[number];

export const consequences = ['minimal', 'minor', 'moderate', 'major', 'severe'] as const;
export type Consequence = (typeof consequences)[number];

export const riskLevels = ['low', 'moderate', 'high', 'very-high'] as const;
export type RiskLevel = (typeof riskLevels)[number];

export const riskScopes = ['national', 'regional', 'global'] as const;
export type RiskScope = (typeof riskScopes)[number];

export const confidences = ['low', 'medium', 'high'] as const;
export type Confidence = (typeof confidences)[number];

export interface RiskMatrix {
  readonly version: string;
  readonly source: string;
  readonly checkedBy: string | undefined;
  /** By likelihood, then by consequence in the order of `consequences`. */
  readonly levels: { readonly [L in Likelihood]: readonly [RiskLevel, RiskLevel, RiskLevel, RiskLevel, RiskLevel] };
}

/** Provisional: the colours of the manual's figure have not been checked. An assessment keeps the version it was made with. */
export const riskMatrices: readonly RiskMatrix[] = [
  {
    version: '2012-provisional',
    source: 'WHO/HSE/GAR/ARO/2012.1, risk matrix',
    checkedBy: undefined,
    levels: {
      'almost-certain': ['low', 'moderate', 'high', 'very-high', 'very-high'],
      'highly-likely': ['low', 'moderate', 'high', 'very-high', 'very-high'],
      likely: ['low', 'moderate', 'high', 'high', 'very-high'],
      unlikely: ['low', 'low', 'moderate', 'high', 'high'],
      'very-unlikely': ['low', 'low', 'moderate', 'moderate', 'high'],
    },
  },
];

export function currentRiskMatrix(): RiskMatrix {
  const matrix = riskMatrices.at(-1);
  if (!matrix) throw new RangeError('there is no risk matrix');
  return matrix;
}

export interface ScopeAssessment {
  readonly likelihood: Likelihood;
  readonly consequence: Consequence;
  readonly confidence: Confidence;
}

export function riskLevel(
  { likelihood, consequence }: Pick<ScopeAssessment, 'likelihood' | 'consequence'>,
  matrix: RiskMatrix = currentRiskMatrix(),
): RiskLevel {
  const [minimal, minor, moderate, major, severe] = matrix.levels[likelihood];
  return { minimal, minor, moderate, major, severe }[consequence];
}
