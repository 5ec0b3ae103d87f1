/** Who plays in the demonstration: three nodes, the parties on them, and their people. The password is no secret: the nodes answer on this machine only. */
import type { PartyKind } from '../acts/spine-types.ts';
import type { Role } from '../ui/view.ts';
import type { Locale } from '../ui/locales.ts';
import type { CountryName } from './countries.ts';

export const demoPassword = 'only for this demonstration';

export type NodeName = 'ambria' | 'sorell' | 'watch';
export type Member = 'fatou' | 'amina' | 'edu' | 'dalia' | 'mariama' | 'omar' | 'leila' | 'samir' | 'chen' | 'bruno';

interface PartyPlan {
  readonly slug: string;
  readonly name: string;
  readonly kind: PartyKind;
  readonly country: string | null;
  readonly languages: readonly Locale[];
}

export interface NodePlan {
  readonly name: NodeName;
  readonly operator: PartyPlan;
  readonly hosted: readonly PartyPlan[];
  /** Whose places and reports it holds. */
  readonly country: CountryName | undefined;
}

// AA and ZZ are kept by ISO 3166-1 for whoever uses them: no country has them.
export const nodePlans: readonly NodePlan[] = [
  {
    name: 'ambria',
    operator: {
      slug: 'operator',
      name: 'Ministry of Health of Ambria',
      kind: 'government',
      country: 'AA',
      languages: ['en', 'fr', 'pt'],
    },
    hosted: [
      {
        slug: 'marches',
        name: 'Marches District Health Office',
        kind: 'government',
        country: 'AA',
        languages: ['en', 'fr'],
      },
      {
        slug: 'riverside',
        name: 'Riverside Communities of the Marches',
        kind: 'community',
        country: 'AA',
        languages: ['en', 'fr'],
      },
    ],
    country: 'Ambria',
  },
  {
    name: 'sorell',
    operator: {
      slug: 'operator',
      name: 'Ministry of Health of Sorell',
      kind: 'government',
      country: 'ZZ',
      languages: ['en', 'es', 'ar'],
    },
    hosted: [],
    country: 'Sorell',
  },
  {
    name: 'watch',
    operator: {
      slug: 'operator',
      name: 'Open Health Observatory',
      kind: 'civil-society',
      country: null,
      languages: ['en'],
    },
    hosted: [],
    country: undefined,
  },
];

export interface MemberPlan {
  readonly name: string;
  readonly node: NodeName;
  /** The first is the party she begins with. */
  readonly parties: readonly { readonly slug: string; readonly roles: readonly Role[] }[];
  readonly what: string;
}

export const cast: Readonly<Record<Member, MemberPlan>> = {
  fatou: {
    name: 'Fatou Rochel',
    node: 'ambria',
    parties: [{ slug: 'operator', roles: ['administrator'] }],
    what: 'administers Ambria’s node',
  },
  amina: {
    name: 'Amina Leval',
    node: 'ambria',
    parties: [{ slug: 'operator', roles: ['officer'] }],
    what: 'national surveillance officer of Ambria',
  },
  edu: {
    name: 'Edu Valadar',
    node: 'ambria',
    parties: [{ slug: 'operator', roles: ['delegate'] }],
    what: 'delegate of Ambria',
  },
  dalia: {
    name: 'Dalia Serrat',
    node: 'ambria',
    parties: [
      { slug: 'operator', roles: ['reporter'] },
      { slug: 'marches', roles: ['administrator', 'reporter', 'officer'] },
    ],
    what: 'reports from a district',
  },
  mariama: {
    name: 'Mariama Dolo',
    node: 'ambria',
    parties: [{ slug: 'riverside', roles: ['administrator', 'council'] }],
    what: 'sits on the community’s council',
  },
  omar: {
    name: 'Omar Rahal',
    node: 'sorell',
    parties: [{ slug: 'operator', roles: ['administrator'] }],
    what: 'administers Sorell’s node',
  },
  leila: {
    name: 'Leïla Ferrán',
    node: 'sorell',
    parties: [{ slug: 'operator', roles: ['officer'] }],
    what: 'national surveillance officer of Sorell',
  },
  samir: {
    name: 'Samir Oroz',
    node: 'sorell',
    parties: [{ slug: 'operator', roles: ['delegate'] }],
    what: 'delegate of Sorell',
  },
  chen: {
    name: 'Chen Wei',
    node: 'watch',
    parties: [{ slug: 'operator', roles: ['administrator'] }],
    what: 'audits at the observatory',
  },
  bruno: {
    name: 'Bruno Arroya',
    node: 'watch',
    parties: [{ slug: 'operator', roles: ['observer'] }],
    what: 'observes at the observatory',
  },
};

export const members = Object.keys(cast) as readonly Member[];
export const emailOf = (who: Member): string => `${who}@${cast[who].node}.example`;
