/** Agreements as whoever looks may see them, from one snapshot. */
import { namesOf } from '../acts/store.ts';
import type { Reader } from '../db/database.ts';
import type { Caller } from '../http/caller.ts';
import type { Reading } from '../house.ts';
import type { Did, SubjectId } from '../ids.ts';
import { parseAddress } from '../network/address.ts';
import { problem } from '../problem.ts';
import { agreementTypes } from './act-types.ts';
import type { AgreementAnswer, AgreementListAnswer } from './answers.ts';
import type { DraftFormAnswer } from './draft-page.tsx';
import { boundFrom, boundUntil, entryIntoForce, statusAt, textInForceAt } from './entry-into-force.ts';
import { bindingText, partiesOf, textWithId, type InstrumentState } from './instrument.ts';
import { listCommunitiesInCountriesOf } from './recognition-store.ts';
import { allowedSteps, openAmendments, stepsOnVersion, type InstrumentStep } from './steps.ts';
import * as store from './store.ts';

export const pathOf = (id: SubjectId): string => `/agreements/${id.slice(id.lastIndexOf('/') + 1)}`;

export const negotiatingRoles = ['delegate', 'administrator'] as const;

const isNegotiator = ({ roles }: Caller['viewer']): boolean => negotiatingRoles.some((role) => roles.has(role));

export async function describeAgreements({ reader, house, viewer }: Reading & Caller): Promise<AgreementListAnswer> {
  const instruments = await store.listInstruments(reader);
  const names = await namesOf(
    reader,
    instruments.flatMap(({ state }) => partiesOf(state)),
  );
  return {
    mayPropose: isNegotiator(viewer),
    agreements: instruments.map(({ id, host, state }) => ({
      id,
      path: pathOf(id),
      host,
      title: bindingText(state).document.title,
      status: statusAt(state, house.clock.now()),
      parties: partiesOf(state).map((did) => names.get(did) ?? did),
    })),
  };
}

export async function describeAgreement(
  { reader, house, viewer, party: own }: Reading & Caller,
  key: string,
): Promise<AgreementAnswer> {
  const { id, host, state, frozenReason } = await getByKey(reader, key);
  const at = house.clock.now();
  const status = statusAt(state, at);
  const steps = own && isNegotiator(viewer) ? allowedSteps(state, status, own.did) : [];
  // Whoever may consent reads what there is to consent to; everybody else what binds today.
  const { act, by, document } = steps.some((step) => (stepsOnVersion as readonly InstrumentStep[]).includes(step))
    ? bindingText(state)
    : textInForceAt(state, at);
  const acts = await store.listActs(
    reader,
    id,
    agreementTypes.map((type) => type.name),
  );
  const keepers = document.copyKeepers.keepers.map((keeper) => keeper.operator);
  const names = await namesOf(reader, [...partiesOf(state), ...keepers]);
  const keeperNames = new Map(
    document.copyKeepers.keepers.map(({ operator, vkey }) => [vkey, names.get(operator) ?? operator]),
  );
  const ownOrigin = parseAddress(house.config.publicUrl).logOrigin;
  const nameOf = (did: Did): string => names.get(did) ?? did;
  return {
    id,
    path: pathOf(id),
    host,
    status,
    frozen: frozenReason as AgreementAnswer['frozen'],
    inForceFrom: entryIntoForce(state)?.toISOString() ?? null,
    textAct: act,
    textBy: by,
    document,
    names: Object.fromEntries(names),
    parties: partiesOf(state).map((did) => ({
      did,
      name: nameOf(did),
      standing: standingOf(state, did),
      boundFrom: boundFrom(state, did)?.toISOString() ?? null,
      boundUntil: boundUntil(state, did)?.toISOString() ?? null,
    })),
    communities: await communitiesOf(reader, state),
    amendments: state.amendments.map((amendment) => ({
      act: amendment.act,
      title: amendment.document.title,
      document: amendment.document,
      changes: textWithId(state, amendment.base).document,
      by: nameOf(amendment.by),
      accepted: Object.keys(amendment.acceptances).length,
      mayAccept: own !== undefined && isNegotiator(viewer) && openAmendments(state, own.did).includes(amendment),
    })),
    isOurs: own !== undefined && partiesOf(state).includes(own.did),
    steps: [...steps],
    acts: acts.map((record) => ({
      id: record.act,
      step: record.type.slice('agreement.'.length, record.type.indexOf('/')) as AgreementAnswer['acts'][number]['step'],
      party: record.party,
      n: record.kind === 'act' ? (record.n ?? null) : null,
      refusedBecause: record.reason ?? null,
      legalTime: record.legalTime === undefined ? null : new Date(record.legalTime * 1000).toISOString(),
      savedAt: record.savedAt.toISOString(),
      entry:
        record.logIndex === undefined
          ? null
          : {
              index: record.logIndex,
              path: `/log/${record.origin === ownOrigin ? '' : `of/${encodeURIComponent(record.origin)}/`}${record.logIndex}`,
              at: record.savedAt.toISOString(),
            },
      confirmed: confirmationOf(record, keeperNames),
    })),
  };
}

function confirmationOf(
  record: store.StepRecord,
  names: ReadonlyMap<string, string>,
): AgreementAnswer['acts'][number]['confirmed'] {
  const [first] = record.confirmedBy;
  if (!first) return null;
  const earliest = Math.min(...record.confirmedBy.map((each) => each.time));
  return {
    at: new Date(earliest * 1000).toISOString(),
    by: record.confirmedBy.map((each) => names.get(each.keeper) ?? each.keeper.split('+')[0] ?? ''),
  };
}

function standingOf(state: InstrumentState, party: Did): AgreementAnswer['parties'][number]['standing'] {
  if (state.withdrawals[party] !== undefined) return 'withdrew';
  if (state.refusals[party] !== undefined) return 'refused-text';
  if (state.ratifications[party] !== undefined) return 'ratified';
  const signature = state.signatures[party];
  if (!signature) return 'not-signed';
  return signature.consent === 'definitive' ? 'signed-definitive' : 'signed-subject';
}

/** Communities of the parties' countries, whoever hosts them. */
async function communitiesOf(reader: Reader, state: InstrumentState): Promise<AgreementAnswer['communities']> {
  const communities = await listCommunitiesInCountriesOf(reader, partiesOf(state));
  const answers = await store.listCommunityAnswers(
    reader,
    communities.map(({ did }) => did),
  );
  return answers.map(({ party, purpose, answer }) => ({
    did: party,
    name: communities.find(({ did }) => did === party)?.name ?? party,
    purpose: purpose as AgreementAnswer['communities'][number]['purpose'],
    answer,
  }));
}

export async function getByKey(reader: Reader, key: string): Promise<store.StoredInstrument> {
  const instrument = await store.findInstrumentByKey(reader, key);
  if (!instrument) throw problem.notFound({ what: 'agreement' });
  return instrument;
}

/** Parties and copy-keepers to choose from: whoever this node knows, besides the party that drafts. */
export async function choicesFor(
  { reader, viewer }: Reading & Caller,
  rest: Pick<DraftFormAnswer, 'action' | 'heading' | 'base'>,
): Promise<DraftFormAnswer> {
  const rows = await store.listKnownParties(reader);
  const others = rows.filter(({ id }) => id !== viewer.party?.id);
  return {
    ...rest,
    parties: others.map(({ did, name }) => ({ did, name })),
    keepers: rows.filter((row) => row.is_operator).map(({ did, name }) => ({ did, name })),
  };
}
