import { countryName } from '../../../network/members/countries.ts';
import { SavedMeanwhile } from '../../../network/members/moved-on.tsx';
import { networkCrumbs, networkPath, NetworkRooms, type NetworkFacts } from '../../../network/members/section.tsx';
import { formatNumber } from '../../../ui/format.ts';
import { Actions, Button, Form, HiddenField, TextareaField, TextField, type FormState } from '../../../ui/forms.tsx';
import type { Page } from '../../../ui/layout.tsx';
import { isLocale, languageNames, locales } from '../../../ui/locales.ts';
import { Code, Facts } from '../../../ui/parts.tsx';
import { Name } from '../../../ui/text.tsx';
import type { View } from '../../../ui/view.ts';
import { Paragraphs } from '../parts.tsx';
import { SessionTable, SpaceList, ZoneLink } from '../spaces/pages.tsx';
import type { HomeAnswer, ProfileAnswer } from './routes.tsx';

export function homePage(answer: HomeAnswer, view: View): Page {
  const { t } = view;
  const { network } = answer;
  const path = networkPath(network.slug);
  return {
    title: network.name,
    body: (
      <>
        <NetworkRooms view={view} network={network} />
        <Paragraphs view={view} said={answer.about} />
        {network.isSecretariat ? (
          <p>
            <a href={`${path}/profile`}>{t('programme.edit-profile')}</a>
          </p>
        ) : null}
        <h2>{t('programme.coming')}</h2>
        {answer.coming.length === 0 ? (
          <p>{t('programme.nothing-coming')}</p>
        ) : (
          <>
            <SessionTable
              view={view}
              sessions={answer.coming}
              zone={answer.zone}
              caption={t('programme.times-caption')}
            />
            <ZoneLink view={view} zone={answer.zone} />
          </>
        )}
        <h2>{t('programme.dialogues')}</h2>
        {answer.series.length === 0 ? (
          <p>{t('programme.no-series')}</p>
        ) : (
          <SpaceList view={view} spaces={answer.series} level={3} />
        )}
        <p>
          <a href={`${path}/dialogues`}>{t('programme.all-dialogues')}</a>
        </p>
        <h2>{t('programme.communities')}</h2>
        {answer.communities.length === 0 ? (
          <p>{t('programme.no-community')}</p>
        ) : (
          <SpaceList view={view} spaces={answer.communities} level={3} />
        )}
        <p>
          <a href={`${path}/communities`}>{t('programme.all-communities')}</a>
        </p>
        <h2>{t('members.room-home')}</h2>
        <Facts
          facts={[
            ...(answer.kind === null ? [] : [{ label: t('members.kind'), value: t(`network.kind-${answer.kind}`) }]),
            ...(answer.country === null
              ? []
              : [{ label: t('members.country'), value: countryName(view.locale, answer.country) }]),
            { label: t('programme.members'), value: formatNumber(view, answer.members) },
            ...(answer.contact === null ? [] : [{ label: t('members.contact'), value: <Name>{answer.contact}</Name> }]),
            ...(answer.website === null
              ? []
              : [
                  {
                    label: t('members.website'),
                    value: (
                      <a href={answer.website} rel="nofollow" dir="ltr">
                        {answer.website}
                      </a>
                    ),
                  },
                ]),
            { label: t('members.did'), value: <Code>{answer.did}</Code> },
          ]}
        />
        <Actions>
          <a class="button" href={`${path}/join`}>
            {t('members.join')}
          </a>
        </Actions>
      </>
    ),
  };
}

export function profileFormPage(answer: ProfileAnswer, view: View, form: FormState): Page {
  const { t } = view;
  const { network } = answer;
  const path = networkPath(network.slug);
  return {
    title: t('programme.edit-profile'),
    breadcrumbs: networkCrumbs(network),
    body: (
      <>
        <p>
          {t('programme.writing-in', {
            language: isLocale(answer.language) ? languageNames[answer.language] : answer.language,
          })}{' '}
          {locales
            .filter((locale) => locale !== answer.language)
            .map((locale, at) => (
              <>
                {at === 0 ? '' : ' · '}
                <a href={`${path}/profile?in=${locale}`} lang={locale} hreflang={locale}>
                  <Name>{languageNames[locale]}</Name>
                </a>
              </>
            ))}
        </p>
        {form.general === undefined ? null : (
          <SavedMeanwhile
            view={view}
            form={form}
            saved={[{ name: 'about', label: t('members.room-home'), value: answer.saved['about'] ?? '' }]}
          />
        )}
        <Form view={view} action={`${path}/profile`} form={form}>
          <HiddenField name="base" value={String(form.values['base'] ?? '0')} />
          <HiddenField name="language" value={answer.language} />
          <TextareaField
            view={view}
            form={form}
            name="about"
            label={t('members.room-home')}
            rows={10}
            maxLength={10_000}
            optional
          />
          <TextField view={view} form={form} name="contact" label={t('members.contact')} maxLength={300} optional />
          <TextField view={view} form={form} name="website" type="url" label={t('members.website')} optional />
          <Actions>
            <Button>{t('programme.save')}</Button>
          </Actions>
        </Form>
      </>
    ),
  };
}

/** Links only: works in any browser, and leaves no trace but the address. */
export function timeZonesPage(
  answer: { readonly network: NetworkFacts; readonly next: string; readonly zones: readonly string[] },
  view: View,
): Page {
  const { t } = view;
  const regions = Map.groupBy(answer.zones, (zone) => zone.split('/')[0] ?? zone);
  return {
    title: t('programme.time-zones'),
    breadcrumbs: networkCrumbs(answer.network),
    body: (
      <>
        <p class="lead">{t('programme.time-zones-lead')}</p>
        {[...regions].map(([region, zones]) => (
          <details>
            <summary>
              <bdi dir="ltr">{region}</bdi>
            </summary>
            <ul dir="ltr">
              {zones.map((zone) => (
                <li>
                  <a href={`${answer.next}?zone=${encodeURIComponent(zone)}`}>
                    {(zone.split('/').slice(1).join(', ') || zone).replaceAll('_', ' ')}
                  </a>
                </li>
              ))}
            </ul>
          </details>
        ))}
      </>
    ),
  };
}
