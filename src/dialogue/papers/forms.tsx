/** The forms of those who convene: a new paper, closing a text for signatures, recording an organisation's word. */
import type { Child } from 'hono/jsx';
import { z } from 'zod';
import { networkFacts } from '../../network/members/answers.ts';
import { networkCrumbs } from '../../network/members/section.tsx';
import { listTimeZones } from '../../time-zone.ts';
import {
  Actions,
  Button,
  DateField,
  Form,
  HiddenField,
  NumberField,
  RadiosField,
  SelectField,
  TextareaField,
  TextField,
  type FormState,
} from '../../ui/forms.tsx';
import type { Page } from '../../ui/layout.tsx';
import { languageNames, locales } from '../../ui/locales.ts';
import type { View } from '../../ui/view.ts';
import { Words } from '../programme/parts.tsx';
import { saidSchema } from '../texts.ts';
import { paperKinds } from './paper.ts';
import { paperSummary } from './answers.ts';
import { paperCrumbs } from './parts.tsx';
import type { Unadopted } from './unadopted.ts';

export const newPaperAnswer = z.object({
  network: networkFacts,
  space: z.object({ title: saidSchema, path: z.string() }),
  /** Inquiries that are over: a paper may begin with their statements. */
  sources: z.array(z.object({ id: z.string(), question: saidSchema })),
  saved: z.record(z.string(), z.string()),
});

export function newPaperPage(answer: z.output<typeof newPaperAnswer>, view: View, form: FormState): Page {
  const { t } = view;
  const { network, space } = answer;
  return {
    title: t('papers.new'),
    breadcrumbs: [...networkCrumbs(network), { path: space.path, label: space.title.text }],
    body: (
      <>
        <Sources view={view} answer={answer} />
        <Form view={view} action={`${space.path}/papers`} form={form}>
          {form.values['inquiry'] === undefined ? null : (
            <HiddenField name="inquiry" value={String(form.values['inquiry'])} />
          )}
          <SelectField
            view={view}
            form={form}
            name="kind"
            label={t('papers.kind')}
            options={paperKinds.map((kind) => ({ value: kind, label: t(`papers.kind-${kind}`) }))}
          />
          <TextField view={view} form={form} name="title" label={t('papers.paper-title')} maxLength={300} />
          <SelectField
            view={view}
            form={form}
            name="language"
            label={t('papers.language')}
            hint={t('papers.language-hint')}
            options={locales.map((locale) => ({ value: locale, label: languageNames[locale] }))}
          />
          <TextareaField
            view={view}
            form={form}
            name="text"
            label={t('papers.first-text')}
            hint={t('papers.first-text-hint')}
            rows={16}
            maxLength={400_000}
          />
          <RadiosField
            view={view}
            form={form}
            name="settling"
            label={t('papers.who-settles')}
            options={[
              { value: 'editors', label: t('papers.editors-settle') },
              { value: 'support', label: t('papers.support-settles') },
            ]}
          />
          <NumberField view={view} form={form} name="supporters" label={t('papers.supporters-needed')} optional />
          <NumberField
            view={view}
            form={form}
            name="objectionsAtMost"
            label={t('papers.objections-at-most')}
            optional
          />
          <Actions>
            <Button>{t('papers.open')}</Button>
          </Actions>
        </Form>
      </>
    ),
  };
}

function Sources({ view, answer }: { readonly view: View; readonly answer: z.output<typeof newPaperAnswer> }): Child {
  const { sources, space } = answer;
  if (sources.length === 0) return null;
  return (
    <>
      <p>{view.t('papers.begin-with-statements')}</p>
      <ul>
        {sources.map(({ id, question }) => (
          <li>
            <a href={`${space.path}/papers/new?inquiry=${id}`}>
              <Words view={view} said={question} />
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}

const unanswered = z.array(
  z.object({ id: z.string(), label: z.string(), text: z.string(), answer: z.string().nullable() }),
);

/** One reason for each proposal that was not adopted; what was said when it was set aside stands there already. */
export function AnswerFields(props: {
  readonly view: View;
  readonly form: FormState;
  readonly proposals: readonly Unadopted[];
}) {
  const { view, form, proposals } = props;
  const { t } = view;
  if (proposals.length === 0) return null;
  return (
    <>
      <h2>{t('papers.unadopted')}</h2>
      <p class="hint">{t('papers.unadopted-hint')}</p>
      {proposals.map(({ id, label, text }) => (
        <TextareaField
          view={view}
          form={form}
          name={`answers.${id}`}
          label={t('papers.answer-to', { label })}
          hint={text}
          rows={2}
          maxLength={2000}
        />
      ))}
    </>
  );
}

export const answersSchema = z.record(z.string().max(43), z.string().trim().max(2000)).default({});

export const answerValues = (proposals: readonly Unadopted[]): Readonly<Record<string, string>> =>
  Object.fromEntries(proposals.map(({ id, answer }) => [`answers.${id}`, answer ?? '']));

export const signingAnswer = z.object({
  network: networkFacts,
  space: z.object({ title: saidSchema, path: z.string() }),
  base: z.string(),
  paper: paperSummary,
  timeZone: z.string(),
  unadopted: unanswered,
});

export function signingPage(answer: z.output<typeof signingAnswer>, view: View, form: FormState): Page {
  const { t } = view;
  return {
    title: t('papers.open-for-signatures'),
    breadcrumbs: paperCrumbs(answer),
    body: (
      <>
        <p>{t('papers.signing-lead')}</p>
        <Form view={view} action={`${answer.paper.path}/signing`} form={form}>
          <DateField view={view} form={form} name="date" label={t('papers.deadline-date')} />
          <TextField
            view={view}
            form={form}
            name="time"
            label={t('papers.deadline-time')}
            hint="18:00"
            width="short"
            code
          />
          <SelectField
            view={view}
            form={form}
            name="timeZone"
            label={t('papers.time-zone')}
            options={listTimeZones().map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }))}
          />
          <AnswerFields view={view} form={form} proposals={answer.unadopted} />
          <Actions>
            <Button>{t('papers.open-for-signatures')}</Button>
          </Actions>
        </Form>
      </>
    ),
  };
}

export const recordAnswer = z.object({
  network: networkFacts,
  space: z.object({ title: saidSchema, path: z.string() }),
  base: z.string(),
  paper: paperSummary,
});

export function recordPage(answer: z.output<typeof recordAnswer>, view: View, form: FormState): Page {
  const { t } = view;
  return {
    title: t('papers.record-signature'),
    breadcrumbs: paperCrumbs(answer),
    body: (
      <Form view={view} action={`${answer.paper.path}/signatures/record`} form={form}>
        <TextField
          view={view}
          form={form}
          name="organisation"
          label={t('papers.organisation-name')}
          hint={t('papers.organisation-hint')}
          maxLength={200}
        />
        <Actions>
          <Button>{t('papers.record-signature')}</Button>
        </Actions>
      </Form>
    ),
  };
}
