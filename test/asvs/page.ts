/**
 * The table of ASVS in docs/security.md: what it has to be, and what stands there.
 *
 * @module
 */
import { join } from 'node:path'
import type { Requirement } from './requirement.ts'

export const page = join(import.meta.dirname, '../../docs/security.md')

const begin = '<!-- asvs: written by npx tsx test/asvs/write.ts -->'
const end = '<!-- end of asvs -->'

/** The table of the requirements, as it stands on the page. */
export function tableOf (requirements: readonly Requirement[]): string {
  const rows = requirements.map(({ id, level, asks, metBy, through }) => `| ${id} | ${level} | ${asks} | ${metBy} | ${through} |`)
  return ['| ASVS | level | asks for | met by | through |', '|---|---|---|---|---|', ...rows].join('\n')
}

/** What a text holds between the marks, and the text with another table there. */
export function tableIn (text: string): { table: string, replacedBy (table: string): string } {
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error('docs/security.md has no place for the table of ASVS')
  const start = from + begin.length
  return {
    table: text.slice(start, to).trim(),
    replacedBy: (table) => `${text.slice(0, start)}\n\n${table}\n\n${text.slice(to)}`
  }
}
