import { endpoints } from '../../src/app.ts';
import { cookieNamesOf } from '../../src/http/cookies.ts';
import { makeCsrfToken } from '../../src/http/csrf.ts';
import { nobody, signedOut, type Caller } from '../../src/http/caller.ts';
import { work as doWork, type Work } from '../../src/house.ts';
import type { AccountId, PartyId } from '../../src/ids.ts';
import { acceptInvitation, beginSession, createFirstAdministrator, invite } from '../../src/network/people/actions.ts';
import { openDoor } from '../../src/network/people/door.ts';
import { openHostedParty, setUpNode, type OpenedParty } from '../../src/network/set-up.ts';
import { appointFirstAdministrator } from '../../src/network/people/actions.ts';
import type { Role } from '../../src/ui/view.ts';
import { openTestHouse, settableClock, type SettableClock, type TestHouse } from './house.ts';
import { findFreePort, openTestSite, type SendOptions, type TestAnswer, type TestSite } from './site.ts';

/**
 * The fixed cast. One node, run by a ministry of health, which also hosts a district and a civil-society organisation; and the people whom
 * permission tests speak of. `noOne` is signed out.
 */
export type Member = 'fatou' | 'amina' | 'dalia' | 'edu' | 'bruno' | 'chen';
export type Anyone = Member | 'noOne';

export const cast: Readonly<
  Record<
    Member,
    { readonly name: string; readonly party: 'north' | 'coast' | 'watch' | undefined; readonly roles: readonly Role[] }
  >
> = {
  // Administers the ministry's node.
  fatou: { name: 'Fatou', party: 'north', roles: ['administrator'] },
  // National surveillance officer.
  amina: { name: 'Amina', party: 'north', roles: ['officer'] },
  // District reporter.
  dalia: { name: 'Dalia', party: 'coast', roles: ['reporter'] },
  // Delegate of the ministry.
  edu: { name: 'Edu', party: 'north', roles: ['delegate'] },
  // Observer of the civil-society organisation.
  bruno: { name: 'Bruno', party: 'watch', roles: ['observer'] },
  // Auditor: has an account, belongs to no party.
  chen: { name: 'Chen', party: undefined, roles: [] },
};

export const members = Object.keys(cast) as readonly Member[];
export const passwordOf = (who: Member): string => `${who} likes long passwords`;
export const emailOf = (who: Member): string => `${who}@example.org`;

export interface Stage extends TestHouse {
  readonly site: TestSite;
  readonly parties: Readonly<Record<'north' | 'coast' | 'watch', OpenedParty>>;
  readonly accounts: Readonly<Record<Member, AccountId>>;
  /** As a signed-in browser: with the person's cookie, the form token and Sec-Fetch-Site. */
  as(who: Anyone, path: string, options?: SendOptions): Promise<TestAnswer>;
  /** The session cookie and the form token of a member. */
  keysOf(who: Member): { readonly cookie: string; readonly csrf: string };
  act<T>(run: (work: Work) => Promise<T>, party?: 'north' | 'coast' | 'watch'): Promise<T>;
}

export async function openStage(
  options: { readonly clock?: SettableClock; readonly site?: Partial<Parameters<typeof openTestSite>[1]> } = {},
): Promise<Stage> {
  const clock = options.clock ?? settableClock();
  const port = await findFreePort();
  const house = await openTestHouse(`http://localhost:${port}`, clock);
  const door = openDoor(house.house);
  const act = <T>(run: (work: Work) => Promise<T>, party?: PartyId): Promise<T> =>
    doWork(house.house, party ? { party } : 'node', { system: 'set-up' }, run);

  const profile = (name: string) => ({ name, kind: 'government', country: 'AA', languages: ['en'] }) as const;
  const north = await act((work) => setUpNode(work, profile('Ministry of Health of North')));
  const coast = await act((work) =>
    openHostedParty(work, { ...profile('Coast District'), kind: 'government', slug: 'coast' }),
  );
  const watch = await act((work) =>
    openHostedParty(work, { ...profile('Health Watch'), kind: 'civil-society', slug: 'watch' }),
  );
  const parties = { north, coast, watch };

  const tokens = new Map<Member, string>();
  const accounts = {} as Record<Member, AccountId>;
  for (const who of members) {
    const { name, party, roles } = cast[who];
    const person = { name, email: emailOf(who), password: passwordOf(who), language: null };
    const { account, token } = await act(async (work) => {
      const caller = stranger(work);
      if (who === 'fatou') {
        const id = (await createFirstAdministrator(work, person)) as AccountId;
        await appointFirstAdministrator(work, north.id);
        return { account: id, token: (await beginSession(caller, id)).token };
      }
      // Chen is let in by an invitation of the ministry and then gives the role up.
      const path = await invite(work, parties[party ?? 'north'].id, {
        roles: roles.length > 0 ? roles : ['observer'],
        note: '',
      });
      const session = await acceptInvitation(caller, path.slice('/invitations/'.length), person);
      const { id } = await work.tx.db
        .selectFrom('accounts')
        .select('id')
        .where('email', '=', person.email)
        .executeTakeFirstOrThrow();
      if (!party) await work.tx.db.deleteFrom('memberships').where('account_id', '=', id).execute();
      return { account: id, token: session.token };
    });
    accounts[who] = account;
    tokens.set(who, token);
  }

  const many = { burst: 100_000, perMinute: 100_000 };
  const rates = {
    read: many,
    write: many,
    'sign-in': many,
    'sign-in-options': many,
    upload: many,
    unnamed: many,
    federation: many,
  };
  const site = await openTestSite(house, { endpoints, door, rates, ...options.site }, port);
  const keysOf = (who: Member) => {
    const token = tokens.get(who) ?? '';
    return { cookie: `${cookieNamesOf(site.url).session}=${token}`, csrf: makeCsrfToken(token) };
  };
  return {
    ...house,
    site,
    parties,
    accounts,
    keysOf,
    act: (run, party) => act(run, party && parties[party].id),
    as(who, path, given = {}) {
      const headers = { 'sec-fetch-site': 'same-origin', ...given.headers };
      if (who === 'noOne') return site.send(path, { ...given, headers });
      const { cookie, csrf } = keysOf(who);
      const form = given.form && { csrf, ...given.form };
      return site.send(path, {
        ...given,
        ...(form && { form }),
        headers: { cookie, 'x-csrf-token': csrf, ...headers },
      });
    },
    async [Symbol.asyncDispose]() {
      await site[Symbol.asyncDispose]();
      await house[Symbol.asyncDispose]();
    },
  };
}

/** Somebody at a browser, not yet known. */
export function stranger(work: Work): Work & Caller {
  return {
    ...work,
    viewer: signedOut,
    credential: nobody.credential,
    locale: 'en',
    requestId: 'test',
    isLocal: true,
    userAgent: '',
    party: undefined,
  };
}
