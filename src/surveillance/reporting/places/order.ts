// Clinic 2 before Clinic 10. The order of letters is that of the root collation, which suits every language tolerably.
const collator = new Intl.Collator('und', { numeric: true });

/** For lists that people read. */
export const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  collator.compare(a.name, b.name);
