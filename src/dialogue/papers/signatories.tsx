/** Signing a joint statement, and who signed. */
import type { Child } from 'hono/jsx';
import { countryName } from '../../network/members/countries.ts';
import { formatInstant } from '../../ui/format.ts';
import { Actions, blankForm, Button, ButtonForm, Form, SelectField } from '../../ui/forms.tsx';
import { Notice } from '../../ui/parts.tsx';
import { Name } from '../../ui/text.tsx';
import type { View } from '../../ui/view.ts';
import type { PaperAnswer, SignatoryAnswer } from './answers.ts';

interface Props {
  readonly view: View;
  readonly answer: PaperAnswer;
}

export function Signing({ view, answer }: Props): Child {
  const { t } = view;
  const { paper, own, base } = answer;
  if (paper.state !== 'signing' || paper.signingUntil === null) return null;
  const form = blankForm({ onBehalfOf: '' });
  return (
    <>
      <Notice>
        <p>{t('papers.signing-until', { time: formatInstant(view, new Date(paper.signingUntil)) })}</p>
      </Notice>
      {own.maySign ? (
        <>
          {own.hasSigned ? (
            <p>{t('papers.you-signed')}</p>
          ) : (
            <>
              <p class="hint">{t('papers.sign-hint')}</p>
              <ButtonForm view={view} action={`${base}/sign`} kind="primary" label={t('papers.sign-myself')} />
            </>
          )}
          {own.speaksFor.length === 0 ? null : (
            <Form view={view} action={`${base}/sign`} form={form}>
              <SelectField
                view={view}
                form={form}
                name="organisation"
                label={t('papers.sign-for')}
                options={own.speaksFor.map(({ id, name }) => ({ value: id, label: name }))}
              />
              <Actions>
                <Button kind="secondary">{t('papers.sign-organisation')}</Button>
              </Actions>
            </Form>
          )}
        </>
      ) : view.viewer.account ? null : (
        <p class="hint">{t('papers.who-may-sign')}</p>
      )}
    </>
  );
}

export function Signatories({ view, answer }: Props): Child {
  const { t } = view;
  const { paper, organisations, persons } = answer;
  if (paper.state === 'open' || paper.kind !== 'joint-statement') return null;
  return (
    <>
      <h2>{t('papers.signatories')}</h2>
      <h3>{t('papers.organisation-count', { count: organisations.length })}</h3>
      <SignatoryList view={view} answer={answer} signatories={organisations} />
      <h3>{t('papers.person-count', { count: persons.length })}</h3>
      <SignatoryList view={view} answer={answer} signatories={persons} />
    </>
  );
}

function SignatoryList({
  view,
  answer,
  signatories,
}: Props & { readonly signatories: readonly SignatoryAnswer[] }): Child {
  const { t } = view;
  if (signatories.length === 0) return null;
  return (
    <ul>
      {signatories.map(({ id, name, kind, country, isOwn }) => (
        <li>
          <Name>{name ?? t('papers.former-member')}</Name>
          {kind === null ? null : (
            <small class="soft">
              {' '}
              {t(`network.kind-${kind}`)}
              {country === null ? '' : `, ${countryName(view.locale, country)}`}
            </small>
          )}
          {isOwn ? (
            <>
              {' '}
              <ButtonForm
                view={view}
                action={`${answer.base}/signatures/withdraw`}
                hidden={{ signature: id }}
                label={t('papers.withdraw-signature')}
              />
            </>
          ) : null}
        </li>
      ))}
    </ul>
  );
}
