/** `verify-log`: everything that can be checked of one or several logs from outside, without an account, a database or trust in the node that serves them. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { formatHash, parseHash } from '@reciproca/tlog/hash';
import { Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { protocol } from '../app.ts';
import { systemClock, type Clock } from '../clock.ts';
import { parseAddress } from '../network/address.ts';
import { auditLogs, type AuditReport } from '../observatory/audit.ts';
import { findCopies, type Copy } from '../observatory/copies.ts';
import { isOpenAt, questionKinds, type Question } from '../observatory/questions.ts';
import { LogFault, openRemoteLog, type RemoteLog } from '../observatory/remote-log.ts';
import { describeQuestion } from '../observatory/wording.ts';
import { OperatorError } from '../operator-error.ts';
import { Problem } from '../problem.ts';
import { translator } from '../ui/locales.ts';

interface Options {
  readonly with: readonly string[];
  readonly from: number;
  readonly copies: number;
  readonly key?: string;
  readonly state?: string;
  readonly json?: boolean;
}

interface Surroundings {
  readonly clock: Clock;
  readonly out: { write(text: string): unknown };
  readonly err: { write(text: string): unknown; readonly isTTY?: boolean };
}

export function verifyLogCommand(): Command {
  return new Command('verify-log')
    .description(
      'Check a public log from anywhere: signatures, every tile and entry, every act, and its flows against the agreements in force.',
    )
    .argument('<url>', 'address of the node, such as https://health.example.org', parseUrl)
    .option(
      '--with <url>',
      'read this log as well; the other party’s log holds its signatures and receipts. May be given several times',
      (url: string, urls: readonly string[]) => [...urls, parseUrl(url)],
      [],
    )
    .option(
      '--from <size>',
      'signatures of entries before this one were checked earlier; everything else is checked from entry 0',
      parseSize,
      0,
    )
    .option('--key <vkey>', 'the log’s key, if you have it from elsewhere; otherwise the one that entry 0 names')
    .option(
      '--state <file>',
      'remember the verified checkpoints there, and demand next time that the logs have only grown',
    )
    .option(
      '--copies <number>',
      'how many independent copies must hold the state of the first log; a copy counts when its own log is read as well, with --with',
      parseSize,
      1,
    )
    .option('--json', 'print the whole report as JSON')
    .addHelpText(
      'after',
      '\nExit codes: 0 verified (open questions may remain), 1 not verified, 2 asked wrongly, 3 verified in itself, but held by fewer independent copies than --copies asks for.',
    )
    .action(async (url: string, { with: others, from, ...options }: Options) => {
      process.exitCode = await verifyLogs(
        [url, ...others],
        { ...options, from },
        { out: process.stdout, err: process.stderr, clock: systemClock },
      );
    });
}

function parseUrl(text: string): string {
  const trimmed = text.replace(/\/(?:log\/?)?$/, '');
  try {
    return parseAddress(trimmed).url;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new InvalidArgumentError(
      'Give scheme and host, such as https://health.example.org; plain http is for localhost only.',
    );
  }
}

function parseSize(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('Give a number of entries.');
  return Number(text);
}

const stateSchema = z.object({
  version: z.literal(1),
  logs: z.record(z.string(), z.object({ vkey: z.string(), size: z.int().min(1), root: z.string(), note: z.string() })),
});
type State = z.infer<typeof stateSchema>;

/** The exit code: 0 verified, 1 not, 3 verified in itself and not confirmed by enough others. */
export async function verifyLogs(
  urls: readonly string[],
  options: Omit<Options, 'with'>,
  { out, err, clock }: Surroundings,
): Promise<number> {
  const state = options.state === undefined ? undefined : readState(options.state);
  const print = (line: string): void => void (options.json ? undefined : out.write(`${line}\n`));
  try {
    const logs: RemoteLog[] = [];
    for (const [position, url] of [...new Set(urls)].entries()) {
      const log = await openRemoteLog(url, { key: position === 0 ? options.key : undefined });
      await demandContinuity(log, state);
      for (const line of describeLog(log)) print(line);
      logs.push(log);
    }
    const nowMs = clock.now().getTime();
    const progress = openProgress(logs, err);
    const report = await auditLogs(protocol, logs, {
      nowMs,
      checkedBefore: new Map([[logs[0]?.origin ?? '', options.from]]),
      onProgress: progress.at,
    });
    progress.end();
    const confirmations = new Map<string, readonly Copy[]>();
    for (const log of logs) confirmations.set(log.origin, await findCopies(log, logs));
    const copies = (confirmations.get(logs[0]?.origin ?? '') ?? []).filter(({ at }) => at !== undefined).length;
    const standing: Standing = { copies, required: options.copies, isConfirmed: copies >= options.copies };
    const open = report.questions.filter((question) => isOpenAt(question, nowMs));
    const isVerified = open.every(({ kind }) => questionKinds[kind] !== 'contradiction');
    if (options.json)
      out.write(`${JSON.stringify(reportAsJson(logs, report, open, confirmations, isVerified, standing))}\n`);
    for (const line of describeReport(logs, report, open, confirmations, isVerified, standing)) print(line);
    if (isVerified && options.state !== undefined) writeState(options.state, state, logs);
    if (!isVerified) return 1;
    return standing.isConfirmed ? 0 : 3;
  } catch (error) {
    if (!(error instanceof LogFault)) throw error;
    if (options.json) out.write(`${JSON.stringify({ verified: false, fault: error.message })}\n`);
    err.write(`Not verified. ${error.message}.\n`);
    return 1;
  }
}

async function demandContinuity(log: RemoteLog, state: State | undefined): Promise<void> {
  const known = state?.logs[log.origin];
  if (!known) return;
  if (known.vkey !== log.vkey)
    throw new LogFault(
      `${log.origin}: has another key than when it was last verified, ${log.vkey} instead of ${known.vkey}`,
    );
  await log.demandExtensionOf({ size: known.size, root: parseHash(known.root) });
}

function readState(path: string): State {
  let text;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { version: 1, logs: {} };
    throw new OperatorError(`${path} cannot be read: ${(error as Error).message}`);
  }
  const parsed = stateSchema.safeParse(parseOrUndefined(text));
  if (!parsed.success)
    throw new OperatorError(
      `${path} is not a state file of verify-log. Name another file, or remove it to begin anew.`,
    );
  return parsed.data;
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Whole or not at all: a crash in the middle must not lose what was remembered. */
function writeState(path: string, before: State | undefined, logs: readonly RemoteLog[]): void {
  const verified = logs.map(
    ({ origin, vkey, tree, note }) => [origin, { vkey, size: tree.size, root: formatHash(tree.root), note }] as const,
  );
  const state: State = { version: 1, logs: { ...before?.logs, ...Object.fromEntries(verified) } };
  const temporary = `${path}.${process.pid}.new`;
  try {
    writeFileSync(temporary, `${JSON.stringify(state, null, 2)}\n`, { flush: true });
    renameSync(temporary, path);
  } catch (error) {
    throw new OperatorError(`${path} cannot be written: ${(error as Error).message}`);
  }
}

/** Of the log that was asked about. */
interface Standing {
  readonly copies: number;
  readonly required: number;
  readonly isConfirmed: boolean;
}

function describeLog(log: RemoteLog): string[] {
  return [
    log.origin,
    `  operator     ${log.operator}`,
    `  key          ${log.vkey}`,
    `  fingerprint  ${log.fingerprint}`,
    `  checkpoint   ${log.size} entries, root ${formatHash(log.tree.root)}`,
  ];
}

function openProgress(logs: readonly RemoteLog[], err: Surroundings['err']) {
  const sizes = new Map(logs.map(({ origin, size }) => [origin, size]));
  let shownAtMs = Date.now();
  let isShown = false;
  return {
    at(origin: string, index: number): void {
      const nowMs = Date.now();
      if (nowMs - shownAtMs < 1_000) return;
      shownAtMs = nowMs;
      isShown = true;
      const line = `${origin}: entry ${index} of ${sizes.get(origin) ?? 0}`;
      err.write(err.isTTY === true ? `\r${line}` : `${line}\n`);
    },
    end(): void {
      if (isShown && err.isTTY === true) err.write('\r\u001b[K');
    },
  };
}

type Confirmations = ReadonlyMap<string, readonly Copy[]>;

function describeReport(
  logs: readonly RemoteLog[],
  report: AuditReport,
  open: readonly Question[],
  confirmations: Confirmations,
  isVerified: boolean,
  { copies, required, isConfirmed }: Standing,
): string[] {
  const entries = logs.reduce((sum, { size }) => sum + size, 0);
  const dispatches = report.flows.filter(({ kind }) => kind === 'dispatch');
  const warnings = report.flows.filter(({ kind }) => kind === 'warning');
  const count = (flows: AuditReport['flows'], holds: (flow: AuditReport['flows'][number]) => boolean): number =>
    flows.filter(holds).length;
  const flowLine = (name: string, flows: AuditReport['flows']): string[] =>
    flows.length === 0
      ? []
      : [
          `  ${name}: ${flows.length}; in force when sent ${count(flows, ({ inForce }) => inForce === 'yes')}, permitted by a published article ${count(flows, ({ terms }) => terms.state === 'permitted')}, ` +
            `sealed ${count(flows, ({ terms }) => terms.state === 'sealed')}, answered by the receiver ${count(flows, ({ answers }) => answers.length > 0)}`,
        ];
  const t = translator('en');
  return [
    '',
    ...logs.flatMap(({ origin }) =>
      (confirmations.get(origin) ?? []).map(
        ({ name, at }) =>
          `${origin} is confirmed by ${name}${at ? ` at ${at.toISOString()}` : ' (its own log was not read: not checked)'}`,
      ),
    ),
    `Checked: ${entries} entries against the signed roots, ${report.acts} acts of ${report.parties} parties against the keys their logs name.`,
    `  agreements: ${report.instruments.length}${report.instruments.length > 0 ? ` (${report.instruments.map(({ title, status }) => `“${title}”: ${status}`).join('; ')})` : ''}`,
    ...flowLine('tables', dispatches),
    ...flowLine('warnings', warnings),
    ...report.unread.map(
      (party) => `Not judged: what depends on ${party}, whose log was not read. Add it with --with.`,
    ),
    ...report.unreadKeepers.map(
      (party) =>
        `Taken from an agreement’s text alone: the key of ${party}, whose log was not read. Add it with --with.`,
    ),
    `Independent copies of ${logs[0]?.origin ?? ''} as it was shown here: ${copies}; asked for: ${required}.`,
    open.length === 0 ? 'Open questions: none.' : `Open questions: ${open.length}`,
    ...open.map((question) =>
      `  ${questionKinds[question.kind] === 'contradiction' ? '!' : '?'} ${describeQuestion(t, question)} ${question.acts.join(' ')}`.trimEnd(),
    ),
    '',
    ...verdict(isVerified, isConfirmed),
  ];
}

function verdict(isVerified: boolean, isConfirmed: boolean): string[] {
  if (!isVerified) return ['Not verified: the acts marked ! contradict each other, the keys or the agreements.'];
  if (isConfirmed) return ['Verified.'];
  return [
    'Not confirmed: what was shown here agrees with itself, but too few others say that they were shown the same.',
    'Name copy-keepers with --with. If the log has just grown, try again in a minute.',
  ];
}

function reportAsJson(
  logs: readonly RemoteLog[],
  report: AuditReport,
  open: readonly Question[],
  confirmations: Confirmations,
  isVerified: boolean,
  { copies, required, isConfirmed }: Standing,
) {
  return {
    verified: isVerified,
    confirmed: isConfirmed,
    copies,
    copiesRequired: required,
    logs: logs.map(({ origin, url, operator, vkey, fingerprint, size, tree, note }) => ({
      origin,
      url,
      operator,
      vkey,
      fingerprint,
      size,
      root: formatHash(tree.root),
      note,
      confirmations: (confirmations.get(origin) ?? []).map(({ name, at }) => ({ name, at: at?.toISOString() ?? null })),
    })),
    acts: report.acts,
    parties: report.parties,
    instruments: report.instruments,
    flows: report.flows.map((flow) => ({ ...flow, leaf: undefined, seenAtMs: undefined })),
    questions: open.map((question) => ({ ...question, weight: questionKinds[question.kind], opensAtMs: undefined })),
    unread: report.unread,
    unreadKeepers: report.unreadKeepers,
  };
}
