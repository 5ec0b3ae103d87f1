import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { PartyFacts } from '../../../http/caller.ts';
import { read, write, type Endpoint } from '../../../http/endpoint.ts';
import { problem } from '../../../problem.ts';
import { formatInstant } from '../../../ui/format.ts';
import {
  Actions,
  blankForm,
  Button,
  ButtonForm,
  Form,
  HiddenField,
  TextareaField,
  TextField,
  type FormState,
} from '../../../ui/forms.tsx';
import { withNotice, type Page } from '../../../ui/layout.tsx';
import { Facts, Notice, Status, Timeline } from '../../../ui/parts.tsx';
import { Table, type Column } from '../../../ui/table.tsx';
import { Name } from '../../../ui/text.tsx';
import type { View } from '../../../ui/view.ts';
import { managers } from '../access.ts';
import { reportingCrumb, Rooms } from '../section.tsx';
import { forgetSender, hashSecret, receiveRumour } from './actions.ts';
import * as store from './store.ts';

const pathOf = (party: PartyFacts | undefined): string => `/p/${party?.slug ?? ''}/rumour`;

const ask = read({
  path: '/p/:party/rumour',
  summary: 'The form in which anybody tells a party of something unusual',
  for: 'anyone',
  answer: z.object({ party: z.string(), path: z.string() }),
  handle: async ({ party }) => ({ party: party?.name ?? '', path: pathOf(party) }),
  page: ({ party, path }, view) => tellPage(view, party, path, blankForm({ attempt: randomUUID() })),
});

const tell = write({
  path: '/p/:party/rumour',
  summary: 'Tells a party of something unusual. The answer holds the only link to what came of it',
  for: 'anyone',
  limit: 'unnamed',
  isUnnamed: true,
  body: z.object({
    attempt: z.uuid().optional(),
    what: z.string().trim().min(1).max(5000),
    location: z.string().trim().max(300).optional(),
    contact: z.string().trim().max(300).optional(),
  }),
  answer: z.object({ reference: z.string(), path: z.string() }),
  async handle(work, { body }) {
    const { reference, secret } = await receiveRumour(work, { ...body, language: work.locale });
    return { reference, path: `${pathOf(work.party)}/${secret}` };
  },
  show: (answer, view) => receiptPage(view, answer),
  form: ({ form }, view, { party }) => tellPage(view, party?.name ?? '', pathOf(party), form),
});

const came = z.enum(['looking-into', 'confirmed', 'not-confirmed', 'known', 'not-for-us', 'watching']);
const answersAnswer = z.array(z.object({ at: z.iso.datetime(), came, reply: z.string().nullable() }));

const followAnswer = z.object({
  party: z.string(),
  reference: z.string(),
  receivedAt: z.iso.datetime(),
  what: z.string(),
  location: z.string().nullable(),
  answers: answersAnswer,
});
type FollowAnswer = z.output<typeof followAnswer>;

const describeAnswers = (rumour: store.Rumour): z.input<typeof answersAnswer> =>
  rumour.answers.map(({ at, came: result, reply }) => ({ at: at.toISOString(), came: result, reply: reply ?? null }));

const follow = read({
  path: '/p/:party/rumour/:secret',
  summary: 'What came of a rumour, for whoever sent it',
  for: 'anyone',
  params: z.object({ secret: z.string().regex(/^[A-Za-z0-9_-]{32}$/) }),
  answer: followAnswer,
  async handle({ reader, party }, { params }) {
    const rumour = await store.findRumourBySecret(reader, hashSecret(params.secret));
    if (!rumour) throw problem.notFound({ what: 'rumour' });
    return {
      party: party?.name ?? '',
      reference: rumour.reference,
      receivedAt: rumour.receivedAt.toISOString(),
      what: rumour.what,
      location: rumour.location ?? null,
      answers: describeAnswers(rumour),
    };
  },
  page: followPage,
});

const rumourAnswer = z.object({
  submission: z.int(),
  reference: z.string(),
  receivedAt: z.iso.datetime(),
  what: z.string(),
  location: z.string().nullable(),
  language: z.string(),
  /** How its sender can be reached; null: they did not say, or it was erased. */
  contact: z.string().nullable(),
  answers: answersAnswer,
});
type RumourAnswer = z.output<typeof rumourAnswer>;

const rumoursListed = 100;

const list = read({
  path: '/reporting/rumours',
  summary: 'Rumours that anybody sent, the latest first, with what their senders were told',
  for: managers,
  answer: z.object({ rumours: z.array(rumourAnswer), publicPath: z.string() }),
  async handle({ reader, party }) {
    const rumours = await store.listRumours(reader, rumoursListed);
    return {
      publicPath: pathOf(party),
      rumours: rumours.map((rumour) => ({
        submission: rumour.submission,
        reference: rumour.reference,
        receivedAt: rumour.receivedAt.toISOString(),
        what: rumour.what,
        location: rumour.location ?? null,
        language: rumour.language,
        contact: rumour.senderContact ?? null,
        answers: describeAnswers(rumour),
      })),
    };
  },
  page: ({ rumours, publicPath }, view) => listPage(rumours, publicPath, view),
});

const forget = write({
  path: '/reporting/rumours/:submission/forget-sender',
  summary: 'Erases how the sender of a rumour can be reached',
  for: managers,
  params: z.object({ submission: z.coerce.number().int().min(1).max(2_147_483_647) }),
  body: z.object({}),
  answer: z.object({ submission: z.int() }),
  async handle(work, { params }) {
    await forgetSender(work, params.submission);
    return { submission: params.submission };
  },
  then: () => withNotice('/reporting/rumours', 'reporting.done-forgotten'),
});

export const rumoursEndpoints: readonly Endpoint[] = [ask, tell, follow, list, forget];

function tellPage(view: View, party: string, path: string, form: FormState): Page {
  const { t } = view;
  return {
    title: t('reporting.tell-title', { party }),
    body: (
      <>
        <p class="lead">{t('reporting.tell-lead')}</p>
        <Form view={view} action={path} form={form}>
          <HiddenField name="attempt" value={String(form.values['attempt'] ?? '')} />
          <TextareaField
            view={view}
            form={form}
            name="what"
            label={t('reporting.tell-what')}
            hint={t('reporting.tell-what-hint')}
            rows={6}
            maxLength={5000}
          />
          <TextField
            view={view}
            form={form}
            name="location"
            label={t('reporting.tell-where')}
            hint={t('reporting.tell-where-hint')}
            maxLength={300}
            optional
          />
          <TextField
            view={view}
            form={form}
            name="contact"
            label={t('reporting.tell-contact')}
            hint={t('reporting.tell-contact-hint')}
            maxLength={300}
            optional
          />
          <Notice>
            <p>{t('reporting.tell-privacy')}</p>
          </Notice>
          <Actions>
            <Button>{t('reporting.send')}</Button>
          </Actions>
        </Form>
      </>
    ),
  };
}

function receiptPage(view: View, { reference, path }: { readonly reference: string; readonly path: string }): Page {
  const { t } = view;
  return {
    title: t('reporting.told-title'),
    body: (
      <>
        <p class="lead">{t('reporting.told-lead')}</p>
        <Facts
          facts={[
            { label: t('reporting.reference'), value: <strong dir="ltr">{reference}</strong> },
            { label: t('reporting.told-link'), value: <a href={path}>{t('reporting.told-link-text')}</a> },
          ]}
        />
        <Notice tone="warn">
          <p>{t('reporting.told-once')}</p>
        </Notice>
      </>
    ),
  };
}

function Answers({ view, answers }: { readonly view: View; readonly answers: z.output<typeof answersAnswer> }) {
  const { t } = view;
  if (answers.length === 0) return <p>{t('reporting.no-answer-yet')}</p>;
  return (
    <Timeline
      view={view}
      entries={answers.map(({ at, came: result, reply }) => ({
        at: new Date(at),
        title: t(`reporting.came-${result}`),
        children: reply === null ? null : <p dir="auto">{reply}</p>,
      }))}
    />
  );
}

function followPage(answer: FollowAnswer, view: View): Page {
  const { t } = view;
  return {
    title: t('reporting.follow-title'),
    body: (
      <>
        <Facts
          facts={[
            { label: t('reporting.reference'), value: <strong dir="ltr">{answer.reference}</strong> },
            { label: t('reporting.told-to'), value: <Name>{answer.party}</Name> },
            { label: t('reporting.received'), value: formatInstant(view, new Date(answer.receivedAt)) },
            { label: t('reporting.tell-what'), value: <span dir="auto">{answer.what}</span> },
            ...(answer.location === null
              ? []
              : [{ label: t('reporting.tell-where'), value: <Name>{answer.location}</Name> }]),
          ]}
        />
        <h2>{t('reporting.what-came')}</h2>
        <Answers view={view} answers={answer.answers} />
      </>
    ),
  };
}

function listPage(rumours: readonly RumourAnswer[], publicPath: string, view: View): Page {
  const { t } = view;
  const columns: readonly Column<RumourAnswer>[] = [
    {
      key: 'what',
      header: t('reporting.what'),
      cell: ({ what, location }) => (
        <>
          <span dir="auto">{what}</span>
          {location === null ? null : (
            <>
              <br />
              <small class="soft">
                <Name>{location}</Name>
              </small>
            </>
          )}
        </>
      ),
    },
    { key: 'reference', header: t('reporting.reference'), cell: ({ reference }) => <bdi dir="ltr">{reference}</bdi> },
    {
      key: 'received',
      header: t('reporting.received'),
      cell: ({ receivedAt }) => formatInstant(view, new Date(receivedAt)),
    },
    {
      key: 'contact',
      header: t('reporting.sender'),
      cell: ({ contact, submission }) =>
        contact === null ? (
          t('reporting.nobody-named')
        ) : (
          <>
            <Name>{contact}</Name>{' '}
            <ButtonForm
              view={view}
              action={`/reporting/rumours/${submission}/forget-sender`}
              label={t('reporting.forget')}
            />
          </>
        ),
    },
    {
      key: 'answer',
      header: t('reporting.answered'),
      cell: ({ answers }) => {
        const last = answers.at(-1);
        return (
          <Status tone={last ? 'good' : 'waiting'}>
            {last ? t(`reporting.came-${last.came}`) : t('reporting.not-answered')}
          </Status>
        );
      },
    },
  ];
  return {
    title: t('reporting.rumours'),
    wide: true,
    breadcrumbs: [reportingCrumb(view)],
    body: (
      <>
        <Rooms view={view} />
        <p class="lead">{t('reporting.rumours-lead')}</p>
        <p>
          <a href={publicPath}>{t('reporting.rumour-form')}</a> ·{' '}
          <a href="/signals/all">{t('reporting.rumours-in-triage')}</a>
        </p>
        <Table view={view} id="rumours" caption={t('reporting.rumours')} isTitled columns={columns} rows={rumours} />
      </>
    ),
  };
}
