import type { Child } from 'hono/jsx';
import { networkCrumbs, networkPath, NetworkRooms, type NetworkFacts } from '../../../network/members/section.tsx';
import { formatBytes, formatNumber } from '../../../ui/format.ts';
import {
  Actions,
  Button,
  FileField,
  Form,
  HiddenField,
  RadiosField,
  SelectField,
  TextareaField,
  TextField,
  type FormState,
} from '../../../ui/forms.tsx';
import type { Page } from '../../../ui/layout.tsx';
import { Facts, KeyFigures, Notice, Pager, Status } from '../../../ui/parts.tsx';
import { Table } from '../../../ui/table.tsx';
import { Name } from '../../../ui/text.tsx';
import type { View } from '../../../ui/view.ts';
import { fileEndings, type Harvest } from './actions.ts';
import type { ReferenceAnswer } from './answers.ts';
import { coinsOf, metaOf } from './embedded.ts';
import { cslTypes } from './csl.ts';

/** Each with its credit, and with what a reference manager reads from a page (COinS). */
export function ReferenceList(props: {
  readonly view: View;
  readonly references: readonly ReferenceAnswer[];
  readonly isCurator: boolean;
  readonly empty: string;
}): Child {
  const { view, references, isCurator, empty } = props;
  const { t } = view;
  if (references.length === 0) return <p>{empty}</p>;
  return (
    <ul>
      {references.map((reference) => (
        <li>
          <ReferenceLink reference={reference} />
          {reference.state === 'proposed' ? (
            <>
              {' '}
              <Status tone="waiting">{t('programme.reference-proposed')}</Status>
            </>
          ) : null}
          <br />
          <small class="soft">
            <Credits view={view} reference={reference} />
            {reference.file === null ? null : ` · ${formatBytes(view, reference.file.sizeBytes)}`}
            {' · '}
            <a href={reference.path}>{isCurator ? t('programme.look-at') : t('programme.cite')}</a>
          </small>
          <span class="Z3988" title={coinsOf(reference)} />
        </li>
      ))}
    </ul>
  );
}

function ReferenceLink({ reference }: { readonly reference: ReferenceAnswer }): Child {
  const address = reference.file?.path ?? reference.link;
  return address === null ? (
    <Name>{reference.title}</Name>
  ) : (
    <a href={address} rel="nofollow noreferrer">
      <Name>{reference.title}</Name>
    </a>
  );
}

/** Who brought it, and who shared it later too. */
function Credits({ view, reference }: { readonly view: View; readonly reference: ReferenceAnswer }): Child {
  const { t } = view;
  const [first, ...later] = [...new Set(reference.credits.map(({ name }) => name ?? ''))];
  if (first === undefined || (first === '' && later.length === 0)) return t('programme.shared-by-unnamed');
  const others = later.filter((name) => name !== '');
  return (
    <>
      {first === '' ? t('programme.shared-by-unnamed') : t('programme.shared-by', { name: first })}
      {others.length === 0 ? null : `; ${t('programme.shared-later', { names: others.join(', ') })}`}
    </>
  );
}

export interface ReferencesAnswer {
  readonly network: NetworkFacts;
  readonly references: readonly ReferenceAnswer[];
  readonly space: { readonly path: string; readonly title: string; readonly slug: string } | null;
  readonly isCurator: boolean;
  readonly next: string | null;
}

export function referencesPage(answer: ReferencesAnswer, view: View): Page {
  const { t } = view;
  const { network, space } = answer;
  const query = space === null ? '' : `?space=${space.slug}`;
  return {
    title: t('programme.references'),
    breadcrumbs: [...networkCrumbs(network), ...(space === null ? [] : [{ path: space.path, label: space.title }])],
    body: (
      <>
        <NetworkRooms view={view} network={network} />
        <p class="lead">{t('programme.references-lead')}</p>
        <p>
          {t('programme.take-references')} <a href={`${networkPath(network.slug)}/references.json${query}`}>CSL-JSON</a>{' '}
          <a href={`${networkPath(network.slug)}/references.bib${query}`}>BibTeX</a>{' '}
          <a href={`${networkPath(network.slug)}/references.ris${query}`}>RIS</a>
        </p>
        <ReferenceList
          view={view}
          references={answer.references}
          isCurator={answer.isCurator}
          empty={t('programme.no-reference-yet')}
        />
        <Pager view={view} query="page" next={answer.next ?? undefined} />
      </>
    ),
  };
}

export interface ReferencePageAnswer {
  readonly network: NetworkFacts;
  readonly reference: ReferenceAnswer;
  readonly revision: number;
  readonly isCurator: boolean;
}

export function referencePage(answer: ReferencePageAnswer, view: View, form: FormState): Page {
  const { t } = view;
  const { network, reference } = answer;
  const { csl } = reference;
  return {
    title: reference.title,
    head: metaOf(reference),
    breadcrumbs: [
      ...networkCrumbs(network),
      { path: `${networkPath(network.slug)}/references`, label: t('programme.references') },
    ],
    body: (
      <>
        <Facts
          facts={[
            ...(reference.link === null
              ? []
              : [
                  {
                    label: t('programme.link'),
                    value: (
                      <a href={reference.link} rel="nofollow noreferrer" dir="ltr">
                        {reference.link}
                      </a>
                    ),
                  },
                ]),
            ...(reference.file === null
              ? []
              : [
                  {
                    label: t('programme.file'),
                    value: (
                      <a href={reference.file.path} download>
                        <Name>{reference.file.name}</Name>
                      </a>
                    ),
                  },
                ]),
            ...(csl.author === undefined
              ? []
              : [
                  {
                    label: t('programme.authors'),
                    value: (
                      <Name>
                        {csl.author
                          .map((one) =>
                            'literal' in one ? one.literal : [one.given, one.family].filter(Boolean).join(' '),
                          )
                          .join(', ')}
                      </Name>
                    ),
                  },
                ]),
            { label: t('programme.identifier'), value: <bdi dir="ltr">{reference.key.replace(/^url:/, '')}</bdi> },
            ...reference.credits.map(({ name, source }, at) => ({
              label: t(at === 0 ? 'programme.first-shared-by' : 'programme.later-shared-by'),
              value: (
                <>
                  {name === null ? t('programme.somebody') : <Name>{name}</Name>}{' '}
                  <small class="soft">{t(`programme.source-${source}`)}</small>
                </>
              ),
            })),
          ]}
        />
        <p>
          {t('programme.take-references')} <a href={`${reference.path}/cite.json`}>CSL-JSON</a>{' '}
          <a href={`${reference.path}/cite.bib`}>BibTeX</a> <a href={`${reference.path}/cite.ris`}>RIS</a>
        </p>
        <span class="Z3988" title={coinsOf(reference)} />
        {answer.isCurator ? (
          <>
            <h2>{t('programme.curate')}</h2>
            <p>{t('programme.curate-lead')}</p>
            <Form view={view} action={reference.path} form={form}>
              <HiddenField name="base" value={String(form.values['base'] ?? answer.revision)} />
              <SelectField
                view={view}
                form={form}
                name="type"
                label={t('members.kind')}
                options={cslTypes.map((type) => ({ value: type, label: t(`programme.csl-${type}`) }))}
              />
              <TextField view={view} form={form} name="title" label={t('programme.title')} maxLength={1000} />
              <TextareaField
                view={view}
                form={form}
                name="authors"
                label={t('programme.authors')}
                hint={t('programme.authors-hint')}
                rows={3}
                maxLength={5000}
                optional
              />
              <TextField view={view} form={form} name="year" label={t('programme.year')} width="short" code optional />
              <TextField
                view={view}
                form={form}
                name="container"
                label={t('programme.container')}
                maxLength={500}
                optional
              />
              <TextField
                view={view}
                form={form}
                name="publisher"
                label={t('programme.publisher')}
                maxLength={300}
                optional
              />
              <RadiosField
                view={view}
                form={form}
                name="state"
                label={t('programme.decision')}
                options={(['accepted', 'declined'] as const).map((value) => ({
                  value,
                  label: t(`programme.reference-${value}`),
                }))}
              />
              <Actions>
                <Button>{t('programme.save')}</Button>
              </Actions>
            </Form>
          </>
        ) : null}
      </>
    ),
  };
}

export interface PlaceAnswer {
  readonly network: NetworkFacts;
  readonly title: string;
  readonly path: string;
  readonly isChathamHouse: boolean;
}

const placeCrumbs = ({ network, title, path }: PlaceAnswer) => [...networkCrumbs(network), { path, label: title }];

export function shareFilePage(answer: PlaceAnswer, view: View, form: FormState): Page {
  const { t } = view;
  return {
    title: t('programme.share-file'),
    breadcrumbs: placeCrumbs(answer),
    body: (
      <Form view={view} action={`${answer.path}/references/file`} form={form} upload>
        <FileField
          view={view}
          form={form}
          name="file"
          label={t('programme.file')}
          hint={fileEndings.join(' ')}
          accept={fileEndings.join(',')}
          limitBytes={fileLimitBytes}
        />
        <TextField view={view} form={form} name="title" label={t('programme.title')} maxLength={300} />
        <Actions>
          <Button>{t('programme.share-now')}</Button>
        </Actions>
      </Form>
    ),
  };
}

export const fileLimitBytes = 20_000_000;
export const chatLimitBytes = 2_000_000;

export function harvestPage(answer: PlaceAnswer, view: View, form: FormState): Page {
  const { t } = view;
  return {
    title: t('programme.harvest'),
    breadcrumbs: placeCrumbs(answer),
    body: (
      <>
        <p class="lead">{t('programme.harvest-lead')}</p>
        {answer.isChathamHouse ? (
          <Notice>
            <p>{t('programme.harvest-chatham')}</p>
          </Notice>
        ) : null}
        <Form view={view} action={`${answer.path}/references/harvest`} form={form} upload>
          <TextareaField
            view={view}
            form={form}
            name="text"
            label={t('programme.chat')}
            hint={t('programme.chat-hint')}
            rows={12}
            optional
          />
          <FileField
            view={view}
            form={form}
            name="file"
            label={t('programme.chat-file')}
            accept=".txt,.sbv,.eml,text/plain"
            limitBytes={chatLimitBytes}
            optional
          />
          <Actions>
            <Button>{t('programme.harvest-now')}</Button>
          </Actions>
        </Form>
      </>
    ),
  };
}

export interface HarvestAnswer extends PlaceAnswer {
  readonly harvest: Harvest;
}

export function harvestedPage(answer: HarvestAnswer, view: View): Page {
  const { t } = view;
  const { harvest } = answer;
  return {
    title: t('programme.harvested'),
    breadcrumbs: placeCrumbs(answer),
    body: (
      <>
        <Notice tone="done">
          <p>{t('programme.harvested-lead', { form: t(`programme.chat-${harvest.form}`) })}</p>
        </Notice>
        <KeyFigures
          figures={[
            { label: t('programme.messages'), value: formatNumber(view, harvest.messages) },
            { label: t('programme.references'), value: formatNumber(view, harvest.found.length) },
            {
              label: t('programme.private-messages'),
              value: formatNumber(view, harvest.privateCount),
              note: t('programme.private-note'),
            },
          ]}
        />
        <Table
          view={view}
          id="found"
          caption={t('programme.references')}
          columns={[
            {
              key: 'written',
              header: t('programme.as-written'),
              cell: ({ written }) => <bdi dir="ltr">{written}</bdi>,
            },
            {
              key: 'name',
              header: t('programme.first-shared-by'),
              cell: ({ name }) => (name === null ? t('programme.somebody') : <Name>{name}</Name>),
            },
            {
              key: 'new',
              header: t('programme.state'),
              cell: ({ isNew }) => t(isNew ? 'programme.is-new' : 'programme.is-known'),
            },
          ]}
          rows={harvest.found}
          empty={t('programme.no-reference')}
        />
        {harvest.refused.length === 0 ? null : (
          <Table
            view={view}
            id="refused"
            caption={t('programme.left-out')}
            columns={[
              {
                key: 'written',
                header: t('programme.as-written'),
                cell: ({ written }) => <bdi dir="ltr">{written}</bdi>,
              },
              { key: 'why', header: t('programme.why'), cell: ({ reason }) => t(`programme.${reason}`) },
            ]}
            rows={harvest.refused}
          />
        )}
        <p>
          <a href={answer.path}>{t('programme.to-session')}</a>
        </p>
      </>
    ),
  };
}
