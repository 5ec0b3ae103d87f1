import { sql } from 'kysely';
import type { Reader } from '../../db/database.ts';

export const whoRegions = ['AFR', 'AMR', 'EMR', 'EUR', 'SEAR', 'WPR'] as const;
export type WhoRegion = (typeof whoRegions)[number];

export const incomeGroups = ['low', 'lower-middle', 'upper-middle', 'high'] as const;
export type IncomeGroup = (typeof incomeGroups)[number];

export interface CountryGroups {
  readonly country: string;
  readonly whoRegion: WhoRegion | undefined;
  readonly incomeGroup: IncomeGroup | undefined;
  /** Of the classification used: the latest not after the year asked for, else the first there is. */
  readonly year: number;
}

/** WHO region and World Bank income group of every country, as they were in that year. */
export async function listCountryGroups(reader: Reader, year: number): Promise<ReadonlyMap<string, CountryGroups>> {
  const rows = await reader
    .selectFrom('country_groups')
    .distinctOn('country')
    .selectAll()
    .orderBy('country')
    .orderBy(sql`since_year > ${year}`)
    .orderBy(sql`abs(since_year - ${year})`)
    .execute();
  return new Map(
    rows.map(({ country, since_year, who_region, income_group }) => [
      country,
      { country, whoRegion: who_region ?? undefined, incomeGroup: income_group ?? undefined, year: since_year },
    ]),
  );
}

declare module '../../db/schema.ts' {
  interface Tables {
    country_groups: {
      country: string;
      since_year: number;
      who_region: WhoRegion | null;
      income_group: IncomeGroup | null;
    };
  }
}
