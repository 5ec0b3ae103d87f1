/** The most that one conversation may hold. The first two are those of Polis; all are far above any conversation held so far. */
export interface Limits {
  readonly participants: number;
  readonly statements: number;
  /** Rows of votes, those included that a later vote replaces. */
  readonly votes: number;
  /** Characters of one field; a statement's text is the longest there is. */
  readonly fieldCharacters: number;
}

export const defaultLimits: Limits = {
  participants: 100_000,
  statements: 10_000,
  votes: 20_000_000,
  fieldCharacters: 20_000,
};
