// Reads date-holidays: which regions it has, and their public holidays as civil days.

import Holidays from 'date-holidays'

const HOUR = 3600e3
const DAY = 24 * HOUR

/** Every country, state and region of data: [{ path: ['DE', 'BY', 'A'], code: 'de-by-a', name }]. */
export function regionsOf (data) {
  const found = []
  const visit = (path, node) => {
    found.push({ path, code: codeOf(path), name: englishName(node) })
    const children = path.length === 1 ? node.states ?? node.regions : node.regions
    for (const [key, child] of Object.entries(children ?? {})) visit([...path, key], child)
  }
  for (const [country, node] of Object.entries(data.holidays)) visit([country], node)
  return found
}

/** Holdfast's code of a path: ['DE', 'BY', 'A'] is de-by-a. */
export const codeOf = path => path.join('-').toLowerCase()

const englishName = node => node.name ?? node.names?.en ?? Object.values(node.names ?? {})[0] ?? ''

/**
 * The public holidays of a region between two years, as [{ day: '2026-01-01', name }] in order of day and name.
 * Names are English where there are any, else in the region's own language.
 */
export function publicHolidays (data, path, first, last) {
  const source = new Holidays(path.join('.'), { data, languages: ['en'] })
  source.setTimezone(null) // wall-clock times, written as UTC
  const days = new Map()
  // A year's substitute days may fall into its neighbours: 1 January 2028 is observed on 31 December 2027.
  for (let year = first - 1; year <= last + 1; year++) {
    for (const holiday of source.getHolidays(year)) {
      if (holiday.type !== 'public') continue
      for (const day of daysOff(holiday)) days.set(`${day} ${holiday.name}`, { day, name: tidy(holiday.name) })
    }
  }
  return [...days.entries()]
    .filter(([, { day }]) => day >= `${first}-01-01` && day <= `${last}-12-31`)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, holiday]) => holiday)
}

/**
 * The civil days on which a holiday leaves no working hours, 9 to 17. One that begins at sunset (Islamic and
 * Hebrew days: 18:00 of the eve) is the day after; one that begins at noon takes no day; a feast of 90 hours
 * from sunset takes three.
 */
function daysOff ({ start, end }) {
  const days = []
  for (let day = Math.floor(start / DAY) * DAY; day < +end; day += DAY) {
    if (+start <= day + 9 * HOUR && +end >= day + 17 * HOUR) days.push(new Date(day).toISOString().slice(0, 10))
  }
  return days
}

const tidy = name => name.replace(/\s+/g, ' ').trim()
