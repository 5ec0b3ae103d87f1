/** Agenda and motions of an assembly. */
import type { Child } from 'hono/jsx';
import { formatInstant } from '../../../ui/format.ts';
import {
  Actions,
  blankForm,
  Button,
  ButtonForm,
  Form,
  NumberField,
  SelectField,
  TextareaField,
  TextField,
} from '../../../ui/forms.tsx';
import { languageNames, locales } from '../../../ui/locales.ts';
import { Status } from '../../../ui/parts.tsx';
import { Name } from '../../../ui/text.tsx';
import type { AssemblyAnswer } from './answers.ts';
import type { PartProps } from './pages.tsx';

export function AgendaPart({ view, answer, refused }: PartProps): Child {
  const { t } = view;
  const { items, own, state, path, session } = answer;
  const local = { ...view, timeZone: session.timeZone };
  const form = refused?.step === 'items' ? refused.form : blankForm({ minutes: '15', paper: '' });
  const mayChange = own.mayConvene && state === 'planned';
  return (
    <>
      <h2>{t('assembly.agenda')}</h2>
      {items.length === 0 ? <p>{t('assembly.no-item')}</p> : null}
      <ol>
        {items.map((item, index) => (
          <li>
            <p>
              <strong dir="auto">{item.title}</strong>
              <br />
              <small class="soft">
                {t('assembly.from-until', {
                  from: formatInstant(local, new Date(item.from)),
                  until: formatInstant(local, new Date(item.until)),
                })}
              </small>
            </p>
            {item.explanation === null ? null : <p dir="auto">{item.explanation}</p>}
            {item.paper === null ? null : (
              <p>
                <a href={item.paper.path} lang={item.paper.language} dir="auto">
                  {item.paper.title}
                </a>
              </p>
            )}
            {item.link === null ? null : (
              <p>
                <a href={item.link} rel="nofollow" dir="ltr">
                  {item.link}
                </a>
              </p>
            )}
            {mayChange ? (
              <Actions>
                {index === 0 ? null : (
                  <ButtonForm
                    view={view}
                    action={`${path}/items/up`}
                    hidden={{ item: item.id }}
                    label={t('assembly.item-up', { title: item.title })}
                  />
                )}
                <ButtonForm
                  view={view}
                  action={`${path}/items/remove`}
                  hidden={{ item: item.id }}
                  label={t('assembly.item-remove', { title: item.title })}
                />
              </Actions>
            ) : null}
          </li>
        ))}
      </ol>
      {mayChange ? (
        <>
          <h3>{t('assembly.add-item')}</h3>
          <Form view={view} action={`${path}/items`} form={form}>
            <TextField view={view} form={form} name="title" label={t('assembly.item')} maxLength={300} />
            <NumberField view={view} form={form} name="minutes" label={t('assembly.item-minutes')} />
            <TextareaField
              view={view}
              form={form}
              name="explanation"
              label={t('assembly.explanation')}
              maxLength={5000}
              rows={3}
              optional
            />
            {own.papers.length === 0 ? null : (
              <SelectField
                view={view}
                form={form}
                name="paper"
                label={t('assembly.paper')}
                optional
                options={[
                  { value: '', label: t('assembly.no-paper') },
                  ...own.papers.map(({ id, title }) => ({ value: id, label: title })),
                ]}
              />
            )}
            <TextField view={view} form={form} name="link" type="url" label={t('assembly.link')} optional />
            <Actions>
              <Button kind="secondary">{t('assembly.add-item')}</Button>
            </Actions>
          </Form>
        </>
      ) : null}
    </>
  );
}

/** While people sit together, over lunch, and for those who vote by mail. */
const offeredMinutes = [10, 60, 1440];

const tones = {
  moved: 'waiting',
  seconded: 'waiting',
  voting: 'active',
  carried: 'good',
  'not-carried': 'ended',
  'no-quorum': 'warn',
  withdrawn: 'ended',
} as const;

export function MotionsPart({ view, answer, refused }: PartProps): Child {
  const { t } = view;
  const { motions, state } = answer;
  if (state === 'planned') return null;
  return (
    <>
      <h2>{t('assembly.motions')}</h2>
      {motions.length === 0 ? <p>{t('assembly.no-motion')}</p> : null}
      {motions.map((motion) => (
        <article>
          <h3>
            {t('assembly.motion', { number: motion.number })}{' '}
            <Status tone={tones[motion.stage]}>{t(`assembly.motion-${motion.stage}`)}</Status>
          </h3>
          <p lang={motion.language} dir="auto">
            <strong>{motion.words}</strong>
          </p>
          {motion.explanation === null ? null : (
            <p lang={motion.language} dir="auto">
              {motion.explanation}
            </p>
          )}
          <p class="soft">
            <span dir="auto">{motion.item}</span> · {t('assembly.moved-for')} <Name>{motion.movedFor}</Name>
            {motion.secondedFor === null ? null : (
              <>
                {' · '}
                {t('assembly.seconded-for')} <Name>{motion.secondedFor}</Name>
              </>
            )}
          </p>
          {motion.decision === null ? null : (
            <p>
              {motion.stage === 'voting'
                ? null
                : `${t('assembly.votes', { agree: motion.agree, object: motion.object, abstain: motion.abstain })} `}
              <a href={motion.decision}>{t(motion.stage === 'voting' ? 'assembly.to-vote' : 'assembly.to-decision')}</a>
            </p>
          )}
          <MotionSteps view={view} answer={answer} motion={motion} refused={undefined} />
        </article>
      ))}
      <MoveForm view={view} answer={answer} refused={refused} />
    </>
  );
}

function MotionSteps({
  view,
  answer,
  motion,
}: PartProps & { readonly motion: AssemblyAnswer['motions'][number] }): Child {
  const { t } = view;
  const { own, state, path } = answer;
  const seconders = own.speaksFor.filter(({ name }) => name !== motion.movedFor);
  if (motion.stage === 'moved' && state !== 'closed')
    return (
      <Actions>
        {seconders.map(({ id, name }) => (
          <ButtonForm
            view={view}
            action={`${path}/motions/second`}
            hidden={{ motion: motion.id, organisation: id }}
            label={t('assembly.second', { name })}
          />
        ))}
      </Actions>
    );
  if (motion.stage !== 'seconded' || !own.mayConvene || state !== 'open') return null;
  return (
    <Actions>
      {offeredMinutes.map((minutes) => (
        <ButtonForm
          view={view}
          action={`${path}/motions/vote`}
          hidden={{ motion: motion.id, minutes: String(minutes) }}
          label={t('assembly.put-to-vote', { count: minutes })}
        />
      ))}
    </Actions>
  );
}

function MoveForm({ view, answer, refused }: PartProps): Child {
  const { t } = view;
  const { own, state, path, items } = answer;
  if (own.speaksFor.length === 0 || (state !== 'called' && state !== 'open')) return null;
  const isRefused = refused?.step === 'motions';
  const form = isRefused
    ? refused.form
    : blankForm({ item: items[0]?.id ?? '', language: view.locale, organisation: own.speaksFor[0]?.id ?? '' });
  return (
    <details open={isRefused}>
      <summary>{t('assembly.move')}</summary>
      <Form view={view} action={`${path}/motions`} form={form}>
        <SelectField
          view={view}
          form={form}
          name="item"
          label={t('assembly.item')}
          options={items.map(({ id, title }) => ({ value: id, label: title }))}
        />
        <TextField
          view={view}
          form={form}
          name="words"
          label={t('assembly.motion-words')}
          hint={t('assembly.motion-hint')}
          maxLength={300}
        />
        <TextareaField
          view={view}
          form={form}
          name="explanation"
          label={t('assembly.explanation')}
          maxLength={5000}
          rows={3}
          optional
        />
        <SelectField
          view={view}
          form={form}
          name="language"
          label={t('assembly.language')}
          options={locales.map((locale) => ({ value: locale, label: languageNames[locale] }))}
        />
        <SelectField
          view={view}
          form={form}
          name="organisation"
          label={t('decisions.for-organisation')}
          options={own.speaksFor.map(({ id, name }) => ({ value: id, label: name }))}
        />
        <Actions>
          <Button>{t('assembly.move')}</Button>
        </Actions>
      </Form>
    </details>
  );
}
