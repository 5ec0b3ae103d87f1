import { networkCrumbs, networkPath, NetworkRooms } from '../../../network/members/section.tsx';
import type { PlainDate } from '../../../period.ts';
import { formatDate } from '../../../ui/format.ts';
import {
  Actions,
  Button,
  ButtonForm,
  CheckboxesField,
  Form,
  HiddenField,
  SelectField,
  TextareaField,
  TextField,
  type FormState,
} from '../../../ui/forms.tsx';
import type { Page } from '../../../ui/layout.tsx';
import { isLocale, languageNames, locales } from '../../../ui/locales.ts';
import { Notice, Status } from '../../../ui/parts.tsx';
import { Name } from '../../../ui/text.tsx';
import type { View } from '../../../ui/view.ts';
import { Paragraphs, Words } from '../../programme/parts.tsx';
import { ItemList } from '../items/item-list.tsx';
import type { NewsletterAnswer, NewsletterFormAnswer, NewslettersAnswer } from './routes.tsx';

export const newslettersPath = (party: string): string => `${networkPath(party)}/newsletters`;

const day = (view: View, at: string): string => formatDate(view, at.slice(0, 10) as PlainDate);

export function newslettersPage(answer: NewslettersAnswer, view: View): Page {
  const { t } = view;
  const { network, newsletters } = answer;
  return {
    title: t('hub.newsletters'),
    breadcrumbs: networkCrumbs(network),
    body: (
      <>
        <NetworkRooms view={view} network={network} />
        <p class="lead">{t('hub.newsletters-lead')}</p>
        {network.isSecretariat ? (
          <Actions>
            <a class="button" href={`${newslettersPath(network.slug)}/new`}>
              {t('hub.write-newsletter')}
            </a>
          </Actions>
        ) : null}
        {newsletters.length === 0 ? <p>{t('hub.no-newsletter')}</p> : null}
        <ul>
          {newsletters.map(({ path, title, sentAt }) => (
            <li>
              <a href={path}>
                <Words view={view} said={title} />
              </a>{' '}
              {sentAt === null ? (
                <Status tone="neutral">{t('programme.state-draft')}</Status>
              ) : (
                <small class="soft">{day(view, sentAt)}</small>
              )}
            </li>
          ))}
        </ul>
      </>
    ),
  };
}

export function newsletterPage(answer: NewsletterAnswer, view: View): Page {
  const { t } = view;
  const { network, newsletter } = answer;
  const isDraft = newsletter.sentAt === null;
  return {
    title: newsletter.title.text,
    breadcrumbs: [...networkCrumbs(network), { path: newslettersPath(network.slug), label: t('hub.newsletters') }],
    body: (
      <>
        <p>
          {newsletter.sentAt === null ? (
            <Status tone="neutral">{t('programme.state-draft')}</Status>
          ) : (
            <small class="soft">{day(view, newsletter.sentAt)}</small>
          )}
        </p>
        {answer.recipients === null || isDraft ? null : <p>{t('hub.sent-to', { count: answer.recipients })}</p>}
        <Paragraphs view={view} said={answer.lead} />
        {answer.items.length === 0 ? null : (
          <>
            <h2>{t('hub.in-this-issue')}</h2>
            <ItemList view={view} items={answer.items} />
          </>
        )}
        {isDraft ? <Drafting view={view} answer={answer} /> : null}
      </>
    ),
  };
}

/** Another language before it leaves: whoever has none of these gets the first. */
function Drafting({ view, answer }: { readonly view: View; readonly answer: NewsletterAnswer }) {
  const { t } = view;
  const { newsletter, languages, revision, sendsMail } = answer;
  return (
    <>
      <h2>{t('hub.before-sending')}</h2>
      <p>
        {t('hub.written-in')}{' '}
        {languages.map((language, at) => (
          <>
            {at === 0 ? null : ' · '}
            <Name>{isLocale(language) ? languageNames[language] : language}</Name>
          </>
        ))}
      </p>
      <ul class="inline-list">
        {locales.map((locale) => (
          <li>
            <a href={`${newsletter.path}/edit?in=${locale}`} hreflang={locale}>
              {t('hub.write-in', { language: languageNames[locale] })}
            </a>
          </li>
        ))}
      </ul>
      {sendsMail ? (
        <ButtonForm
          view={view}
          action={`${newsletter.path}/send`}
          label={t('hub.send-newsletter')}
          kind="primary"
          hidden={{ base: String(revision) }}
        />
      ) : (
        <Notice tone="warn">
          <p>{t('hub.no-mail')}</p>
        </Notice>
      )}
    </>
  );
}

export function newsletterFormPage(answer: NewsletterFormAnswer, view: View, form: FormState): Page {
  const { t } = view;
  const { network, path, offered } = answer;
  return {
    title: t('hub.write-newsletter'),
    breadcrumbs: [...networkCrumbs(network), { path: newslettersPath(network.slug), label: t('hub.newsletters') }],
    body: (
      <Form view={view} action={path === null ? newslettersPath(network.slug) : `${path}/edit`} form={form}>
        {path === null ? null : <HiddenField name="base" value={String(form.values['base'] ?? '1')} />}
        <SelectField
          view={view}
          form={form}
          name="language"
          label={t('programme.text-language')}
          options={locales.map((locale) => ({ value: locale, label: languageNames[locale] }))}
        />
        <TextField view={view} form={form} name="title" label={t('programme.title')} maxLength={200} />
        <TextareaField
          view={view}
          form={form}
          name="lead"
          label={t('hub.newsletter-lead')}
          rows={5}
          maxLength={5000}
          optional
        />
        {offered.length === 0 ? null : (
          <CheckboxesField
            view={view}
            form={form}
            name="items"
            label={t('hub.newsletter-items')}
            optional
            options={offered.map((item) => ({
              value: item.id,
              label: (
                <span lang={item.language === view.locale ? undefined : item.language} dir="auto">
                  {item.title}
                </span>
              ),
            }))}
          />
        )}
        <Actions>
          <Button>{t('programme.save')}</Button>
        </Actions>
      </Form>
    ),
  };
}
