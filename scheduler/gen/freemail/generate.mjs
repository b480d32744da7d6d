// Writes the list of free-mail domains that package scheduler embeds:
//
//   node generate.mjs OUTPUT_FILE
//
// The list is free-email-domains, less removals.txt, with additions.txt: one
// domain a line, in order of bytes. The same package always gives the same bytes.

import { readFileSync, writeFileSync } from 'node:fs'
import domains from 'free-email-domains'

const DOMAIN = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/

const output = process.argv[2]
if (!output) {
  console.error('usage: node generate.mjs OUTPUT_FILE')
  process.exit(2)
}

const list = new Set(domains)
for (const domain of read('removals.txt')) {
  if (!list.delete(domain)) throw new Error(`removals.txt: ${domain} is not in the package`)
}
for (const domain of read('additions.txt')) {
  if (covered(domain)) throw new Error(`additions.txt: ${domain} is in the list already`)
  list.add(domain)
}
for (const domain of list) {
  if (!DOMAIN.test(domain)) throw new Error(`not a domain: ${domain}`)
}
writeFileSync(output, [...list].sort().join('\n') + '\n')

/** The domains in a file beside this one; what follows a hash is a comment. */
function read (name) {
  const text = readFileSync(new URL(name, import.meta.url), 'utf8')
  return text.split('\n').map(line => line.replace(/#.*/, '').trim()).filter(Boolean)
}

/** Whether the list has a domain or one that it is under. */
function covered (domain) {
  const labels = domain.split('.')
  return labels.some((_, i) => list.has(labels.slice(i).join('.')))
}
