import { z } from 'zod';
import { actIdSchema } from '../../acts/payload.ts';
import type { Caller } from '../../http/caller.ts';
import { read, write, type Endpoint } from '../../http/endpoint.ts';
import { Actions, blankForm, Button, ButtonForm, SearchForm, TextField } from '../../ui/forms.tsx';
import { withNotice, type Page } from '../../ui/layout.tsx';
import { Code, Facts, Notice } from '../../ui/parts.tsx';
import type { View } from '../../ui/view.ts';
import { requireAccount, requireParty } from '../people/actions.ts';
import { eraseContent, getErasable } from './actions.ts';

const administrators = { role: ['administrator'] as const };
const path = '/acts/erase';

const erasableAnswer = z.object({
  act: z.object({ id: actIdSchema, type: z.string(), content: z.string() }).nullable(),
});

const form = read({
  path,
  summary: 'What erasing an act of the own party would delete; without an act, where to name one',
  for: administrators,
  query: z.object({ act: actIdSchema.optional() }),
  answer: erasableAnswer,
  async handle(reading, { query: { act: id } }) {
    if (id === undefined) return { act: null };
    const { act, content } = await getErasable(reading.reader, reading.house, requireParty(reading), id);
    return { act: { id, type: act.type, content: JSON.stringify(content, null, 2) } };
  },
  page: erasePage,
});

function erasePage({ act }: z.output<typeof erasableAnswer>, view: View): Page {
  const { t } = view;
  return {
    title: t('network.erase-title'),
    breadcrumbs: [{ path: '/network', label: t('network.title') }],
    body: (
      <>
        <p class="lead">{t('network.erase-lead')}</p>
        {act ? (
          <>
            <Facts
              facts={[
                { label: t('network.prove-act'), value: <Code>{act.type}</Code> },
                { label: t('network.identifier'), value: <Code>{act.id}</Code> },
              ]}
            />
            <pre>{act.content}</pre>
            <Notice tone="warn">
              <p>{t('network.erase-for-good')}</p>
            </Notice>
            <ButtonForm view={view} action={path} label={t('network.erase')} hidden={{ act: act.id }} kind="danger" />
          </>
        ) : (
          <SearchForm view={view} action={path} form={blankForm()}>
            <TextField view={view} form={blankForm()} name="act" label={t('network.field-act')} code />
            <Actions>
              <Button kind="secondary">{t('network.erase-look')}</Button>
            </Actions>
          </SearchForm>
        )}
      </>
    ),
  };
}

const erase = write({
  path,
  summary: 'Erases the content of an act of the own party, here and wherever its log is followed',
  for: administrators,
  sessionOnly: true,
  body: z.object({ act: actIdSchema }),
  answer: z.object({ erasure: actIdSchema }),
  async handle(work, { body }) {
    const by = personOf(work);
    return { erasure: await eraseContent(work, by, body.act) };
  },
  then: () => withNotice('/network', 'network.done-erased'),
});

function personOf(work: Pick<Caller, 'viewer'>) {
  return { account: requireAccount(work), party: requireParty(work) };
}

export const erasingEndpoints: readonly Endpoint[] = [form, erase];
