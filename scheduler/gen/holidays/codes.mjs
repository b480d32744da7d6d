// Writes regions.txt: every code a person may give, and the block of holidays.txt that has its holidays.

import { iso31661, iso31662 } from 'iso-3166'

// Codes that mean a region of the data under another name.
const ALIASES = {
  uk: 'gb', // reserved in ISO 3166 for the United Kingdom, and what people write
  el: 'gr', // what the European Union writes
  'gb-eaw': 'gb-eng', // England and Wales share their bank holidays
  'in-cg': 'in-ct', // Indian states whose codes ISO changed in 2023
  'in-dh': 'in-dd',
  'in-od': 'in-or',
  'in-ts': 'in-tg',
  'in-uk': 'in-ut',
  'cl-nb': 'cl-nu', // Ñuble, in Chile's own short form
  'gt-01': 'gt-1',
  'fr-75': 'fr', // Paris, now 75C in ISO 3166
  'fr-6ae': 'fr-67', // Alsace: Bas-Rhin and Haut-Rhin have the same days
  // Territories that have a country code of their own.
  'us-as': 'as',
  'us-gu': 'gu',
  'us-pr': 'pr',
  'us-vi': 'vi',
  'us-um': null,
  'us-mp': null,
  'fr-971': 'gp',
  'fr-972': 'mq',
  'fr-973': 'gf',
  'fr-974': 're',
  'fr-976': 'yt',
  'fr-nc': 'nc',
  'fr-pf': 'pf',
  'fr-pm': 'pm',
  'fr-wf': 'wf',
  'fr-tf': null,
  'fr-cp': null,
  'nl-aw': 'aw',
  'nl-cw': 'cw',
  'nl-sx': 'sx',
  'nl-bq1': 'bq-bo',
  'nl-bq2': 'bq-sa',
  'nl-bq3': 'bq-se',
  'no-21': 'sj',
  'no-22': 'sj',
  'fi-01': 'ax',
  'cn-hk': 'hk',
  'cn-mo': null, // Macao has holidays of its own, but the data does not
  'cn-tw': 'tw',
  'es-gc': 'es-cn' // the province of Las Palmas, where the data's es-cn-gc is the island
}

/**
 * The text of regions.txt, one line for each code: the code, the code of its holidays ("-": none are known)
 * and, for those with holidays of their own and those without any, the English name.
 */
export function codeTable (regions, kept) {
  const lines = new Map()
  for (const { code, name } of regions) lines.set(code, entry(code, kept.get(code), name))
  for (const { alpha2, name } of iso31661) {
    const code = alpha2.toLowerCase()
    if (!lines.has(code)) lines.set(code, entry(code, null, name))
  }
  const parents = new Map(iso31662.map(s => [s.code.toLowerCase(), s.parent.toLowerCase()]))
  for (const [code] of parents) {
    if (!lines.has(code)) lines.set(code, entry(code, target(code, parents, kept)))
  }
  for (const [code, to] of Object.entries(ALIASES)) {
    if (to && !kept.has(to)) throw new Error(`alias ${code}: no region ${to}`)
    lines.set(code, entry(code, kept.get(to)))
  }
  return [...lines.keys()].sort().map(code => lines.get(code)).join('\n') + '\n'
}

function entry (code, to, name = '') {
  if (!to) return `${code} - ${name}`.trimEnd()
  return code === to ? `${code} ${to} ${name}`.trimEnd() : `${code} ${to}`
}

/**
 * The block for a subdivision that the data does not list: that of a city or province the data keeps a level
 * lower (it-mi: it-25-mi), else its parent's (es-m: es-md), else the country's.
 */
function target (code, parents, kept) {
  if (code in ALIASES) return kept.get(ALIASES[code])
  if (kept.has(code)) return kept.get(code)
  const parent = parents.get(code)
  if (parent === undefined) return undefined // a country without holidays
  const below = `${parent}-${code.slice(code.indexOf('-') + 1)}`
  return kept.get(below) ?? target(parent, parents, kept)
}
