import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Browser, setCookies } from './support/browser.ts'
import type { User } from './support/user.ts'
import { describeWays, type Way } from './support/ways.ts'

const idOf = (user: unknown) => (user as User | null)?.id ?? null

/** An application where a hook before the plugin answers preflights and turns others away, as @fastify/cors and @fastify/rate-limit do. */
async function open (way: Way) {
  const seen: unknown[] = []
  const test = await way.createApp({
    options: { loginPath: '/login', defaultLogin: 'required' },
    before: (app) => app.addHook('onRequest', async (request, reply) => {
      if (request.headers['access-control-request-method'] !== undefined) return await reply.code(204).send()
      if (request.headers['x-often'] !== undefined) throw Object.assign(new Error('too often'), { statusCode: 429 })
      if (request.headers['x-closed'] !== undefined) return await reply.send('closed')
    }),
    after: (app) => {
      app.setErrorHandler(async (error: Error & { statusCode?: number }, request, reply) => await reply.code(error.statusCode ?? 500).send({ message: error.message, user: idOf(request.currentUser) }))
      app.addHook('onSend', async (request) => { seen.push(['onSend', idOf(request.currentUser), request.loginFresh]) })
      app.addHook('onResponse', async (request) => { seen.push(['onResponse', idOf(request.currentUser), request.currentLogin]) })
    }
  })
  return { ...test, seen }
}

describeWays('a response that another plugin sends before this one has looked', (way) => {
  it('is what that plugin says, and nobody is logged in for the hooks that come later', async () => {
    const { app, seen } = await open(way)
    const browser = new Browser(app)
    for (const [headers, status, body] of [
      [{ 'access-control-request-method': 'POST', origin: 'https://www.example.org' }, 204, ''],
      [{ 'x-often': 'yes' }, 429, '{"message":"too often","user":null}'],
      [{ 'x-closed': 'yes' }, 200, 'closed']
    ] as const) {
      for (const method of ['OPTIONS', 'GET', 'HEAD'] as const) {
        for (const url of ['/whoami', '/nowhere', '/login']) {
          seen.length = 0
          const answer = await browser.send({ method, url, headers })
          assert.deepEqual([answer.statusCode, setCookies(answer)], [status, []], `${method} ${url}`)
          if (method === 'GET') assert.equal(answer.body, body)
          assert.deepEqual(seen, [['onSend', null, false], ['onResponse', null, null]])
        }
      }
    }
  })

  it('logs nobody out', async () => {
    const { app } = await way.createApp({
      before: (app) => app.addHook('onRequest', async (request, reply) => { if (request.headers['x-closed'] !== undefined) return await reply.send('closed') })
    })
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    const answer = await browser.get('/whoami', { 'x-closed': 'yes' })
    assert.deepEqual([answer.body, setCookies(answer)], ['closed', []])
    assert.equal(await browser.whoami(), '1')
  })

  it('may be that of a later plugin, which is told who is logged in', async () => {
    const { app } = await way.createApp({
      after: (app) => app.addHook('onRequest', async (request, reply) => {
        if (request.headers['x-closed'] !== undefined) return await reply.code(503).send({ user: idOf(request.currentUser) })
      })
    })
    const browser = new Browser(app)
    await browser.post('/login/1')
    const answer = await browser.get('/members', { 'x-closed': 'yes' })
    assert.deepEqual([answer.statusCode, answer.json().user, answer.headers.vary], [503, '1', 'Cookie'])
  })
})
