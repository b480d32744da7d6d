// Writes the holiday tables that package scheduler embeds:
//
//   node generate.mjs FIRST_YEAR LAST_YEAR OUTPUT_DIRECTORY
//
// The same packages and years always give the same bytes.

// Half of date-holidays computes in the machine's zone. Days are civil days
// here, so any one zone will do, as long as it is always the same.
process.env.TZ = 'UTC'

const { writeFileSync } = await import('node:fs')
const { join } = await import('node:path')
const { correctedData } = await import('./corrections.mjs')
const { publicHolidays, regionsOf } = await import('./source.mjs')
const { codeTable } = await import('./codes.mjs')
const { holidayTable } = await import('./table.mjs')

const [first, last] = process.argv.slice(2, 4).map(Number)
const directory = process.argv[4]
if (!(first <= last) || !directory) {
  console.error('usage: node generate.mjs FIRST_YEAR LAST_YEAR OUTPUT_DIRECTORY')
  process.exit(2)
}

const data = correctedData(first, last)
const regions = regionsOf(data)
for (const region of regions) region.holidays = publicHolidays(data, region.path, first, last)

const { text, kept } = holidayTable(regions, first, last)
writeFileSync(join(directory, 'holidays.txt'), text)
writeFileSync(join(directory, 'regions.txt'), codeTable(regions, kept))
