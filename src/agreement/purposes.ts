/** What data may be asked for, in a closed list, so that two systems mean the same. */
export const purposes = [
  'public-health-surveillance',
  'outbreak-response',
  'preparedness',
  'health-service-planning',
  'official-statistics',
  'research',
  'model-training',
  'resale',
  'law-enforcement',
  'immigration',
  'intelligence',
  'insurance',
  'credit',
  'advertising',
] as const;
export type Purpose = (typeof purposes)[number];

export const isPurpose = (text: string): text is Purpose => (purposes as readonly string[]).includes(text);
