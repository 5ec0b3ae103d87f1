/** The invented countries of the demonstration: places, health facilities and whom to call there. No name, number or border is anyone's. */
import { drawLand, type Cell } from './land.ts';
import { openRandom } from './random.ts';

export interface District {
  readonly code: string;
  readonly name: string;
  readonly region: string;
  readonly population: number;
  readonly cell: Cell;
  /** Codes, of either country. */
  readonly neighbours: readonly string[];
}

export interface Facility {
  readonly code: string;
  readonly name: string;
  readonly district: string;
  /** Share of its district's people who come here. */
  readonly share: number;
  readonly contact: string;
  readonly phone: string;
  readonly email: string;
}

export interface Country {
  readonly code: string;
  readonly name: string;
  readonly regions: readonly { readonly code: string; readonly name: string }[];
  readonly districts: readonly District[];
  readonly facilities: readonly Facility[];
}

export const countryNames = ['Ambria', 'Sorell'] as const;
export type CountryName = (typeof countryNames)[number];

const columns = 4;
const rows = 5;

const words: Readonly<
  Record<
    CountryName,
    {
      readonly code: string;
      readonly regions: readonly string[];
      readonly districts: readonly string[];
      readonly given: readonly string[];
      readonly family: readonly string[];
    }
  >
> = {
  Ambria: {
    code: 'AM',
    regions: ['Coast', 'Plains', 'Uplands', 'Marches'],
    districts: [
      'Valmera',
      'Porto Lune',
      'Sabrail',
      'Costeira',
      'Belonde',
      'Marande',
      'Tessary',
      'Ondrel',
      'Quelimar',
      'Lagosta Nova',
      'Altessa',
      'Brumel',
      'Corvanne',
      'Serralta',
      'Monteluz',
      'Rivanel',
      'Estrema',
      'Dorvale',
      'Pontara',
      'Fronteira Alta',
    ],
    given: ['Aïssatou', 'Tomás', 'Ndeye', 'Rui', 'Mireille', 'Joana', 'Ibrahima', 'Celeste', 'Fanta', 'Henrique'],
    family: ['Morel', 'Valadar', 'Castel', 'Benedo', 'Okonda', 'Serrat', 'Leval', 'Amado', 'Rochel', 'Dolo'],
  },
  Sorell: {
    code: 'SO',
    regions: ['Borderlands', 'Lakes', 'Steppe', 'Harbours'],
    districts: [
      'Almadar',
      'Pasoverde',
      'Wadi Sorn',
      'Las Brisas',
      'Tarfaya Baja',
      'Lagunar',
      'Birkat Nour',
      'Isla Honda',
      'Merced',
      'Qasr Lindo',
      'Llanura',
      'Sahlan',
      'Corral Viejo',
      'Ain Safra',
      'Pradera',
      'Marsa Clara',
      'Puerto Hilal',
      'Costa Noor',
      'Bahía Mansa',
      'Ras Alegre',
    ],
    given: ['Leïla', 'Omar', 'Pilar', 'Yusuf', 'Carmen', 'Samir', 'Noor', 'Diego', 'Inés', 'Khalil'],
    family: ['Ferrán', 'Quintal', 'Haddan', 'Marez', 'Tahiri', 'Oroz', 'Salgar', 'Rahal', 'Maluf', 'Arroya'],
  },
};

/** Both countries on one island, so that districts meet at the border. */
export function drawCountries(seed: string): Readonly<Record<CountryName, Country>> {
  const land = drawLand(seed, { columns: 2 * columns, rows, west: -34, south: -3, cellSize: 0.8 });
  const codeOf = (at: number): string => {
    const column = at % (2 * columns);
    const country = column < columns ? 'Ambria' : 'Sorell';
    return `${words[country].code}-${(column % columns) + 1}${Math.floor(at / (2 * columns)) + 1}`;
  };
  const draw = (name: CountryName): Country => {
    const { code, regions, districts: names } = words[name];
    const random = openRandom(`${seed} ${name}`);
    const cells = land.flatMap((cell, at) =>
      at % (2 * columns) < columns === (name === 'Ambria') ? [{ cell, at }] : [],
    );
    const districts = cells.map(({ cell, at }): District => {
      const column = (at % (2 * columns)) % columns;
      const row = Math.floor(at / (2 * columns));
      return {
        code: codeOf(at),
        name: names[column * rows + row] ?? codeOf(at),
        region: `${code}-${column + 1}`,
        population: 100 * Math.round(400 + 2600 * random.uniform() ** 2),
        cell,
        neighbours: cell.neighbours.map(codeOf),
      };
    });
    return {
      code,
      name,
      regions: regions.map((region, at) => ({ code: `${code}-${at + 1}`, name: region })),
      districts,
      facilities: listFacilities(name, districts),
    };
  };
  return { Ambria: draw('Ambria'), Sorell: draw('Sorell') };
}

/** A hospital and a health centre in each district. */
function listFacilities(country: CountryName, districts: readonly District[]): readonly Facility[] {
  const { given, family } = words[country];
  return districts.flatMap((district, at) =>
    (['Hospital', 'Health Centre'] as const).map((kind, which): Facility => {
      const position = 2 * at + which;
      // No two have the same name: each round over the given names meets the family names one further on.
      const contact = `${given[position % given.length]} ${family[(position + 3 * Math.floor(position / given.length)) % family.length]}`;
      return {
        code: `${district.code}-${which === 0 ? 'H' : 'C'}`,
        name: `${district.name} ${kind}`,
        district: district.code,
        share: which === 0 ? 0.6 : 0.4,
        contact,
        // Ofcom keeps 01632 960000 to 960999 for fiction: they ring nowhere.
        phone: `+44 1632 960${(country === 'Ambria' ? 100 : 500) + position}`,
        email: `${district.code.toLowerCase()}.${which === 0 ? 'hospital' : 'centre'}@${country.toLowerCase()}.example`,
      };
    }),
  );
}

const csvCell = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
export const toCsv = (rows: readonly (readonly (string | number)[])[]): string =>
  `${rows.map((row) => row.map((cell) => csvCell(String(cell))).join(',')).join('\n')}\n`;

/** Country, regions and districts, as a file that any map program opens. */
export function placesGeojson({ code, name, regions, districts }: Country): string {
  const feature = (properties: object, ring?: readonly (readonly number[])[]): object => ({
    type: 'Feature',
    properties,
    geometry: ring ? { type: 'Polygon', coordinates: [ring] } : null,
  });
  const population = districts.reduce((sum, district) => sum + district.population, 0);
  return JSON.stringify({
    type: 'FeatureCollection',
    features: [
      feature({ code, name, level: 0, population }),
      ...regions.map((region) => feature({ code: region.code, name: region.name, parent: code, level: 1 })),
      ...districts.map((district) =>
        feature(
          {
            code: district.code,
            name: district.name,
            parent: district.region,
            level: 2,
            population: district.population,
          },
          district.cell.ring,
        ),
      ),
    ],
  });
}

/** The set of indicators that all of them report. */
export const reportingSet = 'weekly';

export function unitsCsv({ facilities }: Country, since: string): string {
  return toCsv([
    ['code', 'name', 'place', 'set', 'since', 'contact', 'phone', 'email'],
    ...facilities.map((unit) => [
      unit.code,
      unit.name,
      unit.district,
      reportingSet,
      since,
      unit.contact,
      unit.phone,
      unit.email,
    ]),
  ]);
}
