/** What a log is told of the failures of other libraries, and how long an `Accept` header is read. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FastifyRequest } from 'fastify'
import { withoutSecrets } from '../../lib/oidc/because.ts'
import { wantsPage } from '../../lib/oidc/wants-page.ts'

test('the cause of an error keeps message, code and reason, and nothing that another library hung on it', () => {
  const network = Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' })
  const refusal = Object.assign(new Error('the server refused'), { error: 'invalid_client', cause: { access_token: 'secret' } })
  const text = Object.assign(new Error('failed'), { error: 'Some Text of a visitor', cause: network })
  assert.deepEqual([withoutSecrets(network).message, (withoutSecrets(network) as { code?: string }).code], ['ECONNREFUSED', 'ECONNREFUSED'])
  assert.deepEqual([withoutSecrets(refusal).message, withoutSecrets(refusal).cause], ['the server refused: invalid_client', undefined])
  assert.deepEqual([withoutSecrets(text).message, (withoutSecrets(text).cause as Error).message], ['failed', 'ECONNREFUSED'])
})

test('of what was thrown and is no error, of a text that is no JSON, and of an error without a word nothing is repeated', () => {
  const nameless = Object.assign(new Error(''), { name: 'TimeoutError', stack: undefined })
  assert.equal(withoutSecrets('secret').message, 'A value was thrown that is not an error')
  assert.equal(withoutSecrets(new SyntaxError('Unexpected token secret')).message, 'A text could not be parsed')
  assert.equal(withoutSecrets(nameless).message, 'TimeoutError')
  assert.equal(withoutSecrets(new Error('no route to https://ada:secret@example.org/')).message, 'no route to https://…@example.org/')
})

test('a request with an Accept header that no browser sends is answered as a program is', () => {
  const asking = (accept: string) => wantsPage({ headers: { accept } } as FastifyRequest)
  assert.deepEqual([asking('text/html'), asking(`text/html${',text/html'.repeat(200)}`)], [true, false])
})
