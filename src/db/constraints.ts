import pg from 'pg';
import { problem, Problem } from '../problem.ts';

/** What a violated constraint means to the person who caused it. A constraint without an entry is a defect of ours, answered as such. */
const problemOfConstraint: Readonly<Record<string, () => Problem>> = {
  accounts_email_key: () => problem.conflict({ what: 'account' }),
  // Two opened the first administrator's link at the same moment.
  accounts_first_key: () => problem.invitationInvalid({}),
  bulletins_period_key: () => problem.conflict({ what: 'bulletin' }),
  signals_open_key: () => problem.conflict({ what: 'signal' }),
  admission_applications_open_key: () => problem.conflict({ what: 'application' }),
  organisation_admissions_present_key: () => problem.conflict({ what: 'organisation' }),
  assemblies_session_key: () => problem.conflict({ what: 'assembly' }),
  assembly_motions_number_key: () => problem.conflict({ what: 'motion' }),
  election_candidates_member_key: () => problem.conflict({ what: 'candidate' }),
  election_candidates_number_key: () => problem.conflict({ what: 'candidate' }),
  network_records_version_key: () => problem.conflict({ what: 'record' }),
  advisory_seats_member_key: () => problem.conflict({ what: 'member' }),
  members_email_key: () => problem.conflict({ what: 'member' }),
  members_account_key: () => problem.conflict({ what: 'member' }),
  organisations_name_key: () => problem.conflict({ what: 'organisation' }),
  spaces_slug_key: () => problem.conflict({ what: 'address' }),
  dialogue_sessions_slug_key: () => problem.conflict({ what: 'address' }),
  dialogue_sessions_uid_key: () => problem.conflict({ what: 'session' }),
  dialogue_sessions_recording_check: () => problem.chathamHouse({}),
  session_people_chatham_check: () => problem.chathamHouse({}),
  floor_requests_chatham_check: () => problem.chathamHouse({}),
  reference_contributions_chatham_check: () => problem.chathamHouse({}),
  inquiries_slug_key: () => problem.conflict({ what: 'address' }),
  statements_chatham_check: () => problem.chathamHouse({}),
  statements_same_key: () => problem.conflict({ what: 'statement' }),
};

// PostgreSQL error classes (appendix A of its manual): 53100 disk_full; 08 connection; 57P0x shutting down; 40001/40P01 try again.
export function problemOfDatabaseError(error: unknown): unknown {
  if (error instanceof Problem) return error;
  if (!(error instanceof pg.DatabaseError)) {
    const code = (error as { code?: unknown } | null)?.code;
    if (code === 'ECONNREFUSED' || code === 'ENOENT' || code === 'ECONNRESET' || code === 'EPIPE')
      return problem.databaseUnavailable({ reason: code }, error);
    // node-postgres gives these no code: the server went away in mid-statement; no connection came free within the pool's limit.
    const { message } = error instanceof Error ? error : { message: '' };
    if (message.startsWith('Connection terminated'))
      return problem.databaseUnavailable({ reason: 'connection lost' }, error);
    if (message === 'timeout exceeded when trying to connect') return problem.busy({}, error);
    return error;
  }
  const known = error.constraint === undefined ? undefined : problemOfConstraint[error.constraint];
  if (known) return known();
  if (error.code === '53100') return problem.diskFull({}, error);
  if (error.code?.startsWith('57P') || error.code?.startsWith('08'))
    return problem.databaseUnavailable({ reason: error.code }, error);
  if (error.code === '40001' || error.code === '40P01') return problem.busy({}, error);
  return error;
}
