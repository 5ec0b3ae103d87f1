/** A report on opinions as text for a terminal: the answer first, then what it rests on. */
import type { Report, ReportedGroup, ReportedStatement } from '@reciproca/opinion/report';

const mostListed = 10;

export function describeReport(report: Report): string {
  const textOf = new Map(report.statements.map((statement) => [statement.id, statement]));
  return [
    `${report.participants.length} people cast ${report.votes} votes on ${report.statements.length} statements (engine: ${report.engine}).`,
    ...(report.floor === null
      ? ['Nothing is withheld: this is for whoever holds the votes, not for publication.']
      : [`Counts of fewer than ${report.floor} people, and what would give them away, are withheld (-).`]),
    '',
    ...describeGroups(report, textOf),
    '',
    'Statements with the broadest agreement over the groups (consensus: chance of agreeing, multiplied over the groups):',
    ...listStatements(report, ({ consensus }) => consensus),
    '',
    'Statements to show next (priority: weight in the draw):',
    ...listStatements(report, ({ priority, isModeratedOut }) => (isModeratedOut ? null : priority)),
    '',
    'All numbers, for each person and statement: --json',
    '',
  ].join('\n');
}

const noGroups = {
  tooFewPeople: 'fewer than 40 people voted on enough statements',
  groupsTooSmall: 'every division has a group of fewer than five people, or of one in twenty',
  notStable: 'other people of the same kind would have given other groups',
} as const;

type Statements = ReadonlyMap<string, ReportedStatement>;

function describeGroups(report: Report, statements: Statements): string[] {
  const { groups, stability } = report;
  const measured =
    stability === null
      ? []
      : [
          `Stability: ${round(stability.value)} (${stability.measure}; to be relied on from ${stability.reliableFrom}).` +
            (stability.isSeparate === null
              ? ''
              : stability.isSeparate
                ? ' The groups are apart.'
                : ' The groups are parts of one spectrum, not camps.'),
        ];
  if (groups.length === 0)
    return [`No stable groups${report.noGroups === null ? '' : `: ${noGroups[report.noGroups]}`}.`, ...measured];
  return [
    `${groups.length} groups. ${measured.join('')}`,
    ...groups.flatMap((group) => ['', ...describeGroup(group, statements)]),
  ];
}

function describeGroup({ id, size, representative }: ReportedGroup, statements: Statements): string[] {
  return [
    `Group ${id}, ${size ?? '-'} people. What sets it apart:`,
    ...(representative.length === 0 ? ['  nothing significant that may be shown'] : []),
    ...representative.map(
      ({ statement, direction, successes, trials, othersSuccesses, othersTrials }) =>
        `  ${direction === 'agree' ? 'agrees   ' : 'disagrees'} ${successes} of ${trials}; others ${othersSuccesses} of ${othersTrials}  ${shorten(statements.get(statement))}`,
    ),
  ];
}

function listStatements({ statements }: Report, valueOf: (statement: ReportedStatement) => number | null): string[] {
  const listed = statements
    .flatMap((statement) => {
      const value = statement.isMeta ? null : valueOf(statement);
      return value === null ? [] : [{ statement, value }];
    })
    .sort((a, b) => b.value - a.value)
    .slice(0, mostListed)
    .map(({ statement, value }) => {
      const { total } = statement;
      const votes = total === null ? '-' : `${total.agrees} agree, ${total.disagrees} disagree, ${total.passes} pass`;
      return `  ${round(value).padStart(6)}  ${shorten(statement)}  (${votes})`;
    });
  return listed.length === 0 ? ['  none that may be shown'] : listed;
}

function shorten(statement: ReportedStatement | undefined): string {
  if (statement === undefined) return '';
  // Control characters could move the cursor of whoever reads.
  const text = (statement.text ?? '').replaceAll(/[\p{Cc}\s]+/gu, ' ').trim();
  const short = text.length > 100 ? `${text.slice(0, 99)}…` : text;
  return short === '' ? `statement ${statement.id}` : `${statement.id}: ${short}`;
}

function round(value: number): string {
  return value.toFixed(3);
}
