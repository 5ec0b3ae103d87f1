import type { Child } from 'hono/jsx';
import { formatInstant, formatNumber } from '../../../ui/format.ts';
import {
  Actions,
  blankForm,
  Button,
  ButtonForm,
  Form,
  SelectField,
  TextareaField,
  TextField,
  type FormState,
} from '../../../ui/forms.tsx';
import type { Page } from '../../../ui/layout.tsx';
import { KeyFigures, Notice, Status } from '../../../ui/parts.tsx';
import { Table } from '../../../ui/table.tsx';
import { Name } from '../../../ui/text.tsx';
import type { View } from '../../../ui/view.ts';
import { networkCrumbs } from '../../members/section.tsx';
import { oneVote } from './count.ts';
import type { ElectionAnswer } from './routes.tsx';

const tones = { nominations: 'waiting', open: 'active', counted: 'good' } as const;

interface Refused {
  readonly step: string;
  readonly form: FormState;
}

interface PartProps {
  readonly view: View;
  readonly answer: ElectionAnswer;
  readonly refused: Refused | undefined;
}

export function electionPage(answer: ElectionAnswer, view: View, refused?: Refused): Page {
  const { t } = view;
  const part = { view, answer, refused };
  return {
    title: answer.office,
    breadcrumbs: [...networkCrumbs(answer.network), { path: answer.assembly.path, label: t('assembly.assembly') }],
    body: (
      <>
        {refused && refused.step !== 'stand' && refused.step !== 'vote' ? (
          <Notice tone="danger">
            <p role="alert">{refused.form.general ?? refused.form.errors.map(({ message }) => message).join(' ')}</p>
          </Notice>
        ) : null}
        <p>
          <Status tone={tones[answer.state]}>{t(`assembly.election-${answer.state}`)}</Status>{' '}
          {answer.state === 'open' && answer.closesAt !== null
            ? t('assembly.voting-until', { time: formatInstant(view, new Date(answer.closesAt)) })
            : null}
        </p>
        {answer.explanation === null ? null : <p dir="auto">{answer.explanation}</p>}
        <KeyFigures
          figures={[
            { label: t('assembly.seats'), value: formatNumber(view, answer.seats) },
            ...(answer.state === 'nominations'
              ? []
              : [
                  { label: t('assembly.voices'), value: formatNumber(view, answer.roll.voices) },
                  { label: t('assembly.voted'), value: formatNumber(view, answer.roll.voted) },
                ]),
          ]}
        />
        <Result {...part} />
        <VoteForm {...part} />
        <Candidates {...part} />
        <StandForm {...part} />
        {answer.own.stands && answer.state === 'nominations' ? (
          <ButtonForm view={view} action={`${answer.path}/stand-down`} label={t('assembly.stand-down')} />
        ) : null}
        {answer.own.mayConvene && answer.state === 'nominations' && answer.assembly.state === 'open' ? (
          <Actions>
            {[10, 60, 1440].map((minutes) => (
              <ButtonForm
                view={view}
                action={`${answer.path}/open`}
                hidden={{ minutes: String(minutes) }}
                label={t('assembly.open-voting', { count: minutes })}
              />
            ))}
          </Actions>
        ) : null}
        <p class="hint">{t('assembly.secret-hint')}</p>
      </>
    ),
  };
}

function Candidates({ view, answer }: PartProps): Child {
  const { t } = view;
  return (
    <>
      <h2>{t('assembly.candidates')}</h2>
      {answer.candidates.length === 0 ? <p>{t('assembly.no-candidate')}</p> : null}
      {answer.candidates.map(({ number, name, organisation, statement, conflicts }) => (
        <article>
          <h3>
            {formatNumber(view, number)} · <Name>{name ?? t('papers.former-member')}</Name>
          </h3>
          {organisation === null ? null : (
            <p class="soft">
              {t('assembly.nominated-by')} <Name>{organisation}</Name>
            </p>
          )}
          <p dir="auto">{statement}</p>
          <p>
            <strong>{t('assembly.conflicts')}</strong>{' '}
            {conflicts === '' ? t('assembly.none-declared') : <span dir="auto">{conflicts}</span>}
          </p>
        </article>
      ))}
    </>
  );
}

function StandForm({ view, answer, refused }: PartProps): Child {
  const { t } = view;
  const { own, path } = answer;
  if (!own.mayStand) return null;
  const isRefused = refused?.step === 'stand';
  const form = isRefused ? refused.form : blankForm({ organisation: '' });
  return (
    <details open={isRefused}>
      <summary>{t('assembly.stand')}</summary>
      <p>{t('assembly.stand-hint')}</p>
      <Form view={view} action={`${path}/stand`} form={form}>
        <TextareaField view={view} form={form} name="statement" label={t('assembly.statement')} maxLength={5000} />
        <TextareaField
          view={view}
          form={form}
          name="conflicts"
          label={t('assembly.conflicts')}
          hint={t('assembly.conflicts-hint')}
          maxLength={2000}
          rows={3}
          optional
        />
        {own.speaksFor.length === 0 ? null : (
          <SelectField
            view={view}
            form={form}
            name="organisation"
            label={t('assembly.nominated-by')}
            optional
            options={[
              { value: '', label: t('assembly.nobody-nominates') },
              ...own.speaksFor.map(({ id, name }) => ({ value: id, label: name })),
            ]}
          />
        )}
        <Actions>
          <Button>{t('assembly.stand')}</Button>
        </Actions>
      </Form>
    </details>
  );
}

function VoteForm({ view, answer, refused }: PartProps): Child {
  const { t } = view;
  const { own, path } = answer;
  if (own.mayVoteFor.length === 0) return null;
  const form = refused?.step === 'vote' ? refused.form : blankForm({ organisation: own.mayVoteFor[0]?.id ?? '' });
  return (
    <>
      <h2>{t('assembly.your-vote')}</h2>
      <p>{t('assembly.vote-hint')}</p>
      <Form view={view} action={`${path}/vote`} form={form}>
        <TextField
          view={view}
          form={form}
          name="ranking"
          label={t('decisions.ranking')}
          hint={t('decisions.ranking-hint')}
          width="medium"
          code
        />
        <SelectField
          view={view}
          form={form}
          name="organisation"
          label={t('decisions.for-organisation')}
          options={own.mayVoteFor.map(({ id, name }) => ({ value: id, label: name }))}
        />
        <Actions>
          <Button>{t('assembly.cast')}</Button>
        </Actions>
      </Form>
    </>
  );
}

function Result({ view, answer }: PartProps): Child {
  const { t } = view;
  const { result, candidates } = answer;
  if (result === null) return null;
  const nameOf = (number: number): string =>
    candidates.find((candidate) => candidate.number === number)?.name ?? t('papers.former-member');
  const { rounds } = result;
  return (
    <>
      <h2>{t('assembly.elected')}</h2>
      {result.elected.length === 0 ? <p>{t('assembly.nobody-elected')}</p> : null}
      <ul>
        {result.elected.map((number) => (
          <li>
            <Name>{nameOf(number)}</Name>
          </li>
        ))}
      </ul>
      {rounds === null ? (
        <p>{t('assembly.table-hidden')}</p>
      ) : (
        <>
          <p>{t('assembly.quota', { quota: formatNumber(view, result.quota / oneVote) })}</p>
          <Table
            view={view}
            id="rounds"
            caption={t('decisions.rounds')}
            columns={[
              { key: 'candidate', header: t('assembly.candidate'), cell: ({ name }) => <Name>{name}</Name> },
              ...rounds.map((round, at) => ({
                key: `round-${at}`,
                header: t('decisions.round', { n: at + 1 }),
                numeric: true,
                cell: ({ number }: { readonly number: number | null }) => {
                  const votes = number === null ? round.notTransferable : round.counts[String(number)];
                  return votes === undefined ? '–' : formatNumber(view, Math.round(votes / 1000) / 100, 2);
                },
              })),
            ]}
            rows={[
              ...candidates.map(({ number }) => ({ number: number as number | null, name: nameOf(number) })),
              { number: null, name: t('assembly.not-transferable') },
            ]}
          />
          {rounds.some(({ byLot }) => byLot) ? <p>{t('assembly.by-lot')}</p> : null}
        </>
      )}
    </>
  );
}
