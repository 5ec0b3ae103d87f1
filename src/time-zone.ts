/** Names of time zones, as the IANA database has them and this machine knows them. */

// A name of the IANA database, not an offset such as +01:00, which says nothing about summer.
const zoneForm = /^(?:UTC|[A-Za-z_]+(?:\/[A-Za-z0-9_+-]+){1,2})$/;
export const longestZoneCharacters = 60;

/** The name as it is written in the database; undefined for one that nobody keeps. */
export function parseTimeZone(text: string): string | undefined {
  const name = text.trim();
  if (name.length > longestZoneCharacters || !zoneForm.test(name)) return undefined;
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    return zonesByLowerCase().get(name.toLowerCase()) ?? timeZone;
  } catch {
    return undefined;
  }
}

let knownZones: ReadonlyMap<string, string> | undefined;

function zonesByLowerCase(): ReadonlyMap<string, string> {
  knownZones ??= new Map(['UTC', ...Intl.supportedValuesOf('timeZone')].map((name) => [name.toLowerCase(), name]));
  return knownZones;
}

export const listTimeZones = (): readonly string[] => [...zonesByLowerCase().values()].toSorted();
