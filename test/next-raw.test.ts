import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { requireLogin } from 'fastify-login'
import { createApp } from './support/app.ts'
import { getRaw, sendRaw } from './support/raw.ts'
import type { FastifyInstance } from 'fastify'

describe('a request target that names another site', () => {
  let app: FastifyInstance

  before(async () => {
    const made = await createApp({
      options: { loginPath: '/login', defaultLogin: 'required' },
      after: (app) => {
        app.get('/login', (request) => request.nextUrl('/home'))
        app.get('/*', { preHandler: requireLogin }, () => 'members')
      }
    })
    app = made.app
  })
  after(() => app.close())

  const targets = [
    '//evil.example', '//evil.example/x', '/\\evil.example', '/\\\\evil.example', '\\\\evil.example', 'http://evil.example/abs', 'https://evil.example',
    '///evil.example', '/..//evil.example', '/.//evil.example', '/%2f%2fevil.example', '/%5cevil.example', '/\t/evil.example'
  ]

  test('never leads there, neither at once nor after the login', async () => {
    for (const target of targets) {
      const { statusCode, headers } = await getRaw(app, target)
      assert.ok(statusCode < 500, target)
      const location = headers.get('location')
      if (location === undefined) continue
      const page = new URL(location, 'http://localhost')
      assert.equal(page.origin, 'http://localhost', target)
      assert.equal(page.pathname, '/login')
      const after = await getRaw(app, page.pathname + page.search)
      assert.equal(new URL(after.body, 'http://localhost').origin, 'http://localhost', target)
      assert.doesNotMatch(after.body, /^[/\\]{2}/)
    }
  })

  test('is not named as the page to come back to', async () => {
    for (const target of ['//evil.example', '/\\evil.example', 'http://evil.example/abs']) {
      assert.equal((await getRaw(app, target)).headers.get('location') ?? '/login', '/login')
    }
  })

  test('in raw bytes beyond ASCII gives a 400, or a Location that is ASCII', async () => {
    const { statusCode, headers } = await getRaw(app, '/caf\u00c3\u00a9?q=\u00ff')
    assert.ok(statusCode === 400 || statusCode === 302)
    assert.match(headers.get('location') ?? '/', /^[\u0021-\u007e]+$/)
    const { headers: { location } } = await app.inject({ url: '/caf\u00e9', headers: { accept: 'text/html' } })
    assert.equal(location, '/login?next=%2Fcaf%25C3%25A9')
  })

  test('with a line break in it is refused before it is a header', async () => {
    const { statusCode, headers } = await sendRaw(app, 'GET /x%0d%0aSet-Cookie:%20a=b HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nConnection: close\r\n\r\n')
    assert.equal(statusCode, 302)
    assert.equal(headers.get('set-cookie'), undefined)
  })
})

describe('a login page', () => {
  test('that a Location header cannot name stops the boot', async () => {
    for (const loginPath of ['/anmelden/gr\u00f6\u00dfe', '/\u65e5\u672c', '/log in', '/login\r\nSet-Cookie: a=b']) {
      await assert.rejects(createApp({ options: { loginPath } }), { code: 'FST_LOGIN_INVALID_OPTION', message: /loginPath .*percent-encoded/ })
    }
  })

  test('is named as it is written in a Location header', async () => {
    const { app } = await createApp({ options: { loginPath: encodeURI('/anmelden/gr\u00f6\u00dfe') } })
    const { statusCode, headers } = await getRaw(app, '/members')
    await app.close()
    assert.equal(statusCode, 302)
    assert.equal(headers.get('location'), '/anmelden/gr%C3%B6%C3%9Fe?next=%2Fmembers')
  })
})
