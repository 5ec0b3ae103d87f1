import { XMLParser } from 'fast-xml-parser';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { openStage, type Stage } from '../../../../test/support/cast.ts';
import { inNetwork } from '../../../../test/support/network.ts';
import { decideItem, publishItem, tell } from '../items/actions.ts';
import type { ItemValues } from '../items/item.ts';
import { recordsInList } from './answer.ts';

interface Header {
  readonly identifier: string;
  readonly datestamp: string;
  readonly setSpec: string;
  readonly status?: string;
}
interface Reply {
  readonly error?: { readonly code: string };
  readonly request: string | Readonly<Record<string, string>>;
  readonly responseDate: string;
  readonly ListIdentifiers?: {
    readonly header: readonly Header[];
    readonly resumptionToken?: string | { readonly '#text'?: string };
  };
  readonly ListRecords?: {
    readonly record: readonly {
      readonly header: Header;
      readonly metadata?: { readonly 'oai_dc:dc': Readonly<Record<string, string>> };
    }[];
  };
  readonly [verb: string]: unknown;
}

let stage: Stage;
let kept: string;
let withdrawn: string;
const values: ItemValues = {
  kind: 'resource',
  language: 'fr',
  title: 'Guide & <méthode>',
  body: 'Pour tous.',
  link: 'https://example.org/guide.pdf',
  licence: 'CC-BY-4.0',
  authors: ['Awa Diop'],
  space: undefined,
  time: undefined,
};
const ends = recordsInList + 20;

beforeAll(async () => {
  stage = await openStage();
  await inNetwork(stage, 'edu', async (work) => {
    kept = await tell(work, values);
    await tell(work, { ...values, kind: 'news', title: 'No resource' });
  });
  stage.clock.set(new Date('2026-03-03T10:00:00Z'));
  await inNetwork(stage, 'edu', async (work) => {
    withdrawn = await tell(work, { ...values, title: 'Withdrawn later' });
    await publishItem(
      work,
      { ...values, kind: 'news', title: 'An adopted paper' },
      { kind: 'paper', id: crypto.randomUUID() },
    );
  });
  stage.clock.set(new Date('2026-03-04T10:00:00Z'));
  await inNetwork(stage, 'edu', (work) => decideItem(work, withdrawn, 1, 'withdraw'));
  stage.clock.set(new Date('2026-03-05T10:00:00.500Z'));
  await stage.act(async (work) => {
    for (let at = 3; at < ends; at++)
      await publishItem(work, { ...values, title: `Paper ${at}` }, { kind: 'paper', id: crypto.randomUUID() });
  }, 'watch');
});
afterAll(async () => stage[Symbol.asyncDispose]());

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  isArray: (name, path) => name === 'record' || path === 'OAI-PMH.ListIdentifiers.header',
});
const ask = async (search: string): Promise<Reply> => {
  const { status, text, headers } = await stage.as('noOne', `/oai?${search}`);
  expect([status, headers['content-type']]).toEqual([200, 'text/xml; charset=utf-8']);
  return (parser.parse(text) as { 'OAI-PMH': Reply })['OAI-PMH'];
};
const prefix = 'metadataPrefix=oai_dc';
const identifier = () => `oai:localhost:${kept}`;

test.each([
  ['', 'badVerb'],
  ['verb=', 'badVerb'],
  ['verb=Harvest', 'badVerb'],
  ['verb=Identify&verb=Identify', 'badVerb'],
  ['verb=Identify&colour=blue', 'badArgument'],
  ['verb=ListRecords', 'badArgument'],
  ['verb=GetRecord&metadataPrefix=oai_dc', 'badArgument'],
  [`verb=ListRecords&${prefix}&${prefix}`, 'badArgument'],
  [`verb=ListRecords&${prefix}&from=2026-02-30`, 'badArgument'],
  [`verb=ListRecords&${prefix}&from=yesterday`, 'badArgument'],
  [`verb=ListRecords&${prefix}&from=2026-03-01&until=2026-03-02T00:00:00Z`, 'badArgument'],
  [`verb=ListRecords&${prefix}&from=2026-03-02&until=2026-03-01`, 'badArgument'],
  [`verb=ListRecords&${prefix}&resumptionToken=x`, 'badArgument'],
  [`verb=ListRecords&${prefix}&set=a%20b`, 'badArgument'],
  ['verb=ListRecords&resumptionToken=x', 'badResumptionToken'],
  ['verb=ListRecords&resumptionToken=W10', 'badResumptionToken'],
  ['verb=ListSets&resumptionToken=x', 'badResumptionToken'],
  ['verb=ListRecords&metadataPrefix=marc21', 'cannotDisseminateFormat'],
  ['verb=GetRecord&metadataPrefix=marc21&identifier=x', 'cannotDisseminateFormat'],
  [`verb=GetRecord&${prefix}&identifier=oai:localhost:none`, 'idDoesNotExist'],
  [`verb=GetRecord&${prefix}&identifier=oai:elsewhere:00000000-0000-4000-8000-000000000000`, 'idDoesNotExist'],
  ['verb=ListMetadataFormats&identifier=x', 'idDoesNotExist'],
  [`verb=ListRecords&${prefix}&until=2020-01-01`, 'noRecordsMatch'],
  [`verb=ListRecords&${prefix}&set=nobody`, 'noRecordsMatch'],
])('%s is answered with %s', async (search, code) => {
  const reply = await ask(search);
  expect(reply.error?.code).toBe(code);
  if (code === 'badVerb' || code === 'badArgument') expect(reply.request).toBe(`${stage.site.url}/oai`);
  else expect(reply.request).toMatchObject({ '#text': `${stage.site.url}/oai` });
});

test('any text whatever is answered by the protocol, never by a failure', async () => {
  const name = fc.constantFrom('verb', 'from', 'until', 'set', 'identifier', 'metadataPrefix', 'resumptionToken', 'x');
  const value = fc.oneof(fc.string(), fc.constantFrom('ListRecords', 'oai_dc', 'operator', '2026-03-01'));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(name, value), { maxLength: 5 }), async (pairs) => {
      const { status } = await stage.as('noOne', '/oai', { form: Object.fromEntries(pairs) });
      expect(status).toBe(200);
    }),
    { numRuns: 60 },
  );
});

describe('a harvester', () => {
  it('learns what this is', async () => {
    expect((await ask('verb=Identify'))['Identify']).toMatchObject({
      repositoryName: 'Ministry of Health of North',
      baseURL: `${stage.site.url}/oai`,
      protocolVersion: '2.0',
      earliestDatestamp: '2026-03-02T09:00:00Z',
      deletedRecord: 'persistent',
      granularity: 'YYYY-MM-DDThh:mm:ssZ',
    });
    const { set } = (await ask('verb=ListSets'))['ListSets'] as { set: { setSpec: string }[] };
    expect(set.map(({ setSpec }) => setSpec).sort()).toEqual(['coast', 'operator', 'watch']);
  });

  it('gets each record once over as many parts as there are, in whatever network it stands', async () => {
    const seen: Header[] = [];
    let search = `verb=ListIdentifiers&${prefix}`;
    for (let part = 0; part < 5; part++) {
      const { ListIdentifiers } = await ask(search);
      seen.push(...(ListIdentifiers?.header ?? []));
      const token = ListIdentifiers?.resumptionToken;
      const next = typeof token === 'object' ? token['#text'] : token;
      if (next === undefined || next === '') break;
      search = `verb=ListIdentifiers&resumptionToken=${encodeURIComponent(next)}`;
    }
    expect(seen).toHaveLength(ends);
    expect(new Set(seen.map((header) => header.identifier)).size).toBe(ends);
    expect(seen.map(({ datestamp }) => datestamp)).toEqual(seen.map(({ datestamp }) => datestamp).toSorted());
  });

  it('learns of what was withdrawn that it is gone, and nothing else of it', async () => {
    const { ListRecords } = await ask(`verb=ListRecords&${prefix}&from=2026-03-04&until=2026-03-04`);
    expect(ListRecords?.record).toEqual([
      {
        header: {
          status: 'deleted',
          identifier: `oai:localhost:${withdrawn}`,
          datestamp: '2026-03-04T10:00:00Z',
          setSpec: 'operator',
        },
      },
    ]);
  });

  it('selects by second, day and set, both ends included', async () => {
    const count = async (search: string) =>
      (await ask(`verb=ListRecords&${prefix}&${search}`)).ListRecords?.record.length;
    expect(await count('from=2026-03-02T09:00:00Z&until=2026-03-02T09:00:00Z')).toBe(1);
    expect(await count('from=2026-03-05T10:00:00Z&set=watch')).toBe(recordsInList);
    expect(await count('set=operator')).toBe(3);
    expect(await count('until=2026-03-03')).toBe(2);
  });

  it('reads Dublin Core: credit, language, licence, where it is', async () => {
    const reply = await ask(`verb=GetRecord&${prefix}&identifier=${identifier()}`);
    const { record } = reply['GetRecord'] as NonNullable<Reply['ListRecords']>;
    expect(record[0]?.metadata?.['oai_dc:dc']).toMatchObject({
      'dc:title': 'Guide & <méthode>',
      'dc:creator': 'Awa Diop',
      'dc:publisher': 'Ministry of Health of North',
      'dc:date': '2026-03-02',
      'dc:language': 'fr',
      'dc:rights': 'https://creativecommons.org/licenses/by/4.0/',
      'dc:identifier': `${stage.site.url}/p/operator/hub/${kept}`,
      'dc:relation': 'https://example.org/guide.pdf',
    });
  });
});
