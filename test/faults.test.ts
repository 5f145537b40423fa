import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { LoginOptions } from 'fastify-login'
import { Browser, setCookies } from './support/browser.ts'
import type { User } from './support/user.ts'
import { describeWays } from './support/ways.ts'

type Loader = (id: string) => User | Promise<User>

const down: Record<string, Loader> = {
  throws: () => { throw new Error('database is down') },
  rejects: async () => { throw new Error('database is down') }
}

const nothingAtAll = undefined as unknown as Error
// What a careless loader may throw: Fastify takes an error that is nothing for no error.
const nothing: Record<string, Loader> = {
  'throws nothing': () => { throw nothingAtAll },
  'rejects with nothing': async () => await Promise.reject(nothingAtAll),
  'rejects with null': async () => await Promise.reject(nothingAtAll ?? null)
}

describeWays('a loader that fails', (way) => {
  async function createAppWith (remember: boolean) {
    let loader: Loader | null = null
    const test = await way.createApp({
      options: { loadUser: (id: string) => loader === null ? { id, name: 'Ada' } : loader(id) } as Partial<LoginOptions>,
      after: (app) => app.get('/guarded', { config: { login: 'required' } }, () => 'secret')
    })
    const browser = new Browser(test.app)
    await browser.post('/login/1', { remember })
    if (remember) browser.restart()
    return { ...test, browser, fail: (by: Loader | null) => { loader = by } }
  }

  for (const [how, loader] of Object.entries({ ...down, ...nothing })) {
    for (const remember of [false, true]) {
      it(`because it ${how} fails the request${remember ? ' of one who comes back remembered' : ''}, sets no cookie and logs nobody out`, async () => {
        const { browser, fail, events } = await createAppWith(remember)
        const before = events.length
        fail(loader)
        for (const url of ['/', '/whoami', '/members']) {
          const answer = await browser.send({ url })
          assert.equal(answer.statusCode, 500, url)
          assert.deepEqual(setCookies(answer), [])
          if (how in down) assert.equal(answer.json().message, 'database is down')
        }
        assert.equal(events.length, before)
        fail(null)
        assert.equal(await browser.whoami(), '1')
      })

      it(`because it ${how} opens no guarded page${remember ? ' to one who comes back remembered' : ''}`, async () => {
        const { browser, fail } = await createAppWith(remember)
        fail(loader)
        const answer = await browser.send({ url: '/guarded' })
        assert.notEqual(answer.body, 'secret')
        assert.equal(answer.statusCode, 500)
      })
    }
  }

  it('reaches the error handler of the application as it is', async () => {
    const failure = new Error('database is down')
    const seen: unknown[] = []
    const { app } = await way.createApp({
      options: { loadUserFromRequest: async () => { throw failure } },
      after: (app) => app.setErrorHandler(async (error, _request, reply) => {
        seen.push(error)
        return await reply.code(503).send('later')
      })
    })
    assert.equal((await new Browser(app).get('/')).statusCode, 503)
    assert.deepEqual(seen, [failure])
  })

  it('while a login is confirmed leaves it as it was', async () => {
    const { browser, fail } = await createAppWith(false)
    const before = browser.cookies.get('login')
    let calls = 0
    fail((id) => { if (++calls === 2) throw new Error('database is down'); return { id, name: 'Ada' } })
    assert.equal((await browser.post('/confirm')).statusCode, 500)
    assert.equal(browser.cookies.get('login'), before)
    fail(null)
    assert.equal(await browser.whoami(), '1')
  })
})

describeWays('a function of the application that fails', (way) => {
  const options: ReadonlyArray<readonly [string, Partial<LoginOptions>]> = [
    ['isActive', { isActive: () => { throw new Error('broken') } }],
    ['isActive, with a promise', { isActive: (async () => true) as never }],
    ['authHash', { authHash: () => { throw new Error('broken') } }],
    ['authHash, with a number', { authHash: (() => 1) as never }],
    ['identifyBrowser', { identifyBrowser: () => { throw new Error('broken') } }]
  ]
  for (const [name, option] of options) {
    for (const loading of ['at once', 'later']) {
      it(`(${name}) fails the request, where users are loaded ${loading}`, { timeout: 5000 }, async () => {
        let broken = false
        const [[key, value]] = Object.entries(option) as [[string, (...all: unknown[]) => unknown]]
        const { app } = await way.createApp({
          options: {
            loadUser: (id: string) => loading === 'at once' ? { id, name: 'Ada' } : Promise.resolve({ id, name: 'Ada' }),
            [key]: (...all: unknown[]) => broken ? value(...all) : key === 'isActive' ? true : 'the same'
          } as Partial<LoginOptions>,
          after: (app) => app.get('/guarded', { config: { login: 'required' } }, () => 'secret')
        })
        const browser = new Browser(app)
        await browser.post('/login/1')
        broken = true
        for (const url of ['/members', '/guarded']) assert.equal((await browser.send({ url })).statusCode, 500, url)
        broken = false
        assert.equal(await browser.whoami(), '1')
      })
    }
  }
})
