/** The composition root: builds what a process has exactly one of, and mounts every slice in one flat list. */
import type { PoolConfig } from 'pg';
import { join } from 'node:path';
import { openLogDirectory } from './acts/files.ts';
import { openJournal, type JournalParts } from './acts/journal.ts';
import { openKeyring } from './acts/keyring.ts';
import { mirrorEndpoints } from './acts/mirror-routes.ts';
import { logEndpoints } from './acts/routes.ts';
import { createProtocol, type ProtocolPart } from './acts/protocol.ts';
import { signingKeys } from './acts/signing-keys.ts';
import { spineReceivers } from './acts/spine-receivers.ts';
import { spineTypes } from './acts/spine-types.ts';
import { describeInstrumentAct } from './agreement/act-words.ts';
import { agreementTypes } from './agreement/act-types.ts';
import { recognitionEndpoints } from './agreement/recognition-routes.tsx';
import { agreementEndpoints } from './agreement/routes.tsx';
import { agreementReceivers } from './agreement/receivers.ts';
import { instrumentProcedure } from './agreement/instrument.ts';
import { agreementWaiting } from './agreement/waiting.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { openDatabase } from './db/database.ts';
import { hubEndpoints, hubJobs, hubMail } from './dialogue/hub/routes.ts';
import { carbonEndpoints, carbonPart } from './dialogue/equity/carbon-routes.tsx';
import { equityEndpoints } from './dialogue/equity/routes.ts';
import { equityPart } from './dialogue/equity/session-part.tsx';
import type { PowerSource } from './dialogue/equity/sources.ts';
import { deciders } from './dialogue/decisions/deciders.ts';
import { adoptedWords } from './dialogue/papers/adopted-words.ts';
import { floorData } from './dialogue/companion/personal-data.ts';
import { decisionData } from './dialogue/decisions/personal-data.ts';
import { hubData } from './dialogue/hub/personal-data.ts';
import { paperData } from './dialogue/papers/personal-data.ts';
import { programmeData } from './dialogue/programme/personal-data.ts';
import { complaintMail } from './dialogue/rights/complaint-mail.ts';
import { moveComplaintsOn } from './dialogue/rights/jobs.ts';
import { complaintData } from './dialogue/rights/personal-data.ts';
import { rightsEndpoints } from './dialogue/rights/routes.ts';
import { statementData } from './dialogue/statements/personal-data.ts';
import { mailData } from './field/mail/personal-data.ts';
import { membershipData, type PersonalData } from './network/members/personal-data.ts';
import { forgetFloorRequests } from './dialogue/companion/jobs.ts';
import { companionEndpoints } from './dialogue/companion/routes.tsx';
import { companionParts } from './dialogue/companion/session-part.tsx';
import { decisionJobs } from './dialogue/decisions/decision-jobs.ts';
import { decisionDigest } from './dialogue/decisions/digest.ts';
import { decisionEndpoints, decisionMails } from './dialogue/decisions/routes.tsx';
import { decisionThings } from './dialogue/decisions/things.ts';
import { paperTypes } from './dialogue/papers/act-types.ts';
import { paperJobs } from './dialogue/papers/paper-jobs.ts';
import { paperDigest } from './dialogue/papers/digest.ts';
import { paperEndpoints, paperMails } from './dialogue/papers/routes.ts';
import { paperThings } from './dialogue/papers/things.ts';
import { programmeEndpoints, programmeMail } from './dialogue/programme/routes.ts';
import { sessionDigest } from './dialogue/programme/sessions/digest.ts';
import type { SessionPart } from './dialogue/programme/session-parts.ts';
import type { ThingSource } from './dialogue/programme/things.ts';
import { statementsEndpoints, statementsJobs, statementsMail } from './dialogue/statements/routes.ts';
import { inquiryDigest } from './dialogue/statements/voting/digest.ts';
import { inquiryPart, inquiryThings } from './dialogue/statements/things.tsx';
import { warnOfEvent } from './exchange/actions.ts';
import { bulletinLettingOut } from './exchange/published-bulletins.ts';
import { exchangeFederationEndpoints } from './exchange/federation.ts';
import { exchangeJobs } from './exchange/jobs.ts';
import { exchangePart } from './exchange/part.ts';
import { neighbourSource } from './exchange/neighbours.ts';
import { exchangeEndpoints } from './exchange/routes.tsx';
import { exchangeWaiting } from './exchange/waiting.ts';
import { digestMail } from './field/mail/digests/digest-mail.ts';
import type { DigestSource } from './field/mail/digests/digest-source.ts';
import { digestEndpoints } from './field/mail/digests/routes.tsx';
import { digestJob } from './field/mail/digests/sending.ts';
import type { MailKind } from './field/mail/mail-kind.ts';
import { mailJobs } from './field/mail/mail-jobs.ts';
import type { House } from './house.ts';
import type { Endpoint } from './http/endpoint.ts';
import { openJobs, type Job } from './jobs.ts';
import type { Logger } from './log.ts';
import { assuranceEndpoints } from './network/assurance/routes.tsx';
import { erasingEndpoints } from './network/erasing/routes.tsx';
import { peopleRoutes } from './network/people/routes.tsx';
import { forgetJob } from './network/members/jobs.ts';
import { assemblyMail } from './network/assembly/meeting/assembly-mail.ts';
import { sweepAssembly } from './network/assembly/jobs.ts';
import { assemblyPart } from './network/assembly/part.ts';
import { assemblyData } from './network/assembly/personal-data.ts';
import { assemblyEndpoints } from './network/assembly/routes.ts';
import { membershipMail } from './network/members/membership-mail.ts';
import { memberEndpoints } from './network/members/routes.tsx';
import { movingFederationEndpoints } from './network/moving/hint.ts';
import { networkEndpoints } from './network/routes.tsx';
import { openRounds } from './network/rounds.ts';
import { didEndpoints } from './observatory/did/routes.ts';
import { observeJob } from './observatory/jobs.ts';
import { logPageEndpoints } from './observatory/log/routes.tsx';
import { observatoryPart } from './observatory/receivers.ts';
import { observatoryEndpoints } from './observatory/routes.tsx';
import { networkWaiting } from './network/waiting.ts';
import { startEndpoint } from './start/routes.tsx';
import type { WaitingSource } from './start/waiting.ts';
import { answerRumour } from './surveillance/reporting/rumours/actions.ts';
import { silentWaiting } from './surveillance/reporting/completeness/waiting.ts';
import { reportingEndpoints } from './surveillance/reporting/routes.ts';
import { bulletinEndpoints } from './surveillance/bulletins/routes.tsx';
import { eventEndpoints } from './surveillance/events/routes.tsx';
import { eventsWaiting } from './surveillance/events/waiting.ts';
import { detectionEndpoints } from './surveillance/signals/detection-settings/routes.tsx';
import { runDetection } from './surveillance/signals/jobs.ts';
import { signalEndpoints } from './surveillance/signals/routes.tsx';
import { signalsWaiting } from './surveillance/signals/waiting.ts';
import { runAnalysis } from './surveillance/workbench/jobs.ts';
import { clusterEndpoints } from './surveillance/workbench/clusters/routes.tsx';
import { curveEndpoints } from './surveillance/workbench/curves/routes.tsx';
import { neighbourWatchEndpoints, neighbourWatchWaiting } from './surveillance/workbench/neighbours/routes.tsx';
import { openReceivedWatch } from './surveillance/workbench/neighbours/watch.ts';
import { ruleImportEndpoints } from './surveillance/workbench/rules/routes.tsx';
import { workbenchEndpoints } from './surveillance/workbench/routes.tsx';

/** Every slice's types of act, procedures and receivers. */
const protocolParts: readonly ProtocolPart[] = [
  { types: spineTypes, receivers: spineReceivers },
  signingKeys,
  { types: agreementTypes, procedures: [instrumentProcedure], receivers: agreementReceivers },
  exchangePart,
  observatoryPart,
  { types: paperTypes },
  assemblyPart,
];

export const protocol = createProtocol(protocolParts);

/** What is gathered for members into the mail that comes in their own rhythm. */
const digestSources: readonly DigestSource[] = [decisionDigest, inquiryDigest, paperDigest, sessionDigest];

/** What can be read and answered by plain mail. */
const answeredKinds: readonly MailKind[] = [
  membershipMail,
  complaintMail,
  ...programmeMail,
  ...hubMail,
  ...statementsMail,
  ...paperMails,
  ...decisionMails,
  assemblyMail,
];
export const mailKinds: readonly MailKind[] = [...answeredKinds, digestMail(digestSources, answeredKinds)];

export const jobs: readonly Job[] = [
  ...exchangeJobs,
  observeJob,
  runDetection,
  ...mailJobs(mailKinds),
  digestJob(digestSources),
  runAnalysis,
  forgetJob,
  ...hubJobs,
  ...statementsJobs,
  ...paperJobs,
  ...decisionJobs,
  forgetFloorRequests,
  moveComplaintsOn,
  sweepAssembly,
];

export interface HouseParts {
  readonly config: Config;
  readonly connection: PoolConfig;
  readonly clock: Clock;
  readonly log: Logger;
  /** For fault tests: what stands between the journal and what it writes to. */
  readonly wrapJournal?: (
    reached: Pick<JournalParts, 'files' | 'database'>,
  ) => Pick<JournalParts, 'files' | 'database'>;
}

export interface OpenHouse extends House {
  close(): Promise<void>;
}

export async function openHouse({
  config,
  connection,
  clock,
  log,
  wrapJournal = (reached) => reached,
}: HouseParts): Promise<OpenHouse> {
  const database = openDatabase(connection, clock);
  const journal = openJournal({
    getHouse: () => house,
    protocol,
    keyring: openKeyring(config.dataDir),
    ...wrapJournal({
      files: openLogDirectory(join(config.dataDir, 'log')),
      database: openDatabase({ ...connection, max: 2 }, clock),
    }),
  });
  const house: OpenHouse = {
    config,
    clock,
    log,
    database,
    journal,
    jobs: await openJobs(connection, jobs, log),
    rounds: openRounds(() => house),
    async close() {
      await house.rounds.stop();
      await house.journal.stop();
      await house.jobs.stop();
      await database.close();
    },
  };
  return house;
}

const receivedWatch = openReceivedWatch();

/** What the start page asks of each slice. */
const waitingSources: readonly WaitingSource[] = [
  agreementWaiting,
  networkWaiting,
  eventsWaiting,
  exchangeWaiting,
  signalsWaiting,
  neighbourWatchWaiting(receivedWatch),
  silentWaiting,
];

/** What the page of a series or community lists besides its sessions. */
const spaceThings: readonly ThingSource[] = [inquiryThings, paperThings, decisionThings];

/** What each part of the house holds of a person. */
export const personalData: readonly PersonalData[] = [
  membershipData,
  mailData,
  programmeData,
  floorData,
  statementData,
  paperData,
  decisionData,
  hubData,
  complaintData,
  assemblyData,
];

/** Who knows whose words were adopted and who decides. */
const powerSources: readonly PowerSource[] = [adoptedWords, deciders];

/** What the page of a session shows besides its programme. */
const sessionParts: readonly SessionPart[] = [inquiryPart, ...companionParts, equityPart(powerSources), carbonPart];

/** Every slice's endpoints, in one flat list. */
export const endpoints: readonly Endpoint[] = [
  startEndpoint(waitingSources),
  ...logEndpoints,
  ...mirrorEndpoints,
  ...networkEndpoints,
  ...movingFederationEndpoints,
  ...peopleRoutes,
  ...assuranceEndpoints(describeInstrumentAct),
  ...erasingEndpoints,
  ...agreementEndpoints,
  ...recognitionEndpoints,
  ...logPageEndpoints,
  ...observatoryEndpoints,
  ...didEndpoints,
  ...reportingEndpoints,
  ...signalEndpoints({ answer: answerRumour, otherSources: [neighbourSource] }),
  ...ruleImportEndpoints,
  ...detectionEndpoints,
  ...neighbourWatchEndpoints(receivedWatch),
  ...workbenchEndpoints,
  ...curveEndpoints,
  ...clusterEndpoints,
  ...eventEndpoints(warnOfEvent),
  ...bulletinEndpoints(bulletinLettingOut),
  ...memberEndpoints,
  ...digestEndpoints,
  ...assemblyEndpoints,
  ...paperEndpoints,
  ...decisionEndpoints,
  ...programmeEndpoints(spaceThings, sessionParts),
  ...rightsEndpoints(personalData),
  ...companionEndpoints,
  ...equityEndpoints(powerSources),
  ...carbonEndpoints,
  ...hubEndpoints,
  ...statementsEndpoints,
  ...exchangeFederationEndpoints,
  ...exchangeEndpoints,
];
