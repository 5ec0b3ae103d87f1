/** Which communities on other nodes a party recognises as those whose people's data it holds. */
import { z } from 'zod';
import { bySession, declare } from '../acts/declare.ts';
import { isCouncilKind } from '../acts/spine-types.ts';
import { findParty, getHostedParty } from '../acts/store.ts';
import type { Reader } from '../db/database.ts';
import { read, write, type Endpoint } from '../http/endpoint.ts';
import type { Work } from '../house.ts';
import { isDid, type ActId, type Did, type PartyId } from '../ids.ts';
import { problem } from '../problem.ts';
import { requireParty, requirePerson } from '../surveillance/person.ts';
import { ButtonForm } from '../ui/forms.tsx';
import { withNotice, type Page } from '../ui/layout.tsx';
import { Status } from '../ui/parts.tsx';
import { Table } from '../ui/table.tsx';
import { Name } from '../ui/text.tsx';
import type { View } from '../ui/view.ts';
import { recogniseCommunity } from './act-types.ts';
import { listForeignCommunities, listRecognised } from './recognition-store.ts';

const delegates = { role: ['delegate', 'administrator'] as const };

const recognitionAnswer = z.object({
  communities: z.array(
    z.object({ did: z.string(), name: z.string(), country: z.string().nullable(), isRecognised: z.boolean() }),
  ),
});
type RecognitionAnswer = z.output<typeof recognitionAnswer>;

async function readRecognition(reader: Reader, party: PartyId): Promise<RecognitionAnswer> {
  const own = await getHostedParty(reader, party);
  const recognised = new Set(await listRecognised(reader, [own.did]));
  const communities = await listForeignCommunities(reader);
  return { communities: communities.map((each) => ({ ...each, isRecognised: recognised.has(each.did) })) };
}

/** In the name of the party, by an act that everybody can read; it counts on every node that follows its log. */
export async function recognise(work: Work, community: Did, isRecognised: boolean): Promise<ActId> {
  const { tx, house } = work;
  const account = requirePerson(work);
  const party = await getHostedParty(tx.db, requireParty(work));
  const known = await findParty(tx.db, community);
  if (!known || !isCouncilKind(known.kind)) throw problem.notFound({ what: 'community' });
  const act = await declare(work, {
    type: recogniseCommunity,
    party,
    subject: party.subject,
    summary: { community, isRecognised },
    assurance: bySession(house, account, party.subject),
  });
  await tx.audit(recogniseCommunity.name, { act, community, isRecognised });
  return act;
}

const list = read({
  path: '/communities/recognised',
  summary: 'Communities on other nodes, and whether the own party recognises that it holds data of their people',
  for: delegates,
  answer: recognitionAnswer,
  handle: ({ reader, party }) => {
    if (!party) throw problem.notAllowed({ needs: 'party' });
    return readRecognition(reader, party.id);
  },
  page: recognitionPage,
});

const change = write({
  path: '/communities/recognised',
  summary: 'Recognises a community, or no longer: from then on what its council says counts, or not',
  for: delegates,
  body: z.object({ community: z.string().refine(isDid), recognised: z.enum(['yes', 'no']) }),
  answer: z.object({}),
  async handle(work, { body }) {
    await recognise(work, body.community, body.recognised === 'yes');
    return {};
  },
  then: () => withNotice('/communities/recognised', 'agreement.done-recognised'),
});

export const recognitionEndpoints: readonly Endpoint[] = [list, change];

function recognitionPage(answer: RecognitionAnswer, view: View): Page {
  const { t } = view;
  return {
    title: t('agreement.recognition'),
    breadcrumbs: [{ path: '/exchange', label: t('exchange.title') }],
    body: (
      <>
        <p class="lead">{t('agreement.recognition-lead')}</p>
        <Table
          view={view}
          id="communities"
          caption={t('agreement.recognition')}
          isTitled
          empty={t('agreement.recognition-none')}
          rows={answer.communities}
          columns={[
            { key: 'name', header: t('agreement.community'), cell: (row) => <Name>{row.name}</Name> },
            {
              key: 'says',
              header: t('agreement.recognition-says'),
              cell: (row) => (
                <>
                  {row.country === null ? '–' : <bdi>{row.country}</bdi>}{' '}
                  <small>
                    <bdi>{row.did}</bdi>
                  </small>
                </>
              ),
            },
            {
              key: 'standing',
              header: t('agreement.recognition-standing'),
              cell: (row) => (
                <Status tone={row.isRecognised ? 'good' : 'neutral'}>
                  {t(row.isRecognised ? 'agreement.recognised' : 'agreement.not-recognised')}
                </Status>
              ),
            },
            {
              key: 'change',
              header: t('agreement.steps'),
              cell: (row) => (
                <ButtonForm
                  view={view}
                  action="/communities/recognised"
                  label={t(row.isRecognised ? 'agreement.recognise-no-longer' : 'agreement.recognise')}
                  hidden={{ community: row.did, recognised: row.isRecognised ? 'no' : 'yes' }}
                  kind="secondary"
                />
              ),
            },
          ]}
        />
      </>
    ),
  };
}
