/** Each requirement of OWASP ASVS 5.0 V7, and its neighbours on cookies and caches, is met as docs/security.md says. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { page, tableIn, tableOf } from './asvs/page.ts'
import { requirements } from './asvs/requirements.ts'

const numbers = [
  '7.1.1', '7.1.2', '7.1.3', '7.2.1', '7.2.2', '7.2.3', '7.2.4', '7.3.1', '7.3.2', '7.4.1', '7.4.2', '7.4.3', '7.4.4', '7.4.5',
  '7.5.1', '7.5.2', '7.5.3', '7.6.1', '7.6.2', '3.3.1', '3.3.2', '3.3.3', '3.3.4', '3.3.5', '14.3.2'
]

test('every requirement of V7, 3.3.1 to 3.3.5 and 14.3.2 is there, once', () => {
  assert.deepEqual(requirements.map(({ id }) => id), numbers)
})

describe('OWASP ASVS 5.0', () => {
  for (const { id, asks, metBy, prove } of requirements) {
    test(`${id}, met by ${metBy}: ${asks}`, prove)
  }
})

test('the table in docs/security.md is that of these tests: npx tsx test/asvs/write.ts writes it anew', () => {
  assert.equal(tableIn(readFileSync(page, 'utf8')).table, tableOf(requirements))
})
