import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { LoginOptions } from 'fastify-login'
import { inMemory, inRedis, inSql, withoutStore, type OpenedWay } from './model/ways.ts'
import { createApp } from './support/app.ts'
import { Barrier } from './support/barrier.ts'
import { Browser, setCookies } from './support/browser.ts'

/** What the browser holds when it logs in as user 3: whose login cookie, and whose remember cookie. */
const holdings = [
  { title: 'a login cookie', login: '1', remember: null },
  { title: 'a remember cookie', login: null, remember: '1' },
  { title: 'a login cookie and a remember cookie of one user', login: '1', remember: '1' },
  { title: 'a login cookie of one user and a remember cookie of another', login: '1', remember: '2' }
] as const

/** An application that lets no login go on before all of them have found what their browser holds. */
async function createSwitching (opened: OpenedWay) {
  const waiting = { missing: 0, barrier: new Barrier() }
  const store = opened.createStore()
  const test = await createApp({
    options: (store === null ? {} : { store }) as Partial<LoginOptions>,
    after: (app, users) => app.post<{ Params: { id: string } }>('/switch/:id', async (request) => {
      const ok = await request.loginUser(users.get(request.params.id)!, { remember: true, force: true })
      if (--waiting.missing === 0) waiting.barrier.open()
      await waiting.barrier.pass()
      return { ok }
    })
  })
  const { app } = test
  const switchAll = async (browser: Browser, users: readonly string[]) => {
    Object.assign(waiting, { missing: users.length, barrier: new Barrier() })
    const answers = await Promise.all(users.map((user) => browser.send({ method: 'POST', url: `/switch/${user}`, payload: {} })))
    return answers.map((answer) => {
      const successor = new Browser(app)
      successor.receive(answer)
      return { answer, successor }
    })
  }
  return { ...test, switchAll }
}

/** A browser that holds these cookies, each of a login of its own. */
async function browserWith (app: Browser['app'], { login, remember }: { login: string | null, remember: string | null }): Promise<Browser> {
  const [browser, other] = [new Browser(app), new Browser(app)]
  if (login !== null) await browser.post(`/login/${login}`, { remember: remember === login })
  if (remember !== null && remember !== login) {
    await other.post(`/login/${remember}`, { remember: true })
    browser.cookies.set('remember_token', other.cookies.get('remember_token')!)
  }
  return browser
}

async function usersOf (browsers: readonly Browser[]): Promise<unknown[]> {
  return await Promise.all(browsers.map((browser) => browser.whoami()))
}

for (const way of [withoutStore, inMemory, inSql, inRedis]) {
  describe(`Logins as another user, side by side, ${way.name}`, { skip: way.skip }, () => {
    let opened: OpenedWay
    before(async () => { opened = await way.open() })
    after(async () => { await opened.close() })

    for (const { title, ...held } of holdings) {
      for (const users of [['3', '3'], ['3', '3', '3', '3', '3']]) {
        it(`${users.length} of them, from ${title}, leave one login, and end what the browser held`, async () => {
          const { app, switchAll } = await createSwitching(opened)
          const browser = await browserWith(app, held)
          const answers = await switchAll(browser, users)
          assert.equal(answers.filter(({ answer }) => setCookies(answer).some(({ value }) => value !== '')).length, 1, 'answers that set cookies')
          const live = (await usersOf(answers.map(({ successor }) => successor))).filter((user) => user !== null)
          assert.deepEqual(live, ['3'])
          for (const { successor } of answers) successor.restart()
          assert.deepEqual((await usersOf(answers.map(({ successor }) => successor))).filter((user) => user !== null), ['3'], 'remembered')
          for (const name of browser.cookies.keys()) {
            const copy = browser.copy()
            for (const other of browser.cookies.keys()) if (other !== name) copy.cookies.delete(other)
            assert.equal(await copy.whoami(), null, name)
          }
        })
      }

      it(`one after the other, from copies of ${title}, leave one login: the second request brings nothing any more`, async () => {
        const { app, switchAll } = await createSwitching(opened)
        const browser = await browserWith(app, held)
        const copy = browser.copy()
        const [first] = await switchAll(browser, ['3'])
        assert.equal(await first!.successor.whoami(), '3')
        assert.equal(await copy.whoami(), null)
      })
    }

    it('as two users leave one of the two, and the browser ends up with that one', async () => {
      const { app, switchAll } = await createSwitching(opened)
      const browser = await browserWith(app, { login: '1', remember: '1' })
      const answers = await switchAll(browser, ['2', '3'])
      const live = (await usersOf(answers.map(({ successor }) => successor))).filter((user) => user !== null)
      assert.equal(live.length, 1)
      for (const { answer } of answers) browser.receive(answer)
      assert.equal(await browser.whoami(), live[0])
    })

    it('from a login cookie that was replaced a moment ago leave one login', async () => {
      const { app, switchAll } = await createSwitching(opened)
      const browser = await browserWith(app, { login: '1', remember: null })
      const older = browser.copy()
      await browser.post('/confirm')
      const answers = await switchAll(older, ['3', '3', '3'])
      assert.deepEqual((await usersOf(answers.map(({ successor }) => successor))).filter((user) => user !== null), ['3'])
      assert.equal(await browser.whoami(), null)
    })
  })
}
