/** Other slices have something on the page of a session: notes, whose voices were heard. Each slice gives a part; src/app.ts joins them. */
import { z } from 'zod';
import type { Child } from 'hono/jsx';
import type { Caller } from '../../http/caller.ts';
import type { Reading } from '../../house.ts';
import type { Member } from '../../network/members/member.ts';
import type { View } from '../../ui/view.ts';
import type { DialogueSession } from './sessions/session.ts';
import type { Space } from './spaces/space.ts';

export interface SessionSeen {
  readonly space: Space;
  readonly session: DialogueSession;
  readonly path: string;
  /** Where this reader's own steps stand: below the session, or below the key from a mail. */
  readonly door: string;
  /** Who came by her account or by the key from a mail. */
  readonly member: Member | undefined;
}

type PartPlace = 'before' | 'documentation';

interface PartDeclaration<Content extends z.ZodType> {
  /** Stable, for programs. */
  readonly name: string;
  /** Before the programme, or with what the session leaves behind. */
  readonly place: PartPlace;
  readonly content: Content;
  /** Null: nothing for this reader. */
  describe(reading: Reading & Caller, seen: SessionSeen): Promise<z.input<Content> | null>;
  draw(content: z.output<Content>, view: View): Child;
}

// The erased form: `draw` gets what `describe` gave, shaped by `content`.
export interface SessionPart {
  readonly name: string;
  readonly place: PartPlace;
  describe(reading: Reading & Caller, seen: SessionSeen): Promise<unknown>;
  draw(content: unknown, view: View): Child;
}

export function sessionPart<Content extends z.ZodType>(declaration: PartDeclaration<Content>): SessionPart {
  const { name, place, content } = declaration;
  return {
    name,
    place,
    async describe(reading, seen) {
      const described = await declaration.describe(reading, seen);
      return described === null ? null : content.parse(described);
    },
    draw: (given, view) => declaration.draw(content.parse(given), view),
  };
}

export const partsAnswer = z.array(z.object({ name: z.string(), content: z.unknown() }));
export type PartsAnswer = z.output<typeof partsAnswer>;

export async function describeParts(
  parts: readonly SessionPart[],
  reading: Reading & Caller,
  seen: SessionSeen,
): Promise<PartsAnswer> {
  const answers: PartsAnswer = [];
  for (const part of parts) {
    const content = await part.describe(reading, seen);
    if (content !== null) answers.push({ name: part.name, content });
  }
  return answers;
}

export const drawParts = (parts: readonly SessionPart[], place: PartPlace, answers: PartsAnswer, view: View): Child =>
  answers.map(({ name, content }) =>
    parts.find((part) => part.name === name && part.place === place)?.draw(content, view),
  );
