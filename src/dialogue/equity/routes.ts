/** Whose voices count: of a space, and of a whole network. Open to anyone who sees the space. */
import type { Caller } from '../../http/caller.ts';
import { raw, read, type Endpoint } from '../../http/endpoint.ts';
import type { Reading } from '../../house.ts';
import { getVisibleSpace } from '../programme/spaces/actions.ts';
import { spaceParams } from '../programme/spaces/routes.tsx';
import type { Space } from '../programme/spaces/space.ts';
import { equityAnswer } from './answers.ts';
import { voicesCsv } from './csv.ts';
import { equityPage } from './pages.tsx';
import { describeEquity, describeVoices } from './reading.ts';
import type { PowerSource } from './sources.ts';

const csvType = 'text/csv; charset=utf-8';

export function equityEndpoints(sources: readonly PowerSource[]): readonly Endpoint[] {
  const csvOf = async (reading: Reading & Caller, space: Space | undefined) => ({
    contentType: csvType,
    body: voicesCsv(await describeVoices(reading, sources, space)),
    fileName: `${space?.slug ?? reading.party?.slug ?? 'network'}-equal-power.csv`,
  });
  return [
    read({
      path: '/p/:party/equal-power',
      summary:
        'Who of this network is invited, there, heard and deciding, by constituency, gender, region and income group',
      for: 'anyone',
      answer: equityAnswer,
      handle: (reading) => describeEquity(reading, sources, undefined),
      page: equityPage,
    }),
    raw({
      path: '/p/:party/equal-power.csv',
      summary: 'The same numbers as a table',
      for: 'anyone',
      contentTypes: [csvType],
      handle: (reading) => csvOf(reading, undefined),
    }),
    read({
      path: '/p/:party/spaces/:space/equal-power',
      summary: 'Who of this space is invited, there, heard, adopted and deciding; and how evenly the floor was shared',
      for: 'anyone',
      params: spaceParams,
      answer: equityAnswer,
      handle: async (reading, { params }) =>
        describeEquity(reading, sources, await getVisibleSpace(reading.reader, reading, params.space)),
      page: equityPage,
    }),
    raw({
      path: '/p/:party/spaces/:space/equal-power.csv',
      summary: 'The same numbers as a table',
      for: 'anyone',
      params: spaceParams,
      contentTypes: [csvType],
      handle: async (reading, { params }) =>
        csvOf(reading, await getVisibleSpace(reading.reader, reading, params.space)),
    }),
  ];
}
