import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pathOf, safeNextUrl } from '../../lib/next-url.ts'

/** Bytes of a request target that make no URL: an authority that is no host name. */
const target = Buffer.from('L1zPiCNuT+eexKjJ5Q==', 'base64').toString('latin1')

// `URL.canParse` reads Latin-1 as UTF-8 once the function that calls it was optimised: it then says yes to what `new URL` refuses.
test('A request target that is no URL is none, and no error, however often one came before', () => {
  for (let index = 0; index < 20_000; index++) {
    assert.equal(pathOf(`/members/${index % 7}`), `/members/${index % 7}`)
    assert.equal(pathOf(target), null)
    assert.equal(safeNextUrl(target), null)
  }
})
