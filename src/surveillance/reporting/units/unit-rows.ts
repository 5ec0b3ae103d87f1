import { parsePlainDate, type PlainDate } from '../../../period.ts';
import type { Row, RowRejection } from '../import/rows.ts';
import { longestCode, longestName, type Place } from '../places/place.ts';

export type UnitRowCode =
  | 'code-missing'
  | 'code-too-long'
  | 'name-missing'
  | 'name-too-long'
  | 'place-unknown'
  | 'place-missing'
  | 'set-unknown'
  | 'date-wrong'
  | 'contact-missing'
  | 'phone-form'
  | 'email-form'
  | 'repeated-differently';

export interface Contact {
  readonly name: string;
  readonly phone: string | undefined;
  readonly email: string | undefined;
}

/** A place that owes reports, as a file describes it. A unit in several sets has a row for each. */
export interface UnitDescription {
  readonly code: string;
  readonly name: string;
  /** Code of the place it lies in; undefined for a place that is held already and stays where it is. */
  readonly place: string | undefined;
  readonly contact: Contact | undefined;
  readonly expects: readonly { readonly set: string; readonly since: PlainDate | undefined }[];
}

export interface UnitsReading {
  readonly units: readonly UnitDescription[];
  readonly rejections: readonly RowRejection<UnitRowCode>[];
}

export interface UnitsHeld {
  readonly places: ReadonlyMap<string, Pick<Place, 'name'>>;
  readonly sets: ReadonlySet<string>;
}

export function readUnits(rows: readonly Row[], held: UnitsHeld): UnitsReading {
  const rejections: RowRejection<UnitRowCode>[] = [];
  const units = new Map<string, UnitDescription>();
  for (const row of rows) {
    const reject = (role: string, code: UnitRowCode): void => void rejections.push({ ...row, role, code });
    const unit = readUnit(row, held, reject);
    if (!unit) continue;
    const before = units.get(unit.code);
    if (!before) units.set(unit.code, unit);
    else if (before.name !== unit.name || before.place !== unit.place) reject('code', 'repeated-differently');
    else
      units.set(unit.code, {
        ...before,
        contact: before.contact ?? unit.contact,
        expects: [...before.expects, ...unit.expects],
      });
  }
  return { units: [...units.values()], rejections };
}

function readUnit(
  { cells }: Row,
  held: UnitsHeld,
  reject: (role: string, code: UnitRowCode) => void,
): UnitDescription | undefined {
  let isGood = true;
  const refuse = (role: string, code: UnitRowCode): undefined => {
    isGood = false;
    reject(role, code);
  };
  const text = (role: string): string => cells[role] ?? '';
  const code = text('code');
  if (code === '') return refuse('code', 'code-missing');
  if (code.length > longestCode) return refuse('code', 'code-too-long');
  const known = held.places.get(code);
  const name = text('name') || (known?.name ?? '');
  if (name === '') return refuse('name', 'name-missing');
  if (name.length > longestName) return refuse('name', 'name-too-long');
  const place = text('place') || undefined;
  if (place === undefined && !known) refuse('place', 'place-missing');
  if (place !== undefined && !held.places.has(place)) refuse('place', 'place-unknown');
  const set = text('set');
  if (set !== '' && !held.sets.has(set)) refuse('set', 'set-unknown');
  const since = text('since') === '' ? undefined : parsePlainDate(text('since'));
  if (since?.error !== undefined) refuse('since', 'date-wrong');
  const contact = readContact(text('contact'), text('phone'), text('email'), refuse);
  const expects = set === '' ? [] : [{ set, since: since?.value }];
  return isGood ? { code, name, place: place === code ? undefined : place, contact, expects } : undefined;
}

// What a person can dial; ITU-T E.123 spacing is left as it was written. An extension follows "ext" or "x".
export const phoneForm = /^\+?[0-9(][0-9 ()./-]{2,30}(?: ?(?:x|ext\.?) ?[0-9]{1,8})?$/i;
export const emailForm = /^[^\s@<>"]{1,64}@[^\s@<>"]{1,185}\.[^\s@<>".]{2,}$/;

function readContact(
  name: string,
  phone: string,
  email: string,
  refuse: (role: string, code: UnitRowCode) => undefined,
): Contact | undefined {
  if (name === '' && phone === '' && email === '') return undefined;
  if (name.length > longestName) return refuse('contact', 'name-too-long');
  if (phone !== '' && !phoneForm.test(phone)) refuse('phone', 'phone-form');
  if (email !== '' && !emailForm.test(email)) refuse('email', 'email-form');
  // An office's telephone needs no person's name.
  return { name: name || phone || email, phone: phone || undefined, email: email || undefined };
}
