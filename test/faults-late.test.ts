import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { Browser, setCookies } from './support/browser.ts'
import { describeWays } from './support/ways.ts'

/** Routes that act on the login and then fail with the status of the query. */
function failingRoutes (app: FastifyInstance, users: Map<string, { id: string, name: string }>): void {
  app.post<{ Params: { action: string }, Querystring: { status: string, thrown?: string } }>('/fail/:action', async (request, reply) => {
    const { params: { action }, query: { status, thrown } } = request
    if (action === 'confirm') await request.confirmLogin()
    else if (action === 'logout') await request.logoutUser()
    else await request.loginUser(users.get(action)!, { remember: true })
    if (thrown !== undefined) throw Object.assign(new Error('late'), { statusCode: Number(status) })
    return await reply.code(Number(status)).send('late')
  })
}

describeWays('an answer of 5xx', (way) => {
  for (const query of ['status=500', 'status=503', 'status=500&thrown']) {
    it(`carries no credential and changes none (${query})`, async () => {
      const { app, events } = await way.createApp({ after: failingRoutes })
      const browser = new Browser(app)
      await browser.post('/login/1', { fresh: false })
      const before = events.length
      for (const action of ['1', '2', 'confirm']) {
        assert.deepEqual(setCookies(await browser.post(`/fail/${action}?${query}`)), [])
      }
      assert.equal(events.length, before)
      const { user, fresh } = (await browser.get('/whoami')).json()
      assert.deepEqual([user, fresh], ['1', false], 'the login that the request came with lives on')
    })
  }

  it('begins no login for a visitor', async () => {
    const { app } = await way.createApp({ after: failingRoutes })
    const browser = new Browser(app)
    await browser.post('/fail/1?status=500')
    assert.equal(browser.cookies.size, 0)
  })

  it('restores no login, and the remember cookie is still good', async () => {
    const { app } = await way.createApp({ after: (app) => app.get('/broken', async (_request, reply) => await reply.code(500).send()) })
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    browser.restart()
    assert.deepEqual(setCookies(await browser.get('/broken')), [])
    assert.equal(await browser.whoami(), '1')
  })

  for (const query of ['status=500', 'status=500&thrown']) {
    it(`does not undo a logout, and clears its cookies (${query})`, async () => {
      const { app } = await way.createApp({ after: failingRoutes })
      const browser = new Browser(app)
      await browser.post('/login/1', { remember: true })
      const copy = browser.copy()
      await browser.post(`/fail/logout?${query}`)
      assert.equal(browser.cookies.size, 0)
      assert.equal(await copy.whoami(), null)
    })
  }

  it('is not one of 3xx: a login stands', async () => {
    const { app } = await way.createApp({ after: failingRoutes })
    const browser = new Browser(app)
    await browser.post('/fail/1?status=303')
    assert.equal(await browser.whoami(), '1')
  })
})

describeWays('an onSend hook of the application that fails', (way) => {
  async function createFailing () {
    return await way.createApp({
      after: (app) => app.addHook('onSend', async (request) => {
        if (request.headers['x-fail'] !== undefined) throw new Error('late')
      })
    })
  }
  const fails = { 'x-fail': 'yes' }

  it('leaves no credential in the answer, and tells of no login', async () => {
    const { app, events } = await createFailing()
    const answer = await new Browser(app).post('/login/1', { remember: true }, fails)
    assert.equal(answer.statusCode, 500)
    assert.deepEqual(setCookies(answer), [])
    assert.deepEqual(events, [])
  })

  it('changes nothing of the login that the request came with', async () => {
    const { app } = await createFailing()
    const browser = new Browser(app)
    await browser.post('/login/1', { fresh: false })
    const confirmed = await browser.send({ method: 'POST', url: '/confirm', payload: {}, headers: fails })
    assert.deepEqual(setCookies(confirmed), [])
    await browser.send({ method: 'POST', url: '/login/2', payload: {}, headers: fails })
    assert.equal(await browser.whoami(), '1')
  })

  it('does not undo a logout', async () => {
    const { app } = await createFailing()
    const browser = new Browser(app)
    await browser.post('/login/1')
    const copy = browser.copy()
    await browser.post('/logout', {}, fails)
    assert.equal(await copy.whoami(), null)
    assert.equal(browser.cookies.size, 0)
  })
})
