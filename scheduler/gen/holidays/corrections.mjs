// Where date-holidays 3.37.0 differs from the official lists. Each entry says where, why, and what becomes of
// which rules (false: no such holiday). One without effect stops the generator: it is time to remove it.

import { data } from 'date-holidays/data'
import { publicHolidays } from './source.mjs'

// Names for rules that are added.
const named = en => ({ name: { en } })

// A rule for the day off instead of a holiday on a weekend.
const substitute = en => ({ name: { en }, substitute: true })

const CORRECTIONS = [
  {
    at: 'US',
    why: '5 U.S.C. 6103(b): Veterans Day on a weekend is observed like the other federal holidays; and its own spelling of Labor Day',
    days: {
      'substitutes 11-11 if sunday then next monday if saturday then previous friday': { type: 'public' },
      '1st monday in September': named('Labor Day')
    }
  },
  {
    at: 'CA',
    why: 'Holidays Act, R.S.C. 1985 c. H-5, s. 2: when 1 July is a Sunday, 2 July is the legal holiday',
    days: { 'substitutes 07-01 if sunday then next monday': substitute('Canada Day') }
  },
  {
    at: 'CA-ON',
    why: 'Employment Standards Act, 2000, s. 1: Easter Monday is no public holiday in Ontario',
    days: { 'easter 1': false }
  },
  {
    at: 'CA-QC',
    why: 'National Holiday Act, F-1.1, s. 2 and 5: a Sunday 24 June is taken on the 25th by those who do not work on Sundays',
    days: { 'substitutes 06-24 if sunday then next monday': substitute('National Holiday') }
  },
  {
    at: 'GB-SCT',
    why: 'Royal Proclamation of 4 February 2026: bank holiday for the World Cup',
    days: { '2026-06-15': named('World Cup bank holiday') }
  },
  {
    at: 'AU-NSW',
    why: 'NSW Government: the additional Anzac Day holiday was declared for 2026 and 2027 only',
    days: { '04-25 and if saturday,sunday then next monday': { active: [{ from: '2026-04-25', to: '2028-01-01' }] } }
  },
  {
    at: 'JP',
    why: 'Act on National Holidays, art. 3(3): a day between two holidays is one; in 2032 that is 21 September',
    days: { '2032-09-21': named("Citizens' Holiday") }
  },
  {
    at: 'IN',
    why: 'DoPT, holidays to be observed in Central Government offices during 2025: the gazetted days that follow the moon',
    days: {
      '2025-02-26': named('Maha Shivaratri'),
      '2025-03-14': named('Holi'),
      '2025-03-31': named('Id-ul-Fitr'),
      '2025-04-10': named('Mahavir Jayanti'),
      '2025-05-12': named('Buddha Purnima'),
      '2025-06-07': named('Id-ul-Zuha (Bakrid)'),
      '2025-07-06': named('Muharram'),
      '2025-08-16': named('Janmashtami'),
      '2025-09-05': named('Milad-un-Nabi'),
      '2025-10-20': named('Diwali (Deepavali)'),
      '2025-11-05': named("Guru Nanak's Birthday")
    }
  },
  {
    at: 'IN',
    why: 'DoPT, holidays to be observed in Central Government offices during 2026; later lists are not out yet',
    days: {
      '2026-03-04': named('Holi'),
      '2026-03-21': named('Id-ul-Fitr'),
      '2026-03-26': named('Ram Navami'),
      '2026-03-31': named('Mahavir Jayanti'),
      '2026-05-01': named('Buddha Purnima'),
      '2026-05-27': named('Id-ul-Zuha (Bakrid)'),
      '2026-06-26': named('Muharram'),
      '2026-08-26': named('Milad-un-Nabi'),
      '2026-09-04': named('Janmashtami'),
      '2026-10-20': named('Dussehra'),
      '2026-11-08': named('Diwali (Deepavali)'),
      '2026-11-24': named("Guru Nanak's Birthday")
    }
  },
  {
    at: 'CN',
    why: 'State Council Decree 795, from 2025: four days of Spring Festival, two of Labour Day; Children\'s Day is for children',
    days: { 'chinese 01-0-03': named('Spring Festival'), '05-02': named('Labour Day'), '06-01': false }
  },
  {
    at: 'CN',
    why: 'State Council notice on the holiday arrangements of 2026: weekdays off in exchange for weekends; later notices are not out yet',
    days: {
      '2026-01-02': named("New Year's Day (transferred day off)"),
      '2026-02-20': named('Spring Festival (transferred day off)'),
      '2026-02-23': named('Spring Festival (transferred day off)'),
      '2026-04-06': named('Qingming Festival (transferred day off)'),
      '2026-05-04': named('Labour Day (transferred day off)'),
      '2026-05-05': named('Labour Day (transferred day off)'),
      '2026-10-05': named('National Day (transferred day off)'),
      '2026-10-06': named('National Day (transferred day off)'),
      '2026-10-07': named('National Day (transferred day off)')
    }
  },
  {
    at: 'CH-SO',
    why: 'Ruhetagsgesetz, RG 512.41: 19 March is a holiday in a few communes only, as the data says itself in a note',
    days: { '03-19': false }
  },
  {
    at: 'MX',
    why: 'Ley Federal del Trabajo, art. 74 VII as of 2024: the day on which the government changes is 1 October',
    days: {
      '12-01 every 6 years since 1934': false,
      '10-01 every 6 years since 2024': named('Change of Federal Government')
    }
  },
  {
    at: 'BG',
    why: 'Labour Code, art. 154: 26 December is a holiday too, and one on a weekend (Easter aside) moves to the next working day',
    days: {
      '12-26': { type: 'public' },
      'substitutes 01-01 if saturday,sunday then next monday': substitute("New Year's Day"),
      'substitutes 03-03 if saturday,sunday then next monday': substitute('Liberation Day'),
      // In 2027 and 2032 that Monday is Easter Monday.
      'substitutes 05-01 if saturday,sunday then next monday': {
        ...substitute('Labour Day'),
        disable: ['2027-05-03', '2032-05-03'],
        enable: ['2027-05-04', '2032-05-04']
      },
      'substitutes 05-06 if saturday,sunday then next monday': substitute("St. George's Day"),
      'substitutes 05-24 if saturday,sunday then next monday': substitute('Bulgarian Education and Culture, and Slavonic Literature Day'),
      'substitutes 09-06 if saturday,sunday then next monday': substitute('Unification Day'),
      'substitutes 09-22 if saturday,sunday then next monday': substitute('Independence Day'),
      'substitutes 12-24 if saturday then next tuesday if sunday then next wednesday': substitute('Christmas Eve'),
      'substitutes 12-25 if saturday then next monday if sunday then next wednesday': substitute('Christmas Day'),
      'substitutes 12-26 if saturday then next monday if sunday then next tuesday': substitute('Christmas Day')
    }
  },
  {
    at: 'CY',
    why: 'Public Service Commission of Cyprus: Clean Monday is 48 days before Easter, and the Monday of Kataklysmos is a holiday',
    days: {
      'orthodox -47': false,
      'orthodox -48': { type: 'public', name: { en: 'Clean Monday' } },
      'orthodox 50': named('Kataklysmos (Whit Monday)')
    }
  },
  {
    at: 'MW',
    why: 'Public Holidays Act of Malawi, schedule: Boxing Day',
    days: { '12-26 and if saturday,sunday then next monday': substitute('Boxing Day') }
  },
  {
    at: 'RU',
    why: 'Labour Code, art. 112: a holiday on a weekend moves to the next working day, save for the years below',
    days: {
      'substitutes 02-23 if saturday,sunday then next monday': { ...substitute('Defender of the Fatherland Day'), disable: ['2025-02-24'] },
      'substitutes 03-08 if saturday then next monday': { ...substitute("International Women's Day"), disable: ['2025-03-10'] },
      'substitutes 05-01 if saturday,sunday then next monday': substitute('Spring and Labour Day'),
      'substitutes 05-09 if saturday,sunday then next monday': substitute('Victory Day'),
      'substitutes 06-12 if saturday,sunday then next monday': substitute('Russia Day'),
      'substitutes 11-04 if saturday,sunday then next monday': substitute('Unity Day')
    }
  },
  {
    at: 'RU',
    why: 'Government decrees 1335 of 2024 and 1466 of 2025 on the transfer of days off in 2025 and 2026',
    days: {
      '2025-05-02': named('Day off (transferred from 4 January)'),
      '2025-05-08': named('Day off (transferred from 23 February)'),
      '2025-06-13': named('Day off (transferred from 8 March)'),
      '2025-11-03': named('Day off (transferred from 1 November)'),
      '2025-12-31': named('Day off (transferred from 5 January)'),
      '2026-01-09': named('Day off (transferred from 3 January)'),
      '2026-12-31': named('Day off (transferred from 4 January)')
    }
  },
  {
    at: 'SK',
    why: 'Act 261/2025: 8 May and 15 September are working days in 2026 only',
    days: {
      '05-08 since 2027': named('Day of victory over fascism'),
      '09-15 since 2027': named('Day of Our Lady of the Seven Sorrows')
    }
  },
  {
    at: 'TH',
    why: 'Cabinet resolution on holidays: one on a weekend is made up for on the next working day',
    days: {
      'substitutes 01-01 if saturday,sunday then next monday': substitute("New Year's Day"),
      'substitutes 04-06 if saturday,sunday then next monday': substitute('Chakri Memorial Day'),
      'substitutes 04-13 if saturday then next tuesday if sunday then next wednesday': substitute('Songkran Festival'),
      'substitutes 04-14 if saturday then next monday': substitute('Songkran Festival'),
      'substitutes 04-15 if saturday then next monday': substitute('Songkran Festival'),
      'substitutes 05-04 if saturday,sunday then next monday': substitute('Coronation Day'),
      'substitutes 06-03 if saturday,sunday then next monday': substitute("Queen Suthida's Birthday"),
      'substitutes 07-28 if saturday,sunday then next monday': substitute("King's Birthday"),
      'substitutes 08-12 if saturday,sunday then next monday': substitute("The Queen Mother's Birthday"),
      'substitutes 10-13 if saturday,sunday then next monday': substitute('King Bhumibol Adulyadej Memorial Day'),
      'substitutes 10-23 if saturday,sunday then next monday': substitute('King Chulalongkorn Day'),
      'substitutes 12-05 if saturday,sunday then next monday': substitute("King Bhumibol Adulyadej's Birthday"),
      'substitutes 12-10 if saturday,sunday then next monday': substitute('Constitution Day')
    }
  },
  {
    at: 'UA',
    why: 'Labour Code, art. 73 as of 2024: 2 January is none, and 8 May took the place of 9 May',
    days: {
      '01-02 and if saturday, sunday then next monday': false,
      '01-01 and if saturday, sunday then next tuesday': false,
      '01-01 and if saturday, sunday then next monday': substitute("New Year's Day"),
      '05-09 and if saturday, sunday then next monday': false,
      '05-08 and if saturday, sunday then next monday': substitute('Day of Remembrance and Victory')
    }
  }
]

/** The data of date-holidays with the corrections applied. */
export function correctedData (first, last) {
  const corrected = structuredClone(data)
  for (const { at, why, days } of CORRECTIONS) {
    for (const [rule, becomes] of Object.entries(days)) apply(corrected, at.split('-'), rule, becomes, why, first, last)
  }
  return corrected
}

function apply (data, path, rule, becomes, why, first, last) {
  if (/^\d{4}-/.test(rule) && Number(rule.slice(0, 4)) < first) return // out of date, not out of effect
  const holidays = () => JSON.stringify(publicHolidays(data, path, first, last))
  const before = holidays()
  const days = (nodeAt(data, path).days ??= {})
  days[rule] = becomes && { ...days[rule], ...becomes }
  if (holidays() === before) throw new Error(`correction without effect: ${path.join('-')}, ${rule} (${why})`)
}

function nodeAt (data, [country, state, region]) {
  let node = data.holidays[country]
  if (state) node = (node.states ?? node.regions)[state]
  return region ? node.regions[region] : node
}
