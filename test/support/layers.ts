/**
 * The table of layers in docs/architecture.md.
 *
 * @module
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path/posix'

/** The files of lib in the order of the table, of the layers named or of all: its rows are layers, a row's second column the files of one. */
export function filesOfLayers (root: string, layers?: readonly string[]): string[] {
  const rows = readFileSync(join(root, 'docs/architecture.md'), 'utf8').matchAll(/^\| \*\*(\w+)\*\* \|([^|]*)\|/gm)
  const chosen = Array.from(rows).filter(([, layer]) => layers?.includes(layer!) ?? true)
  return chosen.flatMap(([, , column]) => Array.from(column!.matchAll(/`([\w/-]+)`/g), ([, name]) => `${name}.ts`))
}
