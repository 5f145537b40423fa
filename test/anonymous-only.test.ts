import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requireAnonymous } from 'fastify-login'
import { Browser } from './support/browser.ts'
import { getRaw } from './support/raw.ts'
import { describeWays } from './support/ways.ts'

describeWays('a page for visitors only', (way) => {
  async function open (): Promise<Browser> {
    const { app } = await way.createApp({
      options: { loginPath: '/login' },
      after: (app) => app.get('/login', { preHandler: requireAnonymous }, () => 'the form')
    })
    const browser = new Browser(app)
    assert.equal((await browser.get('/login')).body, 'the form')
    await browser.post('/login/1')
    return browser
  }

  test('sends a user to the start page, or to where they wanted to go', async () => {
    const browser = await open()
    const { statusCode, headers } = await browser.get('/login')
    assert.equal(statusCode, 302)
    assert.equal(headers.location, '/')
    assert.equal((await browser.get('/login?next=/members')).headers.location, '/members')
    assert.equal((await browser.get('/login?next=//evil.example')).headers.location, '/')
  })

  test('never sends a user in a circle', async () => {
    const browser = await open()
    assert.equal((await browser.get('/login?next=/login')).headers.location, '/')
    assert.equal((await browser.get('/visitors?next=/visitors')).statusCode, 403)
    const { app } = await way.createApp({ after: (app) => app.get('/start', { preHandler: requireAnonymous }, () => 'start') })
    const other = new Browser(app)
    await other.post('/login/1')
    assert.equal((await other.get('/start?next=%2Fstart%3Fagain')).statusCode, 403)
  })

  test('sends a user on who asked for what is no address at all', async () => {
    const { app } = await way.createApp({ after: (app) => app.get('/*', { preHandler: requireAnonymous }, () => 'anything') })
    const { cookies } = await app.inject({ method: 'POST', url: '/login/1' })
    const { statusCode, headers } = await getRaw(app, '//[', { Cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; ') })
    await app.close()
    assert.equal(statusCode, 302)
    assert.equal(headers.get('location'), '/')
  })

  test('gives a program an error', async () => {
    const browser = await open()
    const response = await browser.get('/login', { accept: 'application/json' })
    assert.equal(response.statusCode, 403)
    assert.equal(response.json().code, 'FST_LOGIN_ALREADY_LOGGED_IN')
  })

  test('is open again after the logout', async () => {
    const browser = await open()
    await browser.post('/logout')
    assert.equal((await browser.get('/login')).body, 'the form')
  })
})
