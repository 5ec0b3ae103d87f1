/**
 * What each part of the house holds of one person: it is read out to her, and taken away when she is forgotten. Each slice says it of its own tables,
 * src/app.ts joins them, and a test finds every table that points at a member and is named by nobody.
 */
import type { Work } from '../../house.ts';
import type { MessageKey } from '../../ui/locales.ts';
import type { Member } from './member.ts';

export interface PersonalTable {
  readonly table: string;
  /** What is read out; keys and hashes say nothing to a person. */
  readonly columns: readonly string[];
  /** The column that names the person. */
  readonly by?: string;
}

export interface PersonalData {
  readonly heading: MessageKey;
  readonly tables: readonly PersonalTable[];
  /** Takes away what names the person; what others rely on stays, and reads as by a former member. Undefined: nothing here does. */
  forget?(work: Work, member: Member): Promise<void>;
}

export const membershipData: PersonalData = {
  heading: 'rights.data-membership',
  tables: [
    {
      table: 'members',
      by: 'id',
      columns: [
        'name',
        'email',
        'language',
        'time_zone',
        'constituency',
        'country',
        'gender',
        'about',
        'digest',
        'digest_hour',
        'mail_state',
        'directory_consent_at',
        'contact_consent_at',
        'photo_consent_at',
        'recording_consent_at',
        'joined_on',
        'confirmed_at',
        'left_on',
      ],
    },
    { table: 'mandates', columns: ['organisation_id', 'scope', 'since', 'until'] },
    { table: 'mail_keys', columns: ['kind', 'made_at', 'expires_at'] },
  ],
  // The entry itself goes last, with the name under which everything else is read (src/dialogue/rights/actions.ts).
  async forget({ tx }, { id }) {
    await tx.db.deleteFrom('mandates').where('member_id', '=', id).execute();
    await tx.db.deleteFrom('mail_keys').where('member_id', '=', id).execute();
  },
};
