/** What others must be able to rely on: who belongs to a network, and what its assembly decided. Names are in bodies, codes in summaries. */
import { z } from 'zod';
import { actIdSchema, didSchema } from '../../acts/payload.ts';
import { actType } from '../../acts/protocol.ts';
import { partyKinds } from '../../acts/spine-types.ts';

const published = {
  sequenced: false,
  admission: 'open',
  restrictive: false,
  assurance: 'node',
  audience: 'public',
} as const;

const name = z.string().min(1).max(200);
const count = z.int().min(0).max(100_000);

export const networkAdmit = actType({
  ...published,
  name: 'network.admit/1',
  summary: z.strictObject({
    /** Null: an organisation that states no acts of its own. */
    member: didSchema.nullable(),
    kind: z.enum(partyKinds),
    country: z
      .string()
      .regex(/^[A-Z]{2}$/)
      .nullable(),
  }),
  body: z.strictObject({ name }),
});

export const networkLeave = actType({
  ...published,
  name: 'network.leave/1',
  summary: z.strictObject({ admitted: actIdSchema }),
  body: z.strictObject({ name }),
});

/** Persons who were elected are not named, only the organisation that each was nominated for: a name can be erased, an act cannot. */
export const assemblyResult = actType({
  ...published,
  name: 'assembly.result/1',
  summary: z.strictObject({
    /** SHA-256, in hexadecimal, of the minutes as they were approved. */
    minutes: z.string().regex(/^[0-9a-f]{64}$/),
    voices: count,
    present: count,
    carried: count,
    notCarried: count,
    seatsFilled: count,
  }),
  body: z.strictObject({
    title: z.string().min(1).max(300),
    motions: z
      .array(
        z.strictObject({
          number: z.int().min(1),
          words: z.string().min(1).max(300),
          isCarried: z.boolean(),
          agree: count,
          object: count,
          abstain: count,
        }),
      )
      .max(1000),
    elections: z
      .array(
        z.strictObject({
          office: z.string().min(1).max(300),
          seats: z.int().min(1).max(50),
          elected: z.array(name.nullable()).max(50),
          ballots: count,
        }),
      )
      .max(100),
  }),
});
