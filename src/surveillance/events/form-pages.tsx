import {
  Actions,
  blankForm,
  Button,
  DateField,
  Form,
  RadiosField,
  SelectField,
  TextareaField,
  TextField,
  type FormState,
} from '../../ui/forms.tsx';
import type { Page } from '../../ui/layout.tsx';
import { Notice } from '../../ui/parts.tsx';
import type { View } from '../../ui/view.ts';
import { signalsCrumb } from '../signals/pages.tsx';
import { eventOutcomes, findingCodes, findingKinds, taskHorizons, type RecordedDate } from './event.ts';
import { annex2Answers, annex2Criteria, annex2Lists } from './ihr-annex2.ts';
import { intervals, type ResponseAction } from './seven-one-seven.ts';
import { eventsCrumb } from './pages.tsx';

/** Which event a form page belongs to. */
export interface EventRef {
  readonly path: string;
  readonly title: string;
}

const crumbsOf = (view: View, event: EventRef) => [eventsCrumb(view), { path: event.path, label: event.title }];

export interface OpenEventChoices {
  readonly signal: EventRef;
  readonly openEvents: readonly { readonly id: string; readonly title: string }[];
}

export function openEventPage(view: View, { signal, openEvents }: OpenEventChoices, form: FormState): Page {
  const { t } = view;
  return {
    title: t('events.open-title'),
    breadcrumbs: [signalsCrumb(view), { path: signal.path, label: signal.title }],
    body: (
      <>
        <p class="lead">{t('events.open-lead')}</p>
        <Form view={view} action={`${signal.path}/event`} form={form}>
          {openEvents.length === 0 ? null : (
            <SelectField
              view={view}
              form={form}
              name="event"
              label={t('events.join')}
              hint={t('events.join-hint')}
              options={openEvents.map(({ id, title }) => ({ value: id, label: title }))}
              optional
            />
          )}
          <TextField
            view={view}
            form={form}
            name="title"
            label={t('events.event-title')}
            hint={t('events.event-title-hint')}
            maxLength={200}
          />
          <TextareaField view={view} form={form} name="why" label={t('events.open-why')} rows={3} maxLength={2000} />
          <Actions>
            <Button>{t('events.open-it')}</Button>
          </Actions>
        </Form>
      </>
    ),
  };
}

export function milestonePage(view: View, event: EventRef, milestone: RecordedDate, form: FormState): Page {
  const { t } = view;
  return {
    title: t(`events.milestone-${milestone}`),
    breadcrumbs: crumbsOf(view, event),
    body: (
      <>
        <p class="lead">{t(`events.milestone-hint-${milestone}`)}</p>
        <Form view={view} action={`${event.path}/dates/${milestone}`} form={form}>
          <DateField view={view} form={form} name="on" label={t('events.date')} hint={t('events.date-hint')} optional />
          <TextField
            view={view}
            form={form}
            name="source"
            label={t('events.date-source')}
            hint={t('events.date-source-hint')}
            maxLength={300}
          />
          <Actions>
            <Button>{t('events.save')}</Button>
          </Actions>
        </Form>
      </>
    ),
  };
}

export function actionPage(
  view: View,
  event: EventRef,
  action: ResponseAction,
  counts: 'started' | 'completed',
  form: FormState,
): Page {
  const { t } = view;
  return {
    title: t(`events.action-${action}`),
    breadcrumbs: crumbsOf(view, event),
    body: (
      <>
        <p class="lead">{t(`events.action-counts-${counts}`)}</p>
        <Form view={view} action={`${event.path}/actions/${action}`} form={form}>
          <RadiosField
            view={view}
            form={form}
            name="state"
            label={t('events.state')}
            options={(['done', 'not-done', 'not-applicable'] as const).map((value) => ({
              value,
              label: value === 'done' ? t(`events.action-${counts}`) : t(`events.action-is-${value}`),
            }))}
          />
          <DateField
            view={view}
            form={form}
            name="on"
            label={t('events.date')}
            hint={t('events.action-date-hint')}
            optional
          />
          <TextField
            view={view}
            form={form}
            name="reason"
            label={t('events.action-reason')}
            hint={t('events.action-reason-hint')}
            maxLength={500}
            optional
          />
          <Actions>
            <Button>{t('events.save')}</Button>
          </Actions>
        </Form>
      </>
    ),
  };
}

export function annex2Page(view: View, event: EventRef & { readonly tableVersion: string }, form: FormState): Page {
  const { t } = view;
  return {
    title: t('events.annex2'),
    breadcrumbs: crumbsOf(view, event),
    body: (
      <>
        <p class="lead">{t('events.annex2-lead')}</p>
        <Notice tone="warn">{t('events.annex2-unchecked', { version: event.tableVersion })}</Notice>
        <Form view={view} action={`${event.path}/annex2`} form={form}>
          <RadiosField
            view={view}
            form={form}
            name="list"
            label={t('events.list')}
            options={annex2Lists.map((value) => ({
              value,
              label: t(`events.list-${value}`),
              hint: t(`events.list-hint-${value}`),
            }))}
          />
          {annex2Criteria.map((criterion) => (
            <>
              <h2>{t(`events.criterion-${criterion}`)}</h2>
              <p class="hint">{t(`events.criterion-hint-${criterion}`)}</p>
              <RadiosField
                view={view}
                form={form}
                name={`${criterion}.answer`}
                label={t('events.answer')}
                options={annex2Answers.map((value) => ({ value, label: t(`events.answer-${value}`) }))}
              />
              <TextareaField
                view={view}
                form={form}
                name={`${criterion}.reason`}
                label={t('events.reason')}
                hint={t('events.reason-hint')}
                rows={2}
                maxLength={2000}
              />
            </>
          ))}
          <Actions>
            <Button>{t('events.save-annex2')}</Button>
          </Actions>
        </Form>
      </>
    ),
  };
}

export function findingPage(view: View, event: EventRef, form: FormState = blankForm()): Page {
  const { t } = view;
  return {
    title: t('events.add-finding'),
    breadcrumbs: crumbsOf(view, event),
    body: (
      <Form view={view} action={`${event.path}/findings`} form={form}>
        <RadiosField
          view={view}
          form={form}
          name="kind"
          label={t('events.finding-kind')}
          options={findingKinds.map((value) => ({ value, label: t(`events.${value}`) }))}
        />
        <RadiosField
          view={view}
          form={form}
          name="during"
          label={t('events.finding-during')}
          options={intervals.map((value) => ({ value, label: t(`events.interval-${value}`) }))}
        />
        <SelectField
          view={view}
          form={form}
          name="code"
          label={t('events.finding-code')}
          options={findingCodes.map((value) => ({ value, label: t(`events.finding-${value}`) }))}
        />
        <TextareaField view={view} form={form} name="note" label={t('events.finding-note')} rows={3} maxLength={2000} />
        <Actions>
          <Button>{t('events.save')}</Button>
        </Actions>
      </Form>
    ),
  };
}

export function taskPage(view: View, event: EventRef, form: FormState = blankForm()): Page {
  const { t } = view;
  return {
    title: t('events.add-task'),
    breadcrumbs: crumbsOf(view, event),
    body: (
      <Form view={view} action={`${event.path}/tasks`} form={form}>
        <TextareaField view={view} form={form} name="what" label={t('events.task')} rows={3} maxLength={1000} />
        <TextField
          view={view}
          form={form}
          name="owner"
          label={t('events.owner')}
          hint={t('events.owner-hint')}
          maxLength={200}
        />
        <RadiosField
          view={view}
          form={form}
          name="horizon"
          label={t('events.horizon')}
          options={taskHorizons.map((value) => ({ value, label: t(`events.horizon-${value}`) }))}
        />
        <DateField view={view} form={form} name="dueOn" label={t('events.due')} />
        <Actions>
          <Button>{t('events.save')}</Button>
        </Actions>
      </Form>
    ),
  };
}

export function closePage(view: View, event: EventRef, form: FormState = blankForm()): Page {
  const { t } = view;
  return {
    title: t('events.close'),
    breadcrumbs: crumbsOf(view, event),
    body: (
      <>
        <p class="lead">{t('events.close-lead')}</p>
        <Form view={view} action={`${event.path}/close`} form={form}>
          <RadiosField
            view={view}
            form={form}
            name="outcome"
            label={t('events.outcome')}
            options={eventOutcomes.map((value) => ({ value, label: t(`events.outcome-${value}`) }))}
          />
          <TextareaField
            view={view}
            form={form}
            name="lessons"
            label={t('events.lessons')}
            hint={t('events.lessons-hint')}
            maxLength={8000}
          />
          <TextareaField view={view} form={form} name="why" label={t('events.close-why')} rows={2} maxLength={2000} />
          <Actions>
            <Button kind="danger">{t('events.close-it')}</Button>
          </Actions>
        </Form>
      </>
    ),
  };
}
