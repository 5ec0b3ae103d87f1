import type { PowerSource } from '../equity/sources.ts';

/** Whoever took a position in a decision that was taken. */
export const deciders: PowerSource = {
  step: 'decided',
  async list(reader, space) {
    let query = reader
      .selectFrom('decision_positions')
      .innerJoin('decisions', 'decisions.id', 'decision_positions.decision_id')
      .select('decision_positions.member_id')
      .distinct()
      .where('decisions.state', '=', 'closed');
    if (space !== undefined) query = query.where('decisions.space_id', '=', space);
    return (await query.execute()).map(({ member_id }) => member_id);
  },
};
