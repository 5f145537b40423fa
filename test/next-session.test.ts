import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Browser } from './support/browser.ts'
import { createApp } from './support/app.ts'
import { describeSessions, sessionOf } from './support/sessions.ts'

describeSessions('a target that is kept in the session', (plugin) => {
  async function open (nextIn: 'query' | 'session' = 'session'): Promise<Browser> {
    const { app } = await createApp({
      options: { loginPath: '/login', refreshPath: '/confirm-page', nextIn },
      before: plugin.register,
      after: (app, users) => {
        app.get('/next', (request) => request.nextUrl('/home'))
        app.post('/plant', (request) => {
          sessionOf(request).set('next', (request.body as { next: unknown }).next)
          return 'planted'
        })
        app.post('/enter', async (request, reply) => {
          await request.loginUser(users.get('1')!)
          return reply.redirect(request.nextUrl('/home'))
        })
      }
    })
    return new Browser(app)
  }

  test('does not show in the address of the login page, and survives the login', async () => {
    const browser = await open()
    assert.equal((await browser.get('/members?secret=1')).headers.location, '/login')
    assert.equal((await browser.get('/next')).body, '/members?secret=1')
    assert.equal((await browser.post('/enter')).headers.location, '/members?secret=1')
  })

  test('is kept there only where the option says so', async () => {
    const browser = await open('query')
    assert.equal((await browser.get('/members?secret=1')).headers.location, '/login?next=%2Fmembers%3Fsecret%3D1')
    assert.equal((await browser.get('/next')).body, '/home')
  })

  test('is gone after the logout', async () => {
    const browser = await open()
    await browser.get('/members')
    await browser.post('/enter')
    await browser.post('/logout')
    assert.equal((await browser.get('/next')).body, '/home')
  })

  test('is checked when it is read', async () => {
    const browser = await open()
    for (const next of ['//evil.example', 'https://evil.example', '/\\evil.example', { a: 1 }, '/login', 7]) {
      await browser.post('/plant', { next })
      assert.equal((await browser.get('/next')).body, '/home')
    }
  })

  test('is not looked for where targets travel in the query', async () => {
    const { app } = await createApp({
      options: { loginPath: '/login' },
      before: plugin.register,
      after: (app) => app.get('/next', (request) => {
        sessionOf(request).set('next', '/members')
        return request.nextUrl('/home')
      })
    })
    assert.equal((await new Browser(app).get('/next')).body, '/home')
  })

  test('stands behind one in the query', async () => {
    const browser = await open()
    await browser.get('/members')
    assert.equal((await browser.get('/next?next=/vault')).body, '/vault')
    assert.equal((await browser.get('/next?next=//evil.example')).body, '/home')
  })
})

test('a target in the session, without a session, stops the boot with a sentence that names both', async () => {
  await assert.rejects(createApp({ options: { nextIn: 'session' } }), {
    code: 'FST_LOGIN_INVALID_OPTION',
    message: /nextIn .* 'session'.* register @fastify\/session or @fastify\/secure-session/
  })
})

test('a target in the session is none where the request has no session', async () => {
  const { app } = await createApp({
    options: { loginPath: '/login', nextIn: 'session' },
    before: (app) => app.decorateRequest('session'),
    after: (app) => app.get('/next', (request) => request.nextUrl('/home'))
  })
  const answer = await new Browser(app).get('/next')
  assert.deepEqual([answer.statusCode, answer.body], [200, '/home'])
})
