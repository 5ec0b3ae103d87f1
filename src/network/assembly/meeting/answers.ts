import { z } from 'zod';
import { sessionSummary } from '../../../dialogue/programme/answers.ts';
import { networkFacts } from '../../members/answers.ts';
import { networkPath } from '../../members/section.tsx';
import { motionStages } from './results.ts';

export const assembliesPath = (slug: string): string => `${networkPath(slug)}/assemblies`;
export const electionPath = (slug: string, id: string): string => `${networkPath(slug)}/elections/${id}`;

export const assemblyStates = ['planned', 'called', 'open', 'closed'] as const;

const named = z.object({ id: z.string(), name: z.string() });

export const assemblySummary = z.object({
  path: z.string(),
  state: z.enum(assemblyStates),
  session: sessionSummary,
  hasMinutes: z.boolean(),
});

export const assembliesAnswer = z.object({
  network: networkFacts,
  assemblies: z.array(assemblySummary),
  /** Sessions that could become one, for those who convene them. */
  sessions: z.array(named),
});
export type AssembliesAnswer = z.output<typeof assembliesAnswer>;

export const assemblyAnswer = assemblySummary.extend({
  network: networkFacts,
  noticeDays: z.int(),
  noticeDueAt: z.iso.datetime(),
  calledAt: z.iso.datetime().nullable(),
  quorumPercent: z.int(),
  /** Now; when it was opened, then. */
  voices: z.int(),
  quorum: z.int(),
  present: z.array(named),
  items: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      explanation: z.string().nullable(),
      from: z.iso.datetime(),
      until: z.iso.datetime(),
      paper: z.object({ path: z.string(), title: z.string(), language: z.string() }).nullable(),
      link: z.string().nullable(),
    }),
  ),
  motions: z.array(
    z.object({
      id: z.string(),
      number: z.int(),
      item: z.string(),
      words: z.string(),
      explanation: z.string().nullable(),
      language: z.string(),
      movedFor: z.string(),
      secondedFor: z.string().nullable(),
      stage: z.enum(motionStages),
      agree: z.int(),
      object: z.int(),
      abstain: z.int(),
      decision: z.string().nullable(),
    }),
  ),
  elections: z.array(
    z.object({
      path: z.string(),
      number: z.int(),
      office: z.string(),
      seats: z.int(),
      state: z.enum(['nominations', 'open', 'counted']),
      elected: z.array(z.string().nullable()),
    }),
  ),
  /** Before they are approved, for those who convene. */
  minutes: z
    .object({
      words: z.string(),
      language: z.string(),
      revision: z.int(),
      approvedAt: z.iso.datetime().nullable(),
      act: z.string().nullable(),
    })
    .nullable(),
  own: z.object({
    mayConvene: z.boolean(),
    speaksFor: z.array(named),
    /** Organisations that the reader may say to be present. */
    mayBePresent: z.array(named),
    /** Papers that an item may be about. */
    papers: z.array(z.object({ id: z.string(), title: z.string() })),
  }),
});
export type AssemblyAnswer = z.output<typeof assemblyAnswer>;
