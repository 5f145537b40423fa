import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fastifyView from '@fastify/view'
import { Browser } from './support/browser.ts'
import { createApp } from './support/app.ts'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { LoginOptions } from 'fastify-login'

// It brings no types.
const { default: ejs } = await import('ejs' as string)

const template = '<%= currentUser ? currentUser.name : "nobody" %>'
const render = (reply: FastifyReply) => (reply as unknown as { viewAsync: (raw: { raw: string }, data?: object) => Promise<string> }).viewAsync({ raw: template })

const withView = async (app: FastifyInstance) => { await app.register(fastifyView, { engine: { ejs } }) }

async function open (options: Partial<LoginOptions> = {}): Promise<Browser> {
  const { app } = await createApp({
    options,
    before: withView,
    after: (app) => {
      app.get('/page', async (_request, reply) => { reply.type('text/html'); return await render(reply) })
      app.get('/static', async (_request, reply) => { reply.type('text/html'); return 'static' })
      app.get('/ignored', { config: { login: 'ignored' } }, async (_request, reply) => await render(reply))
    }
  })
  return new Browser(app)
}

describe('a template', () => {
  test('knows the user as currentUser', async () => {
    const browser = await open()
    assert.equal((await browser.get('/page')).body, 'nobody')
    await browser.post('/login/1')
    assert.equal((await browser.get('/page')).body, 'Ada')
    await browser.post('/logout')
    assert.equal((await browser.get('/page')).body, 'nobody')
  })

  test('knows what stands in for nobody', async () => {
    const browser = await open({ anonymousUser: (() => ({ name: 'Guest' })) as never })
    assert.equal((await browser.get('/page')).body, 'Guest')
  })

  test('that shows the user makes the answer vary by cookie, and a page that shows nobody does not', async () => {
    const browser = await open()
    assert.equal((await browser.get('/page')).headers.vary, 'Cookie')
    assert.equal((await browser.get('/static')).headers.vary, undefined)
  })

  test('knows somebody else as currentUser where the application puts somebody in the place', async () => {
    const { app } = await createApp({
      before: withView,
      after: (app) => app.get('/as-shown', async (_request, reply) => {
        const { locals } = reply as unknown as { locals: object }
        Object.defineProperty(locals, 'currentUser', { value: { name: 'A. L.' } })
        return await render(reply)
      })
    })
    const browser = new Browser(app)
    await browser.post('/login/1')
    assert.equal((await browser.get('/as-shown')).body, 'A. L.')
  })

  test('of a route that ignores logins knows nobody', async () => {
    const browser = await open()
    await browser.post('/login/1')
    assert.equal((await browser.get('/ignored')).body, 'nobody')
  })
})

describe('the boot warns where templates will not know the user', () => {
  async function warnings (before: (app: FastifyInstance) => unknown, after: (app: FastifyInstance) => unknown): Promise<string[]> {
    const lines: string[] = []
    await createApp({ server: { logger: { level: 'warn', stream: { write: (line: string) => { lines.push(JSON.parse(line).msg) } } } }, before, after })
    return lines
  }

  test('because @fastify/view came later, and requests are answered all the same', async () => {
    const [warning, ...rest] = await warnings(() => {}, withView)
    const { app } = await createApp({ after: withView })
    assert.equal((await app.inject('/')).body, 'public')
    assert.match(String(warning), /registered before @fastify\/view, so templates have no currentUser: register @fastify\/view first/)
    assert.deepEqual(rest, [])
  })

  test('and is silent where it came first, or not at all', async () => {
    assert.deepEqual(await warnings(withView, () => {}), [])
    assert.deepEqual(await warnings(() => {}, () => {}), [])
  })
})
