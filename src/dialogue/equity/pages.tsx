import type { Child } from 'hono/jsx';
import { ShareBar } from '../../ui/chart.tsx';
import { formatNumber } from '../../ui/format.ts';
import type { Page } from '../../ui/layout.tsx';
import { KeyFigures } from '../../ui/parts.tsx';
import { Table } from '../../ui/table.tsx';
import { DownloadLinks } from '../../ui/parts.tsx';
import type { View } from '../../ui/view.ts';
import { FloorTime } from '../companion/pages.tsx';
import { networkCrumbs } from '../../network/members/section.tsx';
import { spaceCrumbs } from '../programme/spaces/pages.tsx';
import type { Dimension, DimensionAnswer, EquityAnswer, VoicesAnswer } from './answers.ts';
import { notSaid } from './funnel.ts';

export function equityPage(answer: EquityAnswer, view: View): Page {
  const { t } = view;
  const { network, space, voices, path } = answer;
  return {
    title: t(space ? 'equity.title-space' : 'equity.title-network'),
    wide: true,
    breadcrumbs: space
      ? [...spaceCrumbs(view, network, space.kind), { path: space.path, label: space.title.text }]
      : networkCrumbs(network),
    body: (
      <>
        <p class="lead">{t('equity.lead')}</p>
        <VoiceFigures view={view} voices={voices} />
        <Sessions view={view} voices={voices} />
        {voices.dimensions.map((dimension) => (
          <DimensionTable view={view} voices={voices} dimension={dimension} />
        ))}
        <p>
          <DownloadLinks view={view} data={{ csv: `${path}.csv`, json: `/api${path}` }} />
        </p>
        <Floor view={view} floor={answer.floor} />
        <h2>{t('equity.how-to-read')}</h2>
        <ul>
          <li>{t('equity.read-aim')}</li>
          <li>{t('equity.read-parity')}</li>
          <li>{t('equity.read-power')}</li>
          <li>{t('equity.read-hidden')}</li>
          <li>{t('equity.read-not-said')}</li>
          <li>{t('equity.read-year', { year: String(voices.classificationYear) })}</li>
        </ul>
      </>
    ),
  };
}

interface VoicesProps {
  readonly view: View;
  readonly voices: VoicesAnswer;
}

const people = (view: View, count: number | null): string =>
  count === null ? view.t('equity.withheld') : formatNumber(view, count);

/** Everybody, step by step, and who was there and said nothing. */
export function VoiceFigures({ view, voices }: VoicesProps): Child {
  const { t } = view;
  return (
    <KeyFigures
      figures={[
        ...voices.totals.map(({ step, total }) => ({
          label: t(`equity.step-${step}`),
          value: total === null ? t('equity.not-shown') : formatNumber(view, total),
        })),
        { label: t('equity.silent'), value: people(view, voices.silent), note: t('equity.silent-note') },
      ]}
    />
  );
}

function Sessions({ view, voices }: VoicesProps): Child {
  const { t } = view;
  const { counted, chathamHouse } = voices.sessions;
  return (
    <p>
      {t('equity.sessions', { count: counted })}
      {chathamHouse === 0 ? null : <> {t('equity.sessions-chatham', { count: chathamHouse })}</>}
    </p>
  );
}

function groupName({ t }: View, dimension: Dimension, group: string): string {
  if (group === notSaid) return t('equity.not-said');
  switch (dimension) {
    case 'constituency':
      return t(`network.kind-${group as 'government'}`);
    case 'gender':
      return t(`members.gender-${group as 'woman'}`);
    case 'region':
      return t(`statements.region-${group as 'AFR'}`);
    case 'income':
      return t(`statements.income-${group as 'low'}`);
  }
}

/** One line a group, one column a step: drawn and told at once. The mark in each bar is the group's part of those invited. */
export function DimensionTable({
  view,
  voices,
  dimension: { dimension, rows, power },
}: VoicesProps & { readonly dimension: DimensionAnswer }): Child {
  const { t } = view;
  const invited = rows[0];
  const shareOf = (count: number | null | undefined, total: number | null | undefined): number | undefined =>
    count == null || total == null || total === 0 ? undefined : count / total;
  const lines = (invited?.groups ?? []).map(({ group }, position) => ({
    group,
    aim: shareOf(invited?.groups[position]?.people, invited?.total),
    cells: rows.map(({ groups, total }) => ({ ...groups[position], total })),
    power: power.find((entry) => entry.group === group)?.parity ?? null,
  }));
  return (
    <Table
      view={view}
      id={`by-${dimension}`}
      caption={t(`equity.by-${dimension}`)}
      columns={[
        { key: 'group', header: t(`equity.${dimension}`), cell: ({ group }) => groupName(view, dimension, group) },
        ...rows.map(({ step }, at) => ({
          key: step,
          header: t(`equity.step-${step}`),
          cell: ({ cells, aim }: (typeof lines)[number]): Child => {
            const cell = cells[at];
            const share = shareOf(cell?.people, cell?.total);
            return (
              <>
                <ShareBar share={share} {...(at > 0 && aim !== undefined && { target: aim })} />{' '}
                <span>
                  {people(view, cell?.people ?? null)}
                  {at === 0 || cell?.parity == null ? null : (
                    <small class="soft"> {t('equity.parity', { parity: formatNumber(view, cell.parity, 2) })}</small>
                  )}
                </span>
              </>
            );
          },
        })),
        ...(voices.steps.includes('decided')
          ? [
              {
                key: 'power',
                header: t('equity.power'),
                numeric: true,
                cell: (line: (typeof lines)[number]): Child =>
                  line.power === null ? '–' : formatNumber(view, line.power, 2),
              },
            ]
          : []),
      ]}
      rows={lines}
      empty={t('equity.nobody')}
    />
  );
}

function Floor({ view, floor }: { readonly view: View; readonly floor: EquityAnswer['floor'] }): Child {
  const { t } = view;
  if (floor === null) return null;
  const number = (value: number | null): string =>
    value === null ? t('equity.not-shown') : formatNumber(view, value, 2);
  return (
    <>
      <FloorTime view={view} time={floor.time} />
      <KeyFigures
        figures={[
          {
            label: t('equity.concentration'),
            value: number(floor.concentration),
            note: t('equity.concentration-note'),
          },
          { label: t('equity.gap'), value: number(floor.gap), note: t('equity.gap-note') },
          { label: t('equity.theil'), value: number(floor.theil), note: t('equity.theil-note') },
        ]}
      />
    </>
  );
}
