import type { Child } from 'hono/jsx';
import { networkCrumbs, NetworkRooms } from '../../../network/members/section.tsx';
import type { PlainDate } from '../../../period.ts';
import { formatDate } from '../../../ui/format.ts';
import { Actions, Button, ButtonForm, Form, HiddenField, type FormState } from '../../../ui/forms.tsx';
import type { Page } from '../../../ui/layout.tsx';
import { Facts, Pager, Status, type Fact } from '../../../ui/parts.tsx';
import { Name } from '../../../ui/text.tsx';
import type { View } from '../../../ui/view.ts';
import { Paragraphs, Words } from '../../programme/parts.tsx';
import { feedLinks } from '../feeds/links.ts';
import { hubPath, type ItemAnswer } from './answers.ts';
import { ItemFields } from './form.tsx';
import { ItemList, ItemTime } from './item-list.tsx';
import { itemKinds } from './item.ts';
import { languageName } from './languages.ts';
import type { HubAnswer, ItemFormAnswer, ItemPageAnswer } from './routes.tsx';
import { structuredDataOf } from './structured-data.ts';

export function hubPage(
  answer: HubAnswer,
  view: View,
  { query }: { readonly query: { kind?: string | undefined } },
): Page {
  const { t } = view;
  const { network, space } = answer;
  const path = hubPath(network.slug);
  return {
    title: t('hub.title'),
    links: feedLinks(view, network),
    breadcrumbs: [...networkCrumbs(network), ...(space ? [{ path: space.path, label: space.title.text }] : [])],
    body: (
      <>
        <NetworkRooms view={view} network={network} />
        <p class="lead">{t('hub.lead')}</p>
        <nav aria-label={t('hub.kinds')}>
          <ul class="inline-list">
            {[undefined, ...itemKinds].map((kind) => (
              <li>
                <a
                  href={kind === undefined ? path : `${path}?kind=${kind}`}
                  aria-current={kind === query.kind ? 'page' : undefined}
                >
                  {kind === undefined ? t('hub.all') : t(`hub.kind-${kind}-many`)}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        {answer.proposed.length === 0 ? null : (
          <>
            <h2>{t('hub.waiting')}</h2>
            <ItemList view={view} items={answer.proposed} />
          </>
        )}
        <h2>{t('hub.latest')}</h2>
        {answer.items.length === 0 ? <p>{t('hub.nothing')}</p> : <ItemList view={view} items={answer.items} />}
        <Pager view={view} query="after" next={answer.next ?? undefined} />
        <h2>{t('hub.take-part')}</h2>
        {answer.mayTell ? (
          <Actions>
            {itemKinds.map((kind) => (
              <a class="button" href={`${path}/new?kind=${kind}`}>
                {t(`hub.tell-${kind}`)}
              </a>
            ))}
          </Actions>
        ) : null}
        <p>
          <a href="/feeds">{t('hub.follow')}</a>
          {' · '}
          <a href={`/p/${network.slug}/newsletters`}>{t('hub.newsletters')}</a>
          {network.isSecretariat ? (
            <>
              {' · '}
              <a href={`${path}/gathered`}>{t('hub.gathered')}</a>
            </>
          ) : null}
        </p>
      </>
    ),
  };
}

export function itemPage(answer: ItemPageAnswer, view: View): Page {
  const { t } = view;
  const { network, item, space } = answer;
  return {
    title: item.title,
    links: feedLinks(view, network),
    data: structuredDataOf(item, network),
    breadcrumbs: [...networkCrumbs(network), { path: hubPath(network.slug), label: t('hub.title') }],
    body: (
      <>
        {item.state === 'published' ? null : (
          <p>
            <Status tone={item.state === 'proposed' ? 'waiting' : 'ended'}>{t(`hub.state-${item.state}`)}</Status>
          </p>
        )}
        <Paragraphs view={view} said={item.body === '' ? null : { language: item.language, text: item.body }} />
        {item.link === null ? null : (
          <p>
            <a href={item.link} rel="nofollow noreferrer">
              {t(item.origin === null ? 'hub.go-to' : 'hub.read-at-origin')}
            </a>{' '}
            <small class="soft" dir="ltr">
              {hostOf(item.link)}
            </small>
          </p>
        )}
        <Facts facts={factsOf(view, item, space)} />
        {answer.mayEdit ? (
          <p>
            <a href={`${item.path}/edit`}>{t('hub.edit')}</a>
          </p>
        ) : null}
        {answer.decisions.length === 0 ? null : (
          <Actions>
            {answer.decisions.map((decision) => (
              <ButtonForm
                view={view}
                action={`${item.path}/decide`}
                label={t(`hub.${decision}`)}
                kind={decision === 'publish' ? 'primary' : decision === 'withdraw' ? 'danger' : 'secondary'}
                hidden={{ base: String(answer.revision), decision }}
              />
            ))}
          </Actions>
        )}
      </>
    ),
  };
}

function factsOf(view: View, item: ItemAnswer, space: ItemPageAnswer['space']): readonly Fact[] {
  const { t } = view;
  const fact = (label: string, value: Child | null): readonly Fact[] => (value === null ? [] : [{ label, value }]);
  return [
    ...fact(t('members.kind'), t(`hub.kind-${item.kind}`)),
    ...(item.time === null ? [] : [{ label: t('hub.when'), value: <ItemTime view={view} item={item} /> }]),
    ...(item.time?.place ? [{ label: t('programme.place'), value: <Name>{item.time.place}</Name> }] : []),
    ...(item.authors.length === 0 ? [] : [{ label: t('hub.authors'), value: <Name>{item.authors.join(', ')}</Name> }]),
    ...(item.origin === null
      ? []
      : [
          {
            label: t('hub.origin'),
            value: (
              <a href={item.origin.address} rel="nofollow noreferrer">
                <Name>{item.origin.title}</Name>
              </a>
            ),
          },
        ]),
    ...fact(
      t('hub.licence'),
      item.licence === null ? (
        t('hub.licence-unsaid')
      ) : item.licence.link === null ? (
        <Name>{item.licence.name}</Name>
      ) : (
        <a href={item.licence.link} rel="license nofollow">
          <bdi dir="ltr">{item.licence.name}</bdi>
        </a>
      ),
    ),
    ...fact(t('hub.language'), <Name>{languageName(item.language)}</Name>),
    ...(space === null
      ? []
      : [
          {
            label: t('hub.space'),
            value: (
              <a href={space.path}>
                <Words view={view} said={space.title} />
              </a>
            ),
          },
        ]),
    ...(item.publishedAt === null
      ? []
      : [
          {
            label: t('hub.published-on'),
            value: formatDate(view, item.publishedAt.slice(0, 10) as PlainDate),
          },
        ]),
  ];
}

const hostOf = (link: string): string => (URL.canParse(link) ? new URL(link).host : link);

export function itemFormPage(answer: ItemFormAnswer, view: View, form: FormState): Page {
  const { t } = view;
  const { network, kind, path, spaces } = answer;
  return {
    title: path === null ? t(`hub.tell-${kind}`) : t('hub.edit'),
    breadcrumbs: [...networkCrumbs(network), { path: hubPath(network.slug), label: t('hub.title') }],
    body: (
      <>
        {network.isSecretariat ? null : <p class="lead">{t('hub.tell-lead-member')}</p>}
        <Form view={view} action={path === null ? hubPath(network.slug) : `${path}/edit`} form={form}>
          {path === null ? null : <HiddenField name="base" value={String(form.values['base'] ?? '1')} />}
          <ItemFields view={view} form={form} kind={kind} spaces={spaces} />
          <Actions>
            <Button>
              {path !== null ? t('programme.save') : t(network.isSecretariat ? 'hub.publish' : 'hub.propose')}
            </Button>
          </Actions>
        </Form>
      </>
    ),
  };
}
