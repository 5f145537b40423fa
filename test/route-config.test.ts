import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Browser } from './support/browser.ts'
import { createApp } from './support/app.ts'
import { describeWays } from './support/ways.ts'
import { routeConfigOf } from '../lib/route-config.ts'
import type { FastifyContextConfig, FastifyInstance } from 'fastify'

const words = ['required', 'fresh', 'anonymous', 'optional', 'ignored'] as const

function declareWords (app: FastifyInstance): void {
  for (const word of words) {
    app.get(`/${word}`, { config: { login: word } }, (request) => ({ user: (request.currentUser as { id: string } | null)?.id ?? null }))
  }
  app.get('/silent', () => 'silent')
}

describeWays('config.login of a route', (way) => {
  async function answers (log: (browser: Browser) => Promise<unknown>): Promise<Record<string, unknown>> {
    const { app } = await way.createApp({ after: declareWords })
    const browser = new Browser(app)
    await log(browser)
    const all = await Promise.all(words.map(async (word) => {
      const response = await browser.get(`/${word}`, { accept: 'application/json' })
      return [word, response.statusCode === 200 ? response.json().user : response.json().code] as const
    }))
    return Object.fromEntries(all)
  }

  test('says who may come in: visitors', async () => {
    assert.deepEqual(await answers(async () => {}), {
      required: 'FST_LOGIN_UNAUTHORIZED', fresh: 'FST_LOGIN_UNAUTHORIZED', anonymous: null, optional: null, ignored: null
    })
  })

  test("'ignored' asks nothing, and a login there ends that of another user all the same, proves one's own, and confirms", async () => {
    const { app, events } = await way.createApp({
      after: (app, users) => {
        const config = { login: 'ignored' } as const
        app.post<{ Params: { id: string } }>('/ignored/login/:id', { config }, async (request) => await request.loginUser(users.get(request.params.id)!))
        app.post('/ignored/confirm', { config }, async (request) => await request.confirmLogin())
      }
    })
    const browser = new Browser(app)
    await browser.post('/login/1', { fresh: false })
    const copy = browser.copy()
    assert.equal((await browser.post('/ignored/confirm')).body, 'true')
    assert.equal((await browser.get('/whoami')).json().fresh, true)
    const { id } = (await browser.get('/whoami')).json().login
    await browser.post('/ignored/login/1')
    assert.equal((await browser.get('/whoami')).json().login.id, id)
    await browser.post('/ignored/login/2')
    assert.equal(await browser.whoami(), '2')
    assert.equal(await copy.whoami(), null)
    assert.deepEqual(events.filter(({ name }) => name === 'loginEnded').map(({ payload }) => payload), [{ id, userId: '1', exceptId: null, reason: 'replaced' }])
  })

  test('says who may come in: users', async () => {
    assert.deepEqual(await answers((browser) => browser.post('/login/1')), {
      required: '1', fresh: '1', anonymous: 'FST_LOGIN_ALREADY_LOGGED_IN', optional: '1', ignored: null
    })
  })

  test('says who may come in: users whose login is not fresh', async () => {
    assert.deepEqual(await answers((browser) => browser.post('/login/1', { fresh: false })), {
      required: '1', fresh: 'FST_LOGIN_NEEDS_REFRESH', anonymous: 'FST_LOGIN_ALREADY_LOGGED_IN', optional: '1', ignored: null
    })
  })

  test("'ignored' spares the route the loader altogether", async () => {
    let loaded = 0
    const { app } = await way.createApp({ options: { loadUser: (id: string) => { loaded++; return { id, name: id } } }, after: declareWords })
    const browser = new Browser(app)
    await browser.post('/login/1')
    await browser.get('/ignored')
    assert.equal(loaded, 0)
    await browser.get('/optional')
    assert.equal(loaded, 1)
  })
})

describe('a word that is none of the five', () => {
  for (const word of ['Required', 'require', '', null, true, false, 0, ['required'], { login: 'required' }, 10n]) {
    test(`is refused rather than ignored: ${typeof word === 'bigint' ? '10n' : JSON.stringify(word)}`, async () => {
      const { app } = await createApp({
        options: { defaultLogin: 'optional' },
        after: (app) => app.get('/page/:id', { config: { login: word } as unknown as FastifyContextConfig }, () => 'open')
      })
      const { statusCode, body } = await app.inject('/page/1')
      assert.equal(statusCode, 500)
      assert.doesNotMatch(body, /open/)
      assert.equal(JSON.parse(body).code, 'FST_LOGIN_INVALID_ROUTE_CONFIG')
      assert.match(JSON.parse(body).message, /\/page\/:id .*'required', 'fresh', 'anonymous', 'optional' or 'ignored'/)
    })
  }

  test('is not meant by a config that says nothing', async () => {
    const { app } = await createApp({ after: (app) => app.get('/page', { config: { login: undefined } as unknown as FastifyContextConfig }, () => 'open') })
    assert.equal((await app.inject('/page')).body, 'open')
  })
})

test('config is read where the route keeps it, once that was found, and never from what only looks like it', () => {
  const [absent, another, alike, own] = [Symbol('fastify.context'), Symbol('fastify.context'), Symbol('alike'), Symbol('fastify.context')]
  let asked = 0
  const requestOf = (config: object, seems: object) => ({
    get routeOptions () { asked++; return { config } }, [absent]: undefined, [another]: { config: {} }, [alike]: { config: seems }, [own]: { config }
  }) as never
  const [first, second] = [{ login: 'required' }, { login: 'fresh' }]
  assert.equal(routeConfigOf(requestOf(first, first)), first)
  assert.equal(asked, 1)
  assert.equal(routeConfigOf(requestOf(second, {})), second)
  assert.equal(asked, 1)
})

test('config is read whichever way Fastify keeps it', async () => {
  const config = { login: 'required' }
  assert.equal(routeConfigOf({ routeOptions: { config } } as never), config)
  const { app } = await createApp({ after: declareWords })
  assert.equal((await app.inject('/required')).statusCode, 401)
  assert.equal((await app.inject('/optional')).statusCode, 200)
  assert.equal((await app.inject('/missing')).statusCode, 404)
})
