import type { JSX } from 'hono/jsx/jsx-runtime';
import { partyKinds } from '../acts/spine-types.ts';
import { formatNumber } from '../ui/format.ts';
import {
  Actions,
  Button,
  ButtonForm,
  CheckboxesField,
  Form,
  SelectField,
  TextField,
  type FormState,
} from '../ui/forms.tsx';
import type { Page } from '../ui/layout.tsx';
import { languageNames, locales } from '../ui/locales.ts';
import { Code, Facts, Fingerprint, Notice, Status, type Tone } from '../ui/parts.tsx';
import { Table } from '../ui/table.tsx';
import { Name } from '../ui/text.tsx';
import type { View } from '../ui/view.ts';
import type { HostedAnswer, InvitationAnswer, NetworkAnswer, OpeningAnswer, PairingState } from './answers.ts';

/** Set-up of the node, or of a party hosted on it. The recovery key travels in the form, so that nothing stores it. */
export function openingPage(answer: OpeningAnswer, form: FormState, view: View): Page {
  const { t } = view;
  const isNode = answer.opens === 'node';
  return {
    title: t(isNode ? 'network.set-up-title' : 'network.host-title'),
    body: (
      <>
        {isNode ? <p class="lead">{t('network.set-up-lead')}</p> : null}
        <Notice tone="warn">
          <p>{t('network.set-up-reads')}</p>
        </Notice>
        <Form view={view} action={isNode ? '/set-up' : '/parties/host'} form={form}>
          {isNode ? (
            <Facts
              facts={[
                {
                  label: t('network.set-up-address'),
                  value: <Code>{answer.address}</Code>,
                  change: t('network.set-up-address-hint'),
                },
              ]}
            />
          ) : null}
          <TextField view={view} form={form} name="name" label={t('network.field-name')} />
          <SelectField
            view={view}
            form={form}
            name="kind"
            label={t('network.field-kind')}
            options={partyKinds.map((kind) => ({ value: kind, label: t(`network.kind-${kind}`) }))}
          />
          <TextField
            view={view}
            form={form}
            name="country"
            label={t('network.field-country')}
            hint={t('network.hint-country')}
            optional
          />
          <CheckboxesField
            view={view}
            form={form}
            name="languages"
            label={t('network.field-languages')}
            options={locales.map((locale) => ({ value: locale, label: languageNames[locale] }))}
          />
          {isNode ? null : (
            <TextField
              view={view}
              form={form}
              name="slug"
              label={t('network.field-slug')}
              hint={t('network.hint-slug')}
            />
          )}
          <h2>{t('network.recovery-title')}</h2>
          <p>{t('network.recovery-lead')}</p>
          <p>
            <Code>{answer.recoveryKey}</Code>
          </p>
          <input type="hidden" name="recoveryKey" value={answer.recoveryKey} />
          <TextField
            view={view}
            form={form}
            name="recoveryCheck"
            label={t('network.field-recovery-check')}
            hint={t('network.hint-recovery-check')}
          />
          <Actions>
            <Button>{t(isNode ? 'network.set-up' : 'network.host')}</Button>
          </Actions>
        </Form>
      </>
    ),
  };
}

const pairingTone = {
  paired: 'good',
  'they-wait': 'waiting',
  'we-wait': 'waiting',
  forked: 'danger',
} as const satisfies Record<PairingState, Tone>;

export function networkPage(answer: NetworkAnswer, view: View): Page {
  const { t } = view;
  return {
    title: t('network.title'),
    wide: true,
    body: (
      <>
        <p class="lead">{t('network.lead')}</p>
        <LogCondition view={view} log={answer.log} mayAdminister={answer.mayAdminister} />
        <Table
          view={view}
          id="parties"
          caption={t('network.parties')}
          rows={answer.parties}
          columns={[
            { key: 'party', header: t('network.party'), cell: (row) => <Name>{row.name}</Name> },
            { key: 'kind', header: t('network.kind'), cell: (row) => t(`network.kind-${row.kind}`) },
            { key: 'country', header: t('network.country'), cell: (row) => row.country ?? '–' },
            {
              key: 'node',
              header: t('network.node'),
              cell: (row) => (
                <>
                  <Code>{row.node}</Code>{' '}
                  {row.isHosted ? t(row.isOperator ? 'network.runs-this-node' : 'network.hosted-here') : null}
                </>
              ),
            },
          ]}
        />
        <p class="soft">{t('network.same-hands')}</p>
        {answer.mayAdminister ? (
          <Actions>
            <a class="button secondary" href="/parties/host">
              {t('network.host-title')}
            </a>
            <a class="button secondary" href="/acts/erase">
              {t('network.erase-title')}
            </a>
          </Actions>
        ) : null}
        <h2>{t('network.nodes')}</h2>
        <Table
          view={view}
          id="nodes"
          caption={t('network.nodes')}
          isTitled
          empty={t('network.nodes-none')}
          rows={answer.pairings}
          columns={[
            { key: 'node', header: t('network.node'), cell: (row) => <Name>{row.name}</Name> },
            { key: 'address', header: t('network.set-up-address'), cell: (row) => <Code>{row.url}</Code> },
            {
              key: 'state',
              header: t('network.state'),
              cell: (row) => <Status tone={pairingTone[row.state]}>{t(`network.state-${row.state}`)}</Status>,
            },
            {
              key: 'held',
              header: t('network.held'),
              numeric: true,
              cell: (row) => (row.held === null ? '–' : formatNumber(view, row.held)),
            },
          ]}
        />
        {answer.ownFingerprint ? <OwnFingerprint view={view} text={answer.ownFingerprint} /> : null}
        {answer.mayAdminister
          ? answer.pairings
              .filter((row) => row.state === 'they-wait')
              .map((row) => <Confirmation view={view} pairing={row} />)
          : null}
        {answer.mayAdminister ? <PairingForms view={view} /> : null}
      </>
    ),
  };
}

function LogCondition({
  view,
  log,
  mayAdminister,
}: {
  readonly view: View;
  readonly log: NetworkAnswer['log'];
  readonly mayAdminister: boolean;
}): JSX.Element | null {
  const { t } = view;
  if (log.is === 'closed')
    return (
      <Notice tone="danger" title={t('network.log-closed')}>
        <p>{t('network.log-closed-why', { reason: log.reason ?? '' })}</p>
      </Notice>
    );
  if (log.is !== 'waiting') return null;
  return (
    <Notice tone="warn" title={t('network.log-waits')}>
      <p>{t('network.log-waits-why')}</p>
      {mayAdminister ? (
        <ButtonForm view={view} action="/network/attest-no-restore" label={t('network.attest-no-restore')} />
      ) : null}
    </Notice>
  );
}

function OwnFingerprint({ view, text }: { readonly view: View; readonly text: string }): JSX.Element {
  return (
    <>
      <h2>{view.t('network.own-fingerprint')}</h2>
      <p>
        <Fingerprint text={text} />
      </p>
      <p class="soft">{view.t('network.own-fingerprint-hint')}</p>
    </>
  );
}

function Confirmation({
  view,
  pairing,
}: {
  readonly view: View;
  readonly pairing: NetworkAnswer['pairings'][number];
}): JSX.Element {
  return (
    <Notice title={view.t('network.their-fingerprint', { name: pairing.name })}>
      <p>
        <Fingerprint text={pairing.fingerprint} />
      </p>
      <ButtonForm
        view={view}
        action={`/network/pairings/${pairing.id}/confirm`}
        label={view.t('network.confirm')}
        hidden={{ fingerprint: pairing.fingerprint }}
        kind="primary"
      />
    </Notice>
  );
}

function PairingForms({ view }: { readonly view: View }): JSX.Element {
  const { t } = view;
  return (
    <>
      <h2>{t('network.invite')}</h2>
      <p>{t('network.invite-hint')}</p>
      <ButtonForm view={view} action="/network/invitations" label={t('network.invite')} />
      <h2>{t('network.accept')}</h2>
      <LinkForm view={view} form={{ values: {}, errors: [] }} />
    </>
  );
}

function LinkForm({ view, form }: { readonly view: View; readonly form: FormState }): JSX.Element {
  return (
    <Form view={view} action="/network/pairings" form={form}>
      <TextField view={view} form={form} name="link" label={view.t('network.field-link')} />
      <Actions>
        <Button kind="secondary">{view.t('network.look-up')}</Button>
      </Actions>
    </Form>
  );
}

export function acceptPage(form: FormState, view: View): Page {
  return {
    title: view.t('network.accept'),
    breadcrumbs: [{ path: '/network', label: view.t('network.title') }],
    body: <LinkForm view={view} form={form} />,
  };
}

export function invitationPage(answer: InvitationAnswer, view: View): Page {
  const { t } = view;
  return {
    title: t('network.invitation'),
    breadcrumbs: [{ path: '/network', label: t('network.title') }],
    body: (
      <>
        <p>{t('network.invitation-lead')}</p>
        <p>
          <Code>{answer.link}</Code>
        </p>
        {answer.ownFingerprint ? <OwnFingerprint view={view} text={answer.ownFingerprint} /> : null}
      </>
    ),
  };
}

export function pairPage(view: View): Page {
  return { title: view.t('network.pair-title'), body: <p class="lead">{view.t('network.pair-lead')}</p> };
}

/** Nobody works for a party that has just been opened: its host gives the first person the door. */
export function hostedPage({ name, did, invitation }: HostedAnswer, view: View): Page {
  const { t } = view;
  return {
    title: t('network.host-first', { party: name }),
    breadcrumbs: [{ path: '/network', label: t('network.title') }],
    body: (
      <>
        <Notice tone="done">
          <p>{t('network.done-hosted')}</p>
        </Notice>
        <p class="lead">{t('network.host-first-give', { party: name })}</p>
        <p>
          <Code>{invitation}</Code>
        </p>
        <Facts facts={[{ label: t('network.identifier'), value: <Code>{did}</Code> }]} />
      </>
    ),
  };
}
