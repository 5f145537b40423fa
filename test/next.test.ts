import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Browser } from './support/browser.ts'
import { createApp } from './support/app.ts'
import { requireLogin } from 'fastify-login'
import type { LoginOptions } from 'fastify-login'
import type { TestApp } from './support/app.ts'

async function open (options: Partial<LoginOptions> = {}): Promise<TestApp & { browser: Browser }> {
  const made = await createApp({
    options: { loginPath: '/login', refreshPath: '/confirm-page', ...options },
    after: (app) => {
      app.get('/login', (request) => request.nextUrl('/home'))
      app.post('/after-login', async (request, reply) => reply.redirect(request.nextUrl('/home')))
      app.all('/any', { preHandler: requireLogin }, () => 'any')
      app.get('/guarded/*', { preHandler: requireLogin }, () => 'guarded')
    }
  })
  return { ...made, browser: new Browser(made.app) }
}

/** The target in the address that a refused visitor is sent to. */
const nextIn = (location: unknown, field = 'next') => new URL(String(location), 'http://localhost').searchParams.get(field)

describe('a refused visitor', () => {
  test('is sent to the login page with the page that was asked for, query included', async () => {
    const { browser } = await open()
    const { statusCode, headers } = await browser.get('/members?tab=2&q=a%26b')
    assert.equal(statusCode, 302)
    assert.equal(headers.location, '/login?next=%2Fmembers%3Ftab%3D2%26q%3Da%2526b')
    assert.equal(nextIn(headers.location), '/members?tab=2&q=a%26b')
    assert.equal((await browser.get(String(headers.location))).body, '/members?tab=2&q=a%26b')
  })

  test('is sent on to the page that was asked for after logging in', async () => {
    const { browser } = await open()
    await browser.post('/login/1')
    assert.equal((await browser.post('/after-login', { next: '/members?tab=2' })).headers.location, '/members?tab=2')
    assert.equal((await browser.post('/after-login?next=%2Fvault')).headers.location, '/vault')
    assert.equal((await browser.post('/after-login')).headers.location, '/home')
  })

  test('whose body holds nothing goes to the fallback', async () => {
    const { browser } = await open()
    for (const payload of ['null', '7', '"next"', '[]']) {
      const { statusCode, headers } = await browser.request({ method: 'POST', url: '/after-login', payload, headers: { 'content-type': 'application/json' } })
      assert.deepEqual([statusCode, headers.location], [302, '/home'], payload)
    }
  })

  test('with several targets in the query goes to the fallback', async () => {
    const { browser } = await open()
    assert.equal((await browser.get('/login?next=/a&next=/b')).body, '/home')
    assert.equal((await browser.get('/login?next=a&next=b')).body, '/home')
    assert.equal((await browser.get('/login?next=')).body, '/home')
    assert.equal((await browser.get('/login?next[]=/a')).body, '/home')
  })

  test('keeps the query and the fragment that loginPath has', async () => {
    const { browser } = await open({ loginPath: '/login?lang=en&next=/old#form' })
    const { location } = (await browser.get('/members')).headers
    assert.equal(location, '/login?lang=en&next=%2Fmembers#form')
  })

  test('finds the target under the name of nextField', async () => {
    const { browser } = await open({ nextField: 'return to' })
    const { location } = (await browser.get('/members')).headers
    assert.equal(nextIn(location, 'return to'), '/members')
    assert.equal((await browser.get(String(location))).body, '/members')
    assert.equal((await browser.get('/login?next=/members')).body, '/home')
  })

  test('is not sent in a circle: the target is never a login page', async () => {
    const made = await createApp({
      options: { loginPath: '/login', refreshPath: '/confirm-page' },
      after: (app) => {
        app.get('/login', { preHandler: requireLogin }, () => 'login')
        app.get('/confirm-page', { preHandler: requireLogin }, () => 'confirm')
      }
    })
    const browser = new Browser(made.app)
    assert.equal(nextIn((await browser.get('/login?x=1')).headers.location), null)
    assert.equal(nextIn((await browser.get('/confirm-page?next=%2Fconfirm-page')).headers.location), null)
  })

  test('at a login page that is guarded by mistake gets an error, not a redirect to the same page', async () => {
    const { app } = await createApp({
      options: { loginPath: '/login' },
      after: (app) => app.get('/login', { preHandler: requireLogin }, () => 'login')
    })
    assert.equal((await new Browser(app).get('/login')).statusCode, 401)
  })

  test('with a stale login is sent to refreshPath with the target', async () => {
    const { browser } = await open()
    await browser.post('/login/1', { fresh: false })
    assert.equal((await browser.get('/vault?x=1')).headers.location, '/confirm-page?next=%2Fvault%3Fx%3D1')
  })
})

describe('with a login page on another site', () => {
  const loginPath = 'https://login.example.net/enter?for=us'

  test('the target is named with the configured origin', async () => {
    const { browser } = await open({ loginPath, origin: 'https://www.example.org' })
    const { location } = (await browser.get('/members?x=1', { host: 'evil.example' })).headers
    assert.equal(new URL(String(location)).origin, 'https://login.example.net')
    assert.equal(nextIn(location), 'https://www.example.org/members?x=1')
    assert.equal((await browser.get('/login?next=' + encodeURIComponent('https://www.example.org/members?x=1'))).body, '/members?x=1')
  })

  test('no target is named where no origin is configured, whatever Host says', async () => {
    const { browser } = await open({ loginPath })
    assert.equal((await browser.get('/members', { host: 'evil.example', 'x-forwarded-host': 'evil.example' })).headers.location, loginPath)
  })

  test('at an absolute address of our own origin, the target is a path', async () => {
    const { browser } = await open({ loginPath: 'https://www.example.org/login', origin: 'https://www.example.org' })
    assert.equal((await browser.get('/members')).headers.location, 'https://www.example.org/login?next=%2Fmembers')
    assert.equal((await browser.get('/login?next=/login')).body, '/home')
  })
})
