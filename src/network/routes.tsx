import { z } from 'zod';
import { attestNoRestore } from '../acts/restore-check.ts';
import { generateRecoveryKey, parseRecoveryKey } from '../acts/recovery-key.ts';
import { partyKinds } from '../acts/spine-types.ts';
import { findOwnLog } from '../acts/store.ts';
import type { Caller } from '../http/caller.ts';
import { read, write, type Endpoint } from '../http/endpoint.ts';
import type { Work } from '../house.ts';
import { plainName } from '../plain-name.ts';
import { problem } from '../problem.ts';
import { blankForm, type FormState } from '../ui/forms.tsx';
import { withNotice } from '../ui/layout.tsx';
import { locales } from '../ui/locales.ts';
import type { Viewer } from '../ui/view.ts';
import { hostedAnswer, invitationAnswer, networkAnswer, openingAnswer } from './answers.ts';
import { acceptPage, hostedPage, invitationPage, networkPage, openingPage, pairPage } from './pages.tsx';
import { acceptInvitation, confirmPairing, invitationLink, invite, lookUpInvitation } from './pairing/actions.ts';
import { pairingFederationEndpoints } from './pairing/federation.ts';
import { appointFirstAdministrator, inviteItsAdministrator } from './people/actions.ts';
import { findOwnFingerprint, readNetwork, requireOperatorsPerson } from './reading.ts';
import { openHostedParty, setUpNode } from './set-up.ts';

const isAdministrator = (viewer: Viewer): boolean => viewer.roles.has('administrator');
const administrators = { role: ['administrator'] as const };
/** Before set-up there is no party yet whose administrator somebody could be; the action checks that nothing is set up. */
const whoSetsUp = { needs: 'administrator', may: (viewer: Viewer) => viewer.account !== undefined };

const openingBody = z.object({
  name: z.string().transform(plainName).pipe(z.string().min(1).max(200)),
  kind: z.enum(partyKinds),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .or(z.literal(''))
    .default(''),
  languages: z.array(z.enum(locales)).min(1),
  recoveryKey: z.string().max(100),
  recoveryCheck: z.string().max(20),
});

function profileOf(body: z.output<typeof openingBody>) {
  const recoveryKey = parseRecoveryKey(body.recoveryKey);
  const check = body.recoveryCheck.trim().toUpperCase();
  if (!recoveryKey.text.endsWith(check) || check.length !== 4)
    throw problem.inputInvalid({
      fields: [
        { path: 'recoveryCheck', code: 'network.recovery-check-wrong', message: 'network.recovery-check-wrong' },
      ],
    });
  const { name, kind, languages } = body;
  return { name, kind, country: body.country === '' ? null : body.country, languages, recoveryKey };
}

/** The key the person was shown stays the same while they mend the other answers. */
function openingOf(opens: 'node' | 'hosted', address: string, form: FormState) {
  const shown = form.values['recoveryKey'];
  return { opens, address, recoveryKey: typeof shown === 'string' ? shown : generateRecoveryKey().text };
}

const setUpForm = read({
  path: '/set-up',
  summary: 'A new recovery key to write down, and the address this node will have for good',
  for: whoSetsUp,
  scope: 'node',
  answer: openingAnswer,
  async handle({ reader, house }) {
    if (await findOwnLog(reader)) throw problem.alreadySetUp({});
    return openingOf('node', house.config.publicUrl, blankForm());
  },
  page: (answer, view) => openingPage(answer, blankForm({ kind: 'government', languages: [view.locale] }), view),
});

const setUp = write({
  path: '/set-up',
  summary: 'Opens this node’s log for the party that runs it',
  for: whoSetsUp,
  scope: 'node',
  body: openingBody,
  answer: z.object({ did: z.string() }),
  secrets: ['recoveryCheck'],
  async handle(work, { body }) {
    const party = await setUpNode(work, profileOf(body));
    await appointFirstAdministrator(work, party.id);
    return { did: party.did };
  },
  then: () => withNotice('/', 'network.done-set-up'),
  form: ({ form }, view, { house }) => openingPage(openingOf('node', house.config.publicUrl, form), form, view),
});

const hostForm = read({
  path: '/parties/host',
  summary: 'A new recovery key for a party to be hosted here',
  for: administrators,
  scope: 'node',
  answer: openingAnswer,
  handle: async ({ house }) => openingOf('hosted', house.config.publicUrl, blankForm()),
  page: (answer, view) => openingPage(answer, blankForm({ languages: [view.locale] }), view),
});

const host = write({
  path: '/parties/host',
  summary: 'Opens a party of its own on this node',
  for: administrators,
  scope: 'node',
  body: openingBody.extend({ slug: z.string().max(62) }),
  answer: hostedAnswer,
  secrets: ['recoveryCheck'],
  async handle(work, { body }) {
    await requireOperator(work);
    const { id, did } = await openHostedParty(work, { ...profileOf(body), slug: body.slug });
    const path = await inviteItsAdministrator(work, id);
    return { did, name: body.name, invitation: `${work.house.config.publicUrl}${path ?? ''}` };
  },
  show: hostedPage,
  form: ({ form }, view, { house }) => openingPage(openingOf('hosted', house.config.publicUrl, form), form, view),
});

/** What concerns the whole node is for administrators of the party that runs it. */
const requireOperator = ({ tx, viewer }: Work & Caller) => requireOperatorsPerson(tx.db, viewer);

const network = read({
  path: '/network',
  summary: 'The parties this node knows, who hosts them, and the nodes it is paired with',
  for: 'anyone',
  scope: 'node',
  answer: networkAnswer,
  handle: async ({ reader, viewer, house }) => ({
    mayAdminister: isAdministrator(viewer),
    log: house.journal.condition(),
    ...(await readNetwork(reader)),
  }),
  page: networkPage,
});

const makeInvitation = write({
  path: '/network/invitations',
  summary: 'Makes a link that lets one other node pair with this one',
  for: administrators,
  scope: 'node',
  body: z.object({}),
  answer: z.object({ token: z.string(), link: z.string() }),
  async handle(work) {
    return invite(work, await requireOperator(work));
  },
  // Its own administrator's address bar is the one place where the link may stand; requests are logged by route, not by address.
  then: ({ token }) => `/network/invitations/${token}`,
});

const invitation = read({
  path: '/network/invitations/:token',
  summary: 'An invitation as a link',
  for: administrators,
  scope: 'node',
  params: z.object({ token: z.string().regex(/^[A-Za-z0-9_-]{32}$/) }),
  answer: invitationAnswer,
  handle: async ({ reader, house }, { params }) => ({
    link: invitationLink(house.config.publicUrl, params.token),
    ownFingerprint: await findOwnFingerprint(reader),
  }),
  page: invitationPage,
});

const lookUp = write({
  path: '/network/pairings',
  summary: 'Takes an invitation: the node behind it is looked up, and its fingerprint shown for comparison',
  for: administrators,
  scope: 'node',
  body: z.object({ link: z.string().trim().min(1).max(500) }),
  answer: z.object({ id: z.string() }),
  async outside({ house, viewer }, { body }) {
    await house.database.read('node', (reader) => requireOperatorsPerson(reader, viewer));
    return lookUpInvitation(house, body.link);
  },
  async handle(work, _input, invited) {
    await requireOperator(work);
    return acceptInvitation(work, invited);
  },
  then: () => withNotice('/network', 'network.done-looked-up'),
  form: ({ form }, view) => acceptPage(form, view),
});

const confirm = write({
  path: '/network/pairings/:id/confirm',
  summary: 'Says that both fingerprints were read and agree; the other node’s is repeated as it was shown',
  for: administrators,
  scope: 'node',
  params: z.object({ id: z.uuid() }),
  body: z.object({ fingerprint: z.string().regex(/^[0-9]{40}$/) }),
  answer: z.object({}),
  async handle(work, { params, body }) {
    await confirmPairing(work, { ...params, ...body }, await requireOperator(work));
    return {};
  },
  then: () => withNotice('/network', 'network.done-confirmed'),
});

const attest = write({
  path: '/network/attest-no-restore',
  summary:
    'An administrator’s word, where no peer answers, that this node was not restored from a backup; its log goes on',
  for: administrators,
  scope: 'node',
  sessionOnly: true,
  body: z.object({}),
  answer: z.object({}),
  async handle(work) {
    const { account } = await requireOperator(work);
    await attestNoRestore(work, account);
    return {};
  },
  then: () => withNotice('/network', 'network.done-attested'),
});

const pair = read({
  path: '/network/pair',
  summary: 'Where an invitation link leads when somebody opens it in a browser',
  for: 'anyone',
  scope: 'node',
  answer: z.object({}),
  handle: async () => ({}),
  page: (_answer, view) => pairPage(view),
});

export const networkEndpoints: readonly Endpoint[] = [
  setUpForm,
  setUp,
  hostForm,
  host,
  network,
  makeInvitation,
  invitation,
  lookUp,
  confirm,
  attest,
  pair,
  ...pairingFederationEndpoints,
];
