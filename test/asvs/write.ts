/** Writes the table of ASVS into docs/security.md. */
import { readFileSync, writeFileSync } from 'node:fs'
import { page, tableIn, tableOf } from './page.ts'
import { requirements } from './requirements.ts'

writeFileSync(page, tableIn(readFileSync(page, 'utf8')).replacedBy(tableOf(requirements)))
