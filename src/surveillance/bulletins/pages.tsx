import type { JSX } from 'hono/jsx/jsx-runtime';
import { z } from 'zod';
import { formatPeriod, formatPeriodWithDays } from '../../ui/format.ts';
import {
  Actions,
  Button,
  ButtonForm,
  Form,
  HiddenField,
  SelectField,
  TextareaField,
  TextField,
  type FormState,
} from '../../ui/forms.tsx';
import type { Page } from '../../ui/layout.tsx';
import { directionOf, languageNames, locales, type Locale } from '../../ui/locales.ts';
import { Age, Notice, Status, Time } from '../../ui/parts.tsx';
import { Table } from '../../ui/table.tsx';
import { Name } from '../../ui/text.tsx';
import type { View } from '../../ui/view.ts';
import { periodAnswer } from '../signals/answers.ts';
import { toPeriod } from '../signals/pages.tsx';
import { parseMarkup, type Block } from './markup.ts';

const instant = z.iso.datetime();
const localeAnswer = z.enum(locales);

export const bulletinCore = z.object({
  id: z.uuid(),
  path: z.string(),
  publicPath: z.string(),
  period: periodAnswer,
  locale: localeAnswer,
  revision: z.int(),
  published: z.object({ revision: z.int(), by: z.string(), at: instant }).nullable(),
});

export const bulletinListAnswer = z.object({
  mayWrite: z.boolean(),
  /** Weeks for which a bulletin can be drafted, the latest first. */
  weeks: z.array(periodAnswer),
  bulletins: z.array(bulletinCore),
});
type BulletinListAnswer = z.output<typeof bulletinListAnswer>;

export const bulletinAnswer = bulletinCore.extend({
  mayWrite: z.boolean(),
  title: z.string(),
  text: z.string(),
  revisions: z.array(z.object({ revision: z.int(), by: z.string(), at: instant })),
});
type BulletinAnswer = z.output<typeof bulletinAnswer>;

export const revisionAnswer = z.object({
  path: z.string(),
  revision: z.int(),
  by: z.string(),
  at: instant,
  locale: localeAnswer,
  title: z.string(),
  text: z.string(),
});
type RevisionAnswer = z.output<typeof revisionAnswer>;

export const publicBulletinAnswer = z.object({
  office: z.string(),
  listPath: z.string(),
  period: periodAnswer,
  locale: localeAnswer,
  title: z.string(),
  text: z.string(),
  publishedBy: z.string(),
  publishedAt: instant,
  others: z.array(z.object({ locale: localeAnswer, path: z.string() })),
});
type PublicBulletinAnswer = z.output<typeof publicBulletinAnswer>;

export const publicListAnswer = z.object({
  office: z.string(),
  bulletins: z.array(z.object({ path: z.string(), period: periodAnswer, locale: localeAnswer, publishedAt: instant })),
});
type PublicListAnswer = z.output<typeof publicListAnswer>;

export const bulletinsCrumb = (view: View) => ({ path: '/bulletins', label: view.t('bulletins.title') });

/** The text of a bulletin in its own language and direction, whatever the reader's. */
export function BulletinBody({ locale, text }: { readonly locale: Locale; readonly text: string }): JSX.Element {
  return (
    <div class="bulletin" lang={locale} dir={directionOf(locale)}>
      {parseMarkup(text).map((block) => (
        <BulletinBlock block={block} />
      ))}
    </div>
  );
}

function BulletinBlock({ block }: { readonly block: Block }): JSX.Element {
  switch (block.kind) {
    case 'heading':
      return block.level === 2 ? <h2>{block.text}</h2> : <h3>{block.text}</h3>;
    case 'list':
      return (
        <ul>
          {block.items.map((item) => (
            <li>{item}</li>
          ))}
        </ul>
      );
    case 'paragraph':
      return (
        <p>
          {block.lines.map((line, position) => (
            <>
              {position > 0 ? <br /> : null}
              {line}
            </>
          ))}
        </p>
      );
  }
}

export const weekValue = ({ kind, label }: z.output<typeof periodAnswer>): string => `${kind} ${label}`;

export function bulletinListPage(answer: BulletinListAnswer, view: View, form: FormState): Page {
  const { t } = view;
  return {
    title: t('bulletins.title'),
    wide: true,
    body: (
      <>
        <p class="lead">{t('bulletins.lead')}</p>
        {answer.mayWrite && answer.weeks.length > 0 ? (
          <Form view={view} action="/bulletins" form={form}>
            <SelectField
              view={view}
              form={form}
              name="week"
              label={t('bulletins.week')}
              options={answer.weeks.map((week) => ({
                value: weekValue(week),
                label: formatPeriodWithDays(view, toPeriod(week)),
              }))}
            />
            <SelectField
              view={view}
              form={form}
              name="locale"
              label={t('bulletins.language')}
              options={locales.map((locale) => ({ value: locale, label: languageNames[locale] }))}
            />
            <Actions>
              <Button>{t('bulletins.draft')}</Button>
            </Actions>
          </Form>
        ) : null}
        {answer.weeks.length === 0 ? <Notice tone="info">{t('bulletins.no-weeks')}</Notice> : null}
        <Table
          view={view}
          id="bulletins"
          caption={t('bulletins.caption')}
          rows={answer.bulletins}
          columns={[
            {
              key: 'week',
              header: t('bulletins.week'),
              cell: (bulletin) => <a href={bulletin.path}>{formatPeriod(view, toPeriod(bulletin.period))}</a>,
            },
            {
              key: 'language',
              header: t('bulletins.language'),
              cell: ({ locale }) => <Name>{languageNames[locale]}</Name>,
            },
            {
              key: 'state',
              header: t('bulletins.state'),
              cell: ({ published, revision, publicPath }) =>
                published === null ? (
                  <Status tone="waiting">{t('bulletins.is-draft')}</Status>
                ) : (
                  <>
                    <Status tone="good">{t('bulletins.is-published')}</Status>{' '}
                    <a href={publicPath}>{t('bulletins.see-public')}</a>
                    {published.revision < revision ? <small> {t('bulletins.newer-draft')}</small> : null}
                  </>
                ),
            },
          ]}
        />
      </>
    ),
  };
}

export function bulletinPage(answer: BulletinAnswer, view: View, form: FormState): Page {
  const { t } = view;
  const { published, revision } = answer;
  return {
    title: t('bulletins.of-week', {
      week: formatPeriod(view, toPeriod(answer.period)),
      language: languageNames[answer.locale],
    }),
    breadcrumbs: [bulletinsCrumb(view)],
    body: (
      <>
        {published === null ? (
          <p>
            <Status tone="waiting">{t('bulletins.is-draft')}</Status>
          </p>
        ) : (
          <p>
            <Status tone="good">{t('bulletins.is-published')}</Status> <Name>{published.by}</Name>,{' '}
            <Time view={view} at={new Date(published.at)} /> <a href={answer.publicPath}>{t('bulletins.see-public')}</a>
            {published.revision < revision ? <> · {t('bulletins.newer-draft')}</> : null}
          </p>
        )}
        {answer.mayWrite ? (
          <Form view={view} action={answer.path} form={form}>
            <HiddenField name="base" value={String(revision)} />
            <TextField view={view} form={form} name="title" label={t('bulletins.heading')} maxLength={300} />
            <TextareaField
              view={view}
              form={form}
              name="text"
              label={t('bulletins.text')}
              hint={t('bulletins.text-hint')}
              rows={24}
              maxLength={50_000}
            />
            <Actions>
              <Button>{t('bulletins.save')}</Button>
            </Actions>
          </Form>
        ) : null}
        <h2>{t('bulletins.as-saved')}</h2>
        <article class="act">
          <p class="lead" lang={answer.locale} dir={directionOf(answer.locale)}>
            <strong>{answer.title}</strong>
          </p>
          <BulletinBody locale={answer.locale} text={answer.text} />
        </article>
        {answer.mayWrite ? (
          <>
            <p>{t('bulletins.publish-lead')}</p>
            <Actions>
              {published?.revision === revision ? null : (
                <ButtonForm
                  view={view}
                  action={`${answer.path}/publish`}
                  label={t('bulletins.publish')}
                  kind="primary"
                  hidden={{ revision: String(revision) }}
                />
              )}
              {published === null ? null : (
                <ButtonForm
                  view={view}
                  action={`${answer.path}/withdraw`}
                  label={t('bulletins.withdraw')}
                  kind="danger"
                />
              )}
            </Actions>
          </>
        ) : null}
        <h2>{t('bulletins.revisions')}</h2>
        <ul>
          {answer.revisions.map((each) => (
            <li>
              <a href={`${answer.path}/revisions/${each.revision}`}>
                {t('bulletins.revision', { number: each.revision })}
              </a>{' '}
              <small>
                <Name>{each.by}</Name>, <Age view={view} at={new Date(each.at)} />
              </small>
            </li>
          ))}
        </ul>
      </>
    ),
  };
}

export function revisionPage(answer: RevisionAnswer, view: View): Page {
  return {
    title: view.t('bulletins.revision', { number: answer.revision }),
    breadcrumbs: [bulletinsCrumb(view), { path: answer.path, label: answer.title }],
    body: (
      <>
        <p>
          <Name>{answer.by}</Name>, <Time view={view} at={new Date(answer.at)} />
        </p>
        <BulletinBody locale={answer.locale} text={answer.text} />
      </>
    ),
  };
}

export function publicBulletinPage(answer: PublicBulletinAnswer, view: View): Page {
  const { t } = view;
  return {
    title: answer.title,
    breadcrumbs: [{ path: answer.listPath, label: t('bulletins.all-of', { office: answer.office }) }],
    body: (
      <>
        <BulletinBody locale={answer.locale} text={answer.text} />
        <hr />
        <p>
          <small>
            {t('bulletins.published-by')} <Name>{answer.publishedBy}</Name>, <Name>{answer.office}</Name>,{' '}
            <Time view={view} at={new Date(answer.publishedAt)} />
          </small>
        </p>
        {answer.others.length === 0 ? null : (
          <p>
            {t('bulletins.also-in')}{' '}
            {answer.others.map(({ locale, path }, position) => (
              <>
                {position > 0 ? ', ' : null}
                <a href={path} lang={locale} hreflang={locale}>
                  <Name>{languageNames[locale]}</Name>
                </a>
              </>
            ))}
          </p>
        )}
      </>
    ),
  };
}

export function publicListPage(answer: PublicListAnswer, view: View): Page {
  const { t } = view;
  return {
    title: t('bulletins.all-of', { office: answer.office }),
    body: (
      <Table
        view={view}
        id="bulletins"
        caption={t('bulletins.caption')}
        rows={answer.bulletins}
        columns={[
          {
            key: 'week',
            header: t('bulletins.week'),
            cell: ({ path, period }) => <a href={path}>{formatPeriodWithDays(view, toPeriod(period))}</a>,
          },
          {
            key: 'language',
            header: t('bulletins.language'),
            cell: ({ locale }) => <Name>{languageNames[locale]}</Name>,
          },
          {
            key: 'at',
            header: t('bulletins.published-on'),
            cell: ({ publishedAt }) => <Time view={view} at={new Date(publishedAt)} />,
          },
        ]}
      />
    ),
  };
}
