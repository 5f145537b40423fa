import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { LoginOptions } from 'fastify-login'
import { key } from './support/app.ts'
import { Browser, setCookies } from './support/browser.ts'
import { HeldLoader } from './support/held-loader.ts'
import type { User } from './support/user.ts'
import { describeWays, type Way } from './support/ways.ts'

const authHash = (user: User) => user.passwordHash

async function createAppWithPasswords (way: Way, options: Partial<LoginOptions> = {}) {
  const test = await way.createApp({
    options: { authHash, ...options } as Partial<LoginOptions>,
    after: (app, users) => app.post<{ Body: { hash: string | null } }>('/password', async (request) => {
      const changed = { ...users.get('1')!, passwordHash: request.body.hash }
      users.set('1', changed)
      return await request.confirmLogin(changed)
    })
  })
  return { ...test, browser: new Browser(test.app) }
}

async function createAppWithHeldLoader (way: Way) {
  const loader = new HeldLoader((id) => test.users.get(id))
  const test = await createAppWithPasswords(way, { loadUser: loader.loadUser } as Partial<LoginOptions>)
  return { ...test, loader }
}

describeWays('a new password', (way) => {
  it('ends every other login and remember cookie of the user, and of nobody else', async () => {
    const { app, browser } = await createAppWithPasswords(way)
    const [phone, tablet, grace] = [new Browser(app), new Browser(app), new Browser(app)]
    await browser.post('/login/1')
    await phone.post('/login/1', { remember: true })
    await tablet.post('/login/1', { remember: true })
    await grace.post('/login/2', { remember: true })
    tablet.restart()
    await browser.post('/password', { hash: 'new' })
    const answer = await phone.get('/whoami')
    assert.equal(answer.json().user, null)
    // With a store, the confirmation has taken it off the list of devices.
    assert.equal(answer.json().lapse, way.name === 'without a store' ? 'user-changed' : 'ended')
    assert.equal(await tablet.whoami(), null)
    // What is merely of an older password is not cleared: its answer could come after that which renews it.
    assert.equal(tablet.cookies.has('remember_token'), way.name === 'without a store')
    assert.equal(await grace.whoami(), '2')
  })

  it('keeps the login that is confirmed with it, fresh, and its remember cookie', async () => {
    const { browser } = await createAppWithPasswords(way)
    await browser.post('/login/1', { remember: true })
    const answer = await browser.post('/password', { hash: 'new' })
    assert.deepEqual(setCookies(answer).map(({ name }) => name).sort(), ['login', 'remember_token'])
    const seen = (await browser.get('/whoami')).json()
    assert.deepEqual([seen.user, seen.fresh, seen.remembered], ['1', true, true])
    browser.restart()
    assert.equal(await browser.whoami(), '1')
  })

  it('by way of loginUser keeps this login and its remember cookie, too', async () => {
    const { app, users } = await createAppWithPasswords(way)
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    users.get('1')!.passwordHash = 'new'
    await browser.post('/login/1')
    assert.equal(await browser.whoami(), '1')
  })

  it('leaves no remember cookie of the older one behind where its user logs in without remember', async () => {
    const { browser, users } = await createAppWithPasswords(way)
    await browser.post('/login/1', { remember: true })
    users.get('1')!.passwordHash = 'new'
    browser.restart()
    assert.equal(await browser.whoami(), null)
    await browser.post('/login/1')
    assert.deepEqual([...browser.cookies.keys()], ['login'])
  })

  it('keeps a remembered login that is confirmed with it', async () => {
    const { browser } = await createAppWithPasswords(way)
    await browser.post('/login/1', { remember: true })
    browser.restart()
    await browser.post('/password', { hash: 'new' })
    browser.restart()
    assert.equal(await browser.whoami(), '1')
  })

  it('renews no remember cookie but that of the login that is confirmed with it', async () => {
    const { app, browser } = await createAppWithPasswords(way)
    const phone = new Browser(app)
    await phone.post('/login/1', { remember: true })
    await browser.post('/login/1')
    browser.cookies.set('remember_token', phone.cookies.get('remember_token')!)
    const answer = await browser.post('/password', { hash: 'new' })
    assert.deepEqual(setCookies(answer).map(({ name }) => name), ['login'])
    phone.restart()
    assert.equal(await phone.whoami(), null)
  })

  for (const [before, after] of [['one', 'two'], ['one', null], [null, 'one'], [undefined, 'one']] as const) {
    it(`counts as new where it was ${before} and is ${after}, while an older key is still accepted, too`, async () => {
      const { browser, users } = await createAppWithPasswords(way, { key: ['a newer secret of the tests, thirty-two bytes or more', key] })
      users.get('1')!.passwordHash = before as string | null
      await browser.post('/login/1', { remember: true })
      assert.equal(await browser.whoami(), '1')
      users.get('1')!.passwordHash = after
      assert.equal(await browser.whoami(), null)
      browser.restart()
      assert.equal(await browser.whoami(), null)
    })
  }

  it('does not count where there was none and is none', async () => {
    const { browser, users } = await createAppWithPasswords(way)
    users.get('1')!.passwordHash = null
    await browser.post('/login/1')
    delete users.get('1')!.passwordHash
    assert.equal(await browser.whoami(), '1')
  })

  for (const [what, wrong] of [['a number', 1], ['a promise', Promise.resolve('one')], ['true', true]] as const) {
    it(`that is ${what} is a mistake that is named, and nobody is logged in`, async () => {
      const { browser } = await createAppWithPasswords(way, { authHash: () => wrong as never })
      const answer = await browser.post('/login/1', { remember: true })
      assert.deepEqual([answer.statusCode, answer.json().code, setCookies(answer)], [500, 'FST_LOGIN_INVALID_ARGUMENT', []])
      assert.equal(answer.json().message, `fastify-login: the option authHash must return a string or null at once, and returned ${what}`)
    })
  }

  it('is asked for once by each proof: what is kept is what other logins are compared with', async () => {
    let asked = 0
    const { app } = await way.createApp({ options: { authHash: () => { asked++; return 'same' } } })
    const browser = new Browser(app)
    for (const [url, times] of [['/login/1', 1], ['/login/1', 2], ['/confirm', 2]] as const) {
      asked = 0
      await browser.post(url)
      assert.equal(asked, times, 'and once where the login is found')
    }
  })

  it('of which the cookies of others are not cleared before its login is confirmed: they may be its own', async () => {
    const { browser, users } = await createAppWithPasswords(way)
    await browser.post('/login/1', { remember: true })
    users.get('1')!.passwordHash = 'new'
    const answer = await browser.send({ url: '/whoami' })
    assert.deepEqual([answer.json().lapse, setCookies(answer)], ['user-changed', []])
    users.get('1')!.passwordHash = 'one'
    assert.equal(await browser.whoami(), '1')
  })

  it('of which the cookies are not cleared clears a remember cookie that is forged, all the same', async () => {
    const { browser, users } = await createAppWithPasswords(way)
    await browser.post('/login/1')
    users.get('1')!.passwordHash = 'new'
    browser.cookies.set('remember_token', { value: 'forged', persistent: true })
    const answer = await browser.send({ url: '/whoami' })
    assert.deepEqual([answer.json().lapse, setCookies(answer).map(({ name, value }) => [name, value])], ['user-changed', [['remember_token', '']]])
  })

  for (const hash of ['new', null]) {
    it(`(${hash}) does not turn away requests that were under way with the old cookie`, async () => {
      const { browser } = await createAppWithPasswords(way)
      await browser.post('/login/1')
      const older = browser.copy()
      await browser.post('/password', { hash })
      const seen = (await older.get('/whoami')).json()
      assert.deepEqual([seen.user, seen.fresh, seen.lapse], ['1', false, null])
    })
  }

  it('leaves the browser its new remember cookie where a request was under way with the old one alone', async () => {
    const { browser, loader } = await createAppWithHeldLoader(way)
    await browser.post('/login/1', { remember: true })
    browser.restart()
    const loading = loader.hold()
    const late = browser.send({ url: '/whoami' })
    await loading.reached
    await browser.post('/password', { hash: 'new' })
    loading.open()
    browser.receive(await late)
    browser.restart()
    assert.equal(await browser.whoami(), '1')
  })

  it('does not turn away a request whose user was being loaded meanwhile', async () => {
    const { browser, loader } = await createAppWithHeldLoader(way)
    await browser.post('/login/1')
    const loading = loader.hold()
    const late = browser.send({ url: '/whoami' })
    await loading.reached
    await browser.post('/password', { hash: 'new' })
    loading.open()
    const seen = (await late).json()
    assert.deepEqual([seen.user, seen.fresh, seen.lapse], ['1', false, null])
  })
})
