import { languageTag, type Locale } from '../../ui/locales.ts';

// ISO 3166-1 alpha-2, countries and territories.
const codes = `
  AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
  CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM
  FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS
  IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML
  MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR
  PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH
  TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
`
  .trim()
  .split(/\s+/);

const known = new Set(codes);

export const isCountry = (code: string): boolean => known.has(code);

const namers = new Map<Locale, Intl.DisplayNames>();

/** As the Unicode consortium names it in that language; no name here takes a side. */
export function countryName(locale: Locale, code: string): string {
  const namer =
    namers.get(locale) ?? new Intl.DisplayNames([languageTag(locale)], { type: 'region', fallback: 'code' });
  namers.set(locale, namer);
  return namer.of(code) ?? code;
}

const lists = new Map<Locale, readonly { readonly code: string; readonly name: string }[]>();

/** In the order of the language. */
export function listCountries(locale: Locale): readonly { readonly code: string; readonly name: string }[] {
  const list =
    lists.get(locale) ??
    codes
      .map((code) => ({ code, name: countryName(locale, code) }))
      .toSorted((a, b) => new Intl.Collator(languageTag(locale)).compare(a.name, b.name));
  lists.set(locale, list);
  return list;
}
