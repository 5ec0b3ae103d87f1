import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { listRows } from './conversations.fixture.ts';
import { defaultLimits } from './limits.ts';
import { readStatements, readVotes } from './polis-export.ts';

const from = (text: string): Readable => Readable.from([Buffer.from(text)]);
const header = 'timestamp,datetime,comment-id,voter-id,vote\n';

describe('votes that are refused, with the row', () => {
  test.for<[string, string, string, number | undefined]>([
    ['an empty file', '', 'column-missing', undefined],
    ['no column of voters', 'comment-id,vote\n1,1\n', 'column-missing', 1],
    ['two columns of votes', 'voter-id,comment-id,vote,Vote\n1,1,1,1\n', 'column-duplicate', 1],
    ['a header only', header, 'no-votes', undefined],
    ['a vote of 2', `${header}1,x,1,1,1\n2,x,1,1,2\n`, 'vote-unknown', 3],
    ['no voter', `${header}1,x,1,,1\n`, 'field-empty', 2],
    ['a timestamp in words', `${header}yesterday,x,1,1,1\n`, 'number-malformed', 2],
    ['a row too short', `${header}1,x,1,1,1\n1,x,1\n`, 'csv-malformed', 3],
    ['a quote never closed', `${header}1,"x,1,1,1\n`, 'csv-malformed', 2],
    ['a fault below a text of three lines', `${header}1,"a\nb\nc",1,1,1\n1,x,1,1,9\n`, 'vote-unknown', 5],
    ['an id without end', `${header}1,x,1,${'9'.repeat(20_001)},1\n`, 'field-too-long', 2],
  ])('%s', async ([, text, code, line]) => {
    await expect(readVotes(from(text))).rejects.toMatchObject({ code, line });
  });

  test('more votes than allowed, without reading on', async () => {
    let rows = 0;
    const endless = Readable.from(
      (function* () {
        yield header;
        for (;;) yield `${++rows},x,1,${rows},1\n`;
      })(),
    );
    await expect(readVotes(endless, { limits: { ...defaultLimits, votes: 1000 } })).rejects.toMatchObject({
      code: 'too-many-votes',
      line: 1002,
    });
    expect(rows).toBeLessThan(20_000);
  });
});

describe('votes that are understood', () => {
  const expected = [
    { participant: '1', statement: '7', vote: 1 },
    { participant: '2', statement: '7', vote: -1 },
  ];
  test.for<[string, string]>([
    ['as exported', `${header}5,Fri Sep 20,7,1,1\n6,Fri Sep 20,7,2,-1\n`],
    ['other order, other columns, no time', 'vote,weight,voter-id,comment-id\n1,9,1,7\n-1,9,2,7\n'],
    ['a byte order mark, Windows line ends', `\uFEFF${header}5,x,7,1,1\r\n6,x,7,2,-1\r\n`],
    ['names of other tools', 'Participant_ID,statement id,VOTE\n1,7,1\n2,7,-1\n'],
    ['quoted line breaks, blank lines', `${header}5,"Fri\nSep ""20""",7,1,1\n\n6,x,7,2,-1\n`],
    ['blanks around', `${header}5,x, 7 , 1,1 \n6,x,7,2, -1\n`],
    ['changed votes, out of order', `${header}9,x,7,2,-1\n6,x,7,2,1\n5,x,7,1,1\n`],
    ['some times missing', `${header}5,x,7,1,0\n,x,7,1,1\n6,x,7,2,-1\n`],
  ])('%s', async ([, text]) => {
    expect(listRows(await readVotes(from(text)))).toEqual(expected);
  });

  test('cut into pieces anywhere', async () => {
    const bytes = Buffer.from(`\uFEFF${header}5,"é\n""",7,1,1\r\n6,x,7,2,-1`);
    for (let size = 1; size < 9; size++) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
        bytes.subarray(at * size, (at + 1) * size),
      );
      expect(listRows(await readVotes(Readable.from(pieces)))).toEqual(expected);
    }
  });

  test('statements without votes become empty columns when they are given', async () => {
    const statements = await readStatements(from('comment-id\n7\n8\n'));
    expect((await readVotes(from(`${header}5,x,7,1,1\n`), { statements })).statements).toEqual(['7', '8']);
  });
});

describe('statements', () => {
  test('moderation, meta and text, in any order of columns', async () => {
    const text = 'comment-body,is-meta,moderated,comment-id\n"a ""text"",\nwith, all",true,-1,3\nb,f,1,4\nc,,,5\n';
    expect(await readStatements(from(text))).toEqual([
      { id: '3', moderation: -1, isMeta: true, text: 'a "text",\nwith, all' },
      { id: '4', moderation: 1, isMeta: false, text: 'b' },
      { id: '5', moderation: 0, isMeta: false, text: 'c' },
    ]);
  });

  test.for<[string, string, string, number]>([
    ['twice', 'comment-id\n1\n1\n', 'statement-duplicate', 3],
    ['moderated by 7', 'comment-id,moderated\n1,7\n', 'moderation-unknown', 2],
    ['perhaps meta', 'comment-id,is-meta\n1,perhaps\n', 'flag-unknown', 2],
  ])('%s is refused', async ([, text, code, line]) => {
    await expect(readStatements(from(text))).rejects.toMatchObject({ code, line });
  });
});
