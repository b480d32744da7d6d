// Writes the zone names that package ics embeds:
//
//   node generate.mjs TZDATA_ZI OUTPUT_DIRECTORY
//
// TZDATA_ZI is the time zone database as text; Debian's tzdata has it in
// /usr/share/zoneinfo/tzdata.zi. It gives ianazones.txt, every zone and link in
// IANA's spelling. The Unicode CLDR gives windowszones.txt: a Windows name, or an
// offset and what Windows shows after it, in lower case, a tab, and the IANA zone.
// Both are in order of the bytes of their lower-case keys. The same input always
// gives the same bytes.

import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const [database, directory] = process.argv.slice(2)
if (!directory) {
  console.error('usage: node generate.mjs TZDATA_ZI OUTPUT_DIRECTORY')
  process.exit(2)
}

const iana = ianaNames(readFileSync(database, 'utf8'))
const windows = windowsZones()
const names = new Set(iana)
for (const [windowsName, zone] of windows) {
  if (!names.has(zone)) throw new Error(`${windowsName} is ${zone}, which the database does not have`)
}
const keys = new Map([...windows].map(([name, zone]) => [name.toLowerCase(), zone]))
for (const [display, windowsName] of displayNames()) {
  if (!windows.has(windowsName)) throw new Error(`displaynames.txt: CLDR has no ${windowsName}`)
  keys.set(displayKey(display), windows.get(windowsName))
}

write('ianazones.txt', iana.map(name => [name.toLowerCase(), name]))
write('windowszones.txt', [...keys].map(([key, zone]) => [key, `${key}\t${zone}`]))

/** The names of all zones and links in tzdata.zi, less Factory, which says that no zone was set. */
function ianaNames (text) {
  const found = []
  for (const line of text.split('\n')) {
    const [kind, first, second] = line.split(' ')
    if (kind === 'Z') found.push(first)
    if (kind === 'L') found.push(second)
  }
  return found.filter(name => name !== 'Factory')
}

/** CLDR's zone for each Windows name, where no country is given (territory 001). */
function windowsZones () {
  const { supplemental } = createRequire(import.meta.url)('cldr-core/supplemental/windowsZones.json')
  return new Map(supplemental.windowsZones.mapTimezones
    .map(entry => entry.mapZone)
    .filter(zone => zone._territory === '001')
    .map(zone => [zone._other, zone._type]))
}

/** The lines of displaynames.txt: [['(UTC+01:00) West Central Africa', 'W. Central Africa Standard Time']]. */
function displayNames () {
  const text = readFileSync(new URL('displaynames.txt', import.meta.url), 'utf8')
  return text.split('\n').filter(line => line && !line.startsWith('#')).map(line => line.split('\t'))
}

/** '(UTC) Sao Tome' is '(+00:00) sao tome': what displayKey in zonenames.go makes of it. */
function displayKey (display) {
  const [, offset, text] = /^\(UTC([+-]\d\d:\d\d)?\) (.+)$/.exec(display)
  return `(${offset ?? '+00:00'}) ${text.toLowerCase()}`
}

function write (file, lines) {
  const sorted = lines.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, line]) => line)
  writeFileSync(join(directory, file), sorted.join('\n') + '\n')
}
