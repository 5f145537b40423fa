import assert from 'node:assert/strict'
import { it } from 'node:test'
import { identifyByNetworkAndUserAgent, identifyByUserAgent, type LoginOptions } from 'fastify-login'
import { Browser, setCookies } from './support/browser.ts'
import { describeWays, type Way } from './support/ways.ts'

async function loggedIn (way: Way, options: Partial<LoginOptions>, remember = false) {
  const test = await way.createApp({ options })
  const browser = new Browser(test.app)
  await browser.post('/login/1', { remember })
  const elsewhere = browser.copy()
  elsewhere.address = '192.0.2.7'
  return { ...test, browser, elsewhere, told: () => test.events.filter(({ name }) => name === 'sessionProtected').map(({ payload }) => payload['verdict']) }
}

describeWays('basic session protection', (way) => {
  for (const what of ['address', 'userAgent'] as const) {
    it(`makes a login stale whose browser has another ${what}, and tells it once`, async () => {
      const { browser, told } = await loggedIn(way, {})
      const copy = browser.copy()
      copy[what] = '192.0.2.7'
      for (let use = 0; use < 3; use++) {
        const seen = (await copy.get('/whoami')).json()
        assert.deepEqual([seen.user, seen.fresh], ['1', false])
      }
      assert.deepEqual(told(), ['stale'])
    })
  }

  it('remembers that, whatever cookie comes: also for the browser that it began in', async () => {
    const { browser, elsewhere, told } = await loggedIn(way, {})
    await elsewhere.whoami()
    assert.equal((await browser.get('/whoami')).json().fresh, false)
    assert.equal((await browser.get('/vault')).statusCode, 403)
    assert.deepEqual(told(), ['stale'])
  })

  it('is settled by the next proof of identity', async () => {
    for (const proof of ['/confirm', '/login/1']) {
      const { browser, elsewhere, told } = await loggedIn(way, {})
      await elsewhere.whoami()
      await browser.post(proof)
      assert.equal((await browser.get('/whoami')).json().fresh, true)
      browser.address = '192.0.2.8'
      await browser.whoami()
      assert.deepEqual(told(), ['stale', 'stale'], 'and guards the login anew')
    }
  })

  it('has nothing to tell of a login that was not fresh', async () => {
    const { browser, told } = await loggedIn(way, {}, true)
    browser.restart()
    await browser.whoami()
    const elsewhere = browser.copy()
    elsewhere.userAgent = 'Chrome'
    assert.equal(await elsewhere.whoami(), '1')
    await browser.post('/logout')
    await browser.post('/login/1', { fresh: false })
    const { login } = (await browser.get('/whoami')).json()
    const copy = browser.copy()
    copy.userAgent = 'Chrome'
    const seen = (await copy.get('/whoami')).json()
    assert.deepEqual([seen.user, seen.fresh, seen.login], ['1', false, login])
    assert.deepEqual(told(), [])
  })

  it('holds although the answer fails', async () => {
    const { app, browser, elsewhere } = await loggedIn(way, {})
    assert.ok(app)
    await elsewhere.send({ url: '/nowhere' })
    assert.equal((await browser.get('/whoami')).json().fresh, false)
  })
})

describeWays('strong session protection', (way) => {
  it('ends the login and its remember cookie in another browser, and tells both once', async () => {
    const { browser, elsewhere, told, events } = await loggedIn(way, { sessionProtection: 'strong' }, true)
    const { id } = (await browser.get('/whoami')).json().login
    const remembered = browser.copy()
    remembered.restart()
    const answer = await elsewhere.send({ url: '/whoami' })
    assert.deepEqual([answer.json().user, answer.json().lapse], [null, 'protection'])
    assert.deepEqual(setCookies(answer).map(({ name, value }) => [name, value]), [['login', ''], ['remember_token', '']])
    assert.equal(await elsewhere.whoami(), null)
    assert.equal(await browser.whoami(), null)
    assert.equal(await remembered.whoami(), null)
    assert.deepEqual(told(), ['end'])
    assert.deepEqual(events.filter(({ name }) => name === 'loginEnded').map(({ payload }) => payload), [{ id, userId: '1', exceptId: null, reason: 'protection' }])
  })

  it('ends the remember cookie that the other browser did not bring', async () => {
    const { browser, elsewhere } = await loggedIn(way, { sessionProtection: 'strong' }, true)
    elsewhere.cookies.delete('remember_token')
    assert.deepEqual(setCookies(await elsewhere.get('/whoami')).map(({ name }) => name), ['login'])
    browser.restart()
    assert.equal(await browser.whoami(), null)
  })

  it('ends no remember cookie of somebody else that the browser came to hold', async () => {
    const { app, elsewhere } = await loggedIn(way, { sessionProtection: 'strong' })
    const other = new Browser(app)
    await other.post('/login/2', { remember: true })
    other.restart()
    elsewhere.cookies.set('remember_token', other.cookies.get('remember_token')!)
    await elsewhere.whoami()
    assert.equal(await other.whoami(), '2')
  })

  it('ends the remember cookie of another login of the same user that the browser came to hold, and tells of both', async () => {
    const { app, browser, elsewhere, told, events } = await loggedIn(way, { sessionProtection: 'strong' })
    const { id } = (await browser.get('/whoami')).json().login
    const other = new Browser(app)
    await other.post('/login/1', { remember: true })
    const second = (await other.get('/whoami')).json().login.id
    elsewhere.cookies.set('remember_token', other.cookies.get('remember_token')!)
    assert.equal(await elsewhere.whoami(), null)
    assert.equal(await other.whoami(), null)
    other.restart()
    assert.equal(await other.whoami(), null)
    const ends = events.filter(({ name }) => name === 'loginEnded').map(({ payload }) => payload)
    assert.deepEqual(ends.map(({ userId, exceptId, reason }) => [userId, exceptId, reason]), [['1', null, 'protection'], ['1', null, 'protection']])
    // Without a store a remember cookie has the first half of the id.
    assert.ok(ends[0]!['id'] === id && second.startsWith(ends[1]!['id']))
    assert.deepEqual(told(), ['end'])
  })

  it('lets a remembered visitor come back from another network: each restore binds its own browser', async () => {
    const { browser } = await loggedIn(way, { sessionProtection: 'strong' }, true)
    browser.restart()
    browser.address = '192.0.2.7'
    assert.equal(await browser.whoami(), '1')
    assert.equal(await browser.whoami(), '1')
  })

  it('refuses an older generation in another browser, and ends nothing by it', async () => {
    const { browser, elsewhere, told } = await loggedIn(way, { sessionProtection: 'strong' })
    await browser.post('/confirm')
    const answer = await elsewhere.send({ url: '/whoami' })
    assert.deepEqual([answer.json().user, answer.json().lapse, setCookies(answer)], [null, 'protection', []])
    assert.equal(await browser.whoami(), '1')
    assert.deepEqual(told(), [])
  })

  it('is basic for a permanent session', async () => {
    const { elsewhere, told } = await loggedIn(way, { sessionProtection: 'strong', permanentSession: true })
    const seen = (await elsewhere.get('/whoami')).json()
    assert.deepEqual([seen.user, seen.fresh], ['1', false])
    assert.deepEqual(told(), ['stale'])
  })
})

describeWays('session protection', (way) => {
  it('can be turned off', async () => {
    const { elsewhere, told } = await loggedIn(way, { sessionProtection: false })
    assert.equal((await elsewhere.get('/whoami')).json().fresh, true)
    assert.deepEqual(told(), [])
  })

  it('compares what identifyBrowser says', async () => {
    const byAgent = await loggedIn(way, { identifyBrowser: identifyByUserAgent })
    assert.equal((await byAgent.elsewhere.get('/whoami')).json().fresh, true)
    byAgent.elsewhere.userAgent = 'Chrome'
    assert.equal((await byAgent.elsewhere.get('/whoami')).json().fresh, false)
    const own = await loggedIn(way, { identifyBrowser: (request) => String(request.headers['x-device']) })
    assert.equal((await own.elsewhere.get('/whoami')).json().fresh, true)
    assert.equal((await own.elsewhere.get('/whoami', { 'x-device': 'other' })).json().fresh, false)
  })

  it('may compare the network only', async () => {
    const same = [['192.0.2.1', '192.0.2.200'], ['::ffff:192.0.2.1', '192.0.2.9'], ['2001:db8:1::1', '2001:db8:1:ffff::2'], ['2001:DB8:01:2:3:4:5:6', '2001:db8:1::'], ['::1', '::2']]
    const others = [['192.0.2.1', '192.0.3.1'], ['2001:db8:1::1', '2001:db8:2::1'], ['::1', '2001:db8::1']]
    for (const [pairs, fresh] of [[same, true], [others, false]] as const) {
      for (const [one, other] of pairs) {
        const { app } = await way.createApp({ options: { identifyBrowser: identifyByNetworkAndUserAgent } })
        const browser = new Browser(app)
        browser.address = one!
        await browser.post('/login/1')
        browser.address = other!
        assert.equal((await browser.get('/whoami')).json().fresh, fresh, `${one} and ${other}`)
      }
    }
  })

  it('takes browsers without a User-Agent, and with a very long one', async () => {
    for (const agent of ['', 'x'.repeat(2000)]) {
      for (const identifyBrowser of [undefined, identifyByUserAgent, identifyByNetworkAndUserAgent]) {
        const { app } = await way.createApp({ options: identifyBrowser === undefined ? {} : { identifyBrowser } })
        const headers = { 'user-agent': agent === '' ? undefined as unknown as string : agent }
        const browser = new Browser(app)
        await browser.post('/login/1', {}, headers)
        assert.equal((await browser.get('/whoami', headers)).json().fresh, true)
      }
    }
  })
})
