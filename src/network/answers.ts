import { z } from 'zod';
import { partyKinds } from '../acts/spine-types.ts';
import { didSchema } from '../acts/payload.ts';

export const openingAnswer = z.object({
  opens: z.enum(['node', 'hosted']),
  address: z.string(),
  recoveryKey: z.string(),
});
export type OpeningAnswer = z.output<typeof openingAnswer>;

const pairingStates = ['paired', 'they-wait', 'we-wait', 'forked'] as const;
export type PairingState = (typeof pairingStates)[number];

export const networkAnswer = z.object({
  mayAdminister: z.boolean(),
  /** Of this node's own log. `waiting`: no peer has yet said that it holds no more of it. */
  log: z.object({ is: z.enum(['unchecked', 'waiting', 'open', 'closed']), reason: z.string().optional() }),
  ownFingerprint: z.string().nullable(),
  parties: z.array(
    z.object({
      did: didSchema,
      name: z.string(),
      kind: z.enum(partyKinds),
      country: z.string().nullable(),
      node: z.string(),
      isHosted: z.boolean(),
      isOperator: z.boolean(),
    }),
  ),
  pairings: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      url: z.string(),
      fingerprint: z.string(),
      state: z.enum(pairingStates),
      /** Acts of its log that this node holds, all rebuilt to the root it signed. */
      held: z.int().nullable(),
    }),
  ),
});
export type NetworkAnswer = z.output<typeof networkAnswer>;

export const invitationAnswer = z.object({ link: z.string(), ownFingerprint: z.string().nullable() });
export type InvitationAnswer = z.output<typeof invitationAnswer>;

/** The link for the first person who works for a hosted party; shown this once. */
export const hostedAnswer = z.object({ did: didSchema, name: z.string(), invitation: z.string() });
export type HostedAnswer = z.output<typeof hostedAnswer>;
