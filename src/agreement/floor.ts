/**
 * The floor that no agreement lifts (mission). It is applied when a text is proposed, so that no such clause can be agreed, and again
 * when data is asked for, so that no older or foreign text can be read otherwise. Emergencies never unlock it.
 *
 * Sources: International Health Regulations (2005), Article 45 (health data collected or received from another State are kept
 * confidential; personal data processed only for assessing and managing a public health risk, adequate, relevant and not excessive);
 * International Covenant on Economic, Social and Cultural Rights, General Comment 14 (2000), paragraphs 12 and 43 (access to
 * health care without discrimination and confidentiality); UN Declaration on the Rights of Indigenous Peoples (2007), Articles 19 and 31.
 */
import type { InstrumentDocument } from './document.ts';
import type { Purpose } from './purposes.ts';

export type FloorRule = 'forbidden-purpose' | 'community-must-agree' | 'community-refused';

/** Never, for anybody, under any agreement. */
export const forbiddenPurposes: ReadonlySet<Purpose> = new Set([
  'law-enforcement',
  'immigration',
  'intelligence',
  'insurance',
  'credit',
  'advertising',
]);

/** Only where the affected community has agreed by its own act. */
export const communityPurposes: ReadonlySet<Purpose> = new Set(['resale', 'model-training']);

/** Legally required health notification: a council is told and answered, but cannot stop it. */
export const notificationPurposes: ReadonlySet<Purpose> = new Set(['public-health-surveillance', 'outbreak-response']);

/** What the council of an affected community has said about a purpose, by its latest act. */
export type CommunityAnswers = ReadonlyMap<Purpose, 'agreed' | 'refused'>;

export function floorRefuses(purpose: Purpose, answers: CommunityAnswers): FloorRule | undefined {
  if (forbiddenPurposes.has(purpose)) return 'forbidden-purpose';
  const answer = answers.get(purpose);
  if (answer === 'refused' && !notificationPurposes.has(purpose)) return 'community-refused';
  if (communityPurposes.has(purpose) && answer !== 'agreed') return 'community-must-agree';
  return undefined;
}

/** The first article of a text that permits what the floor forbids. A text may forbid such a purpose; it may not permit it. */
export function articleBelowFloor(document: InstrumentDocument): { article: string; purpose: Purpose } | undefined {
  for (const article of document.articles)
    for (const term of article.terms) {
      const purpose = term.purposes.find(
        (candidate) => forbiddenPurposes.has(candidate) || communityPurposes.has(candidate),
      );
      if (term.effect === 'permit' && purpose !== undefined) return { article: article.id, purpose };
    }
  return undefined;
}
