import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OpenedCookies } from '../lib/opened-cookies.ts'

const end = 'the end of a nonce'
const one = `one cookie.${end}`

test('a cookie that comes once is not kept, one that comes again is', () => {
  const opened = new OpenedCookies<string>()
  opened.set(one, 'what it says')
  assert.equal(opened.get(one), undefined)
  opened.set(one, 'what it says')
  assert.equal(opened.get(one), 'what it says')
})

test('a cookie that only ends like one that is kept is not taken for it', () => {
  const opened = new OpenedCookies<string>()
  for (let time = 0; time < 2; time++) opened.set(one, 'what it says')
  assert.equal(opened.get(`another cookie.${end}`), undefined)
})
