import type { NetworkFacts } from '../../../network/members/section.tsx';
import type { Page } from '../../../ui/layout.tsx';
import { Pager } from '../../../ui/parts.tsx';
import { Table } from '../../../ui/table.tsx';
import { Name } from '../../../ui/text.tsx';
import type { View } from '../../../ui/view.ts';
import type { SessionSummary, SpaceSummary } from '../answers.ts';
import { spaceCrumbs } from '../spaces/pages.tsx';
import type { AttendanceMode } from './session.ts';

export interface RegistrationsAnswer {
  readonly network: NetworkFacts;
  readonly space: SpaceSummary;
  readonly session: SessionSummary;
  readonly people: readonly {
    readonly name: string;
    readonly affiliation: string | null;
    readonly mode: AttendanceMode | null;
  }[];
  readonly next: string | null;
}

export function registrationsPage({ network, space, session, people, next }: RegistrationsAnswer, view: View): Page {
  const { t } = view;
  return {
    title: t('programme.registrations'),
    breadcrumbs: [
      ...spaceCrumbs(view, network, space.kind),
      { path: space.path, label: space.title.text },
      { path: session.path, label: session.title.text },
    ],
    body: (
      <>
        <Table
          view={view}
          id="registrations"
          caption={t('programme.registrations')}
          columns={[
            { key: 'name', header: t('members.name'), cell: ({ name }) => <Name>{name}</Name> },
            {
              key: 'organisation',
              header: t('members.organisation'),
              cell: ({ affiliation }) => (affiliation === null ? '' : <Name>{affiliation}</Name>),
            },
            {
              key: 'mode',
              header: t('programme.mode'),
              cell: ({ mode }) => (mode === null ? '' : t(`programme.mode-${mode}`)),
            },
          ]}
          rows={people}
          empty={t('programme.nobody')}
        />
        <Pager view={view} query="page" next={next ?? undefined} />
      </>
    ),
  };
}
