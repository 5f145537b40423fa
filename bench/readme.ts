/** Puts the tables of a run into bench/README.md, between its marks. */

import { readFileSync, writeFileSync } from 'node:fs'

const readme = new URL('./README.md', import.meta.url)

export function writeResults (results: string, name = 'results'): void {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`]
  const text = readFileSync(readme, 'utf8')
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from === -1 || to < from) throw new Error(`bench/README.md has no place for its ${name}`)
  writeFileSync(readme, `${text.slice(0, from)}${begin}\n\n${results}\n\n${text.slice(to)}`)
}
