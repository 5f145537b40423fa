import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { createApp } from './support/app.ts'
import type { TestApp } from './support/app.ts'

const origin = 'https://www.example.org'
const fallback = '/home'

/** What `request.nextUrl` makes of a target in the body, where every string arrives as it is. */
async function reader (options: Record<string, unknown> = {}): Promise<TestApp & { read: (next: unknown) => Promise<string> }> {
  const made = await createApp({
    options: { loginPath: '/login', refreshPath: '/confirm?again=1', ...options },
    after: (app) => app.post('/next', (request) => ({ next: request.nextUrl(fallback) }))
  })
  return {
    ...made,
    read: async (next) => (await made.app.inject({ method: 'POST', url: '/next', payload: { next } })).json().next
  }
}

/** The address that a browser goes to when a page of this site redirects it. */
const destination = (location: string) => new URL(location, `${origin}/login`)

const leaving = [
  '//evil.example', '/\\evil.example', '\\\\evil.example', '\\/evil.example', '/\t/evil.example', '/\n/evil.example',
  '/\r\n/evil.example', '\t//evil.example', '/\u0000/evil.example', '/\u007f/evil.example', 'https:evil.example', 'http:/evil.example',
  'https://evil.example', 'HTTPS://EVIL.EXAMPLE/', 'javascript:alert(1)', 'JaVaScRiPt:alert(1)', 'data:text/html,x',
  'vbscript:x', ' /x', ' //evil.example', 'x', '', '?x', '#x', '.', '..//evil.example', '@evil.example', '///evil.example',
  '/x\\', '/x\r\nSet-Cookie: a=b', '/' + 'x'.repeat(3000), '//', '/\\', 'https://www.example.org.evil.example/',
  'https://www.example.org@evil.example/', 'https://user@www.example.org/', '//www.example.org/x'
]

const staying = [
  '/', '/members', '/members?tab=2&sort=a%20b#top', '/ok//evil.example', '/%5cevil.example', '/%2f/evil.example', '/%09/evil.example',
  '/..//evil.example', '/.//evil.example', '/a/..//evil.example', '/?next=//evil.example', '/#//evil.example', '/@evil.example',
  '/:80', '/x:y', '/' + 'x'.repeat(2000)
]

describe('where a visitor goes on after logging in', () => {
  test('is the fallback where the target would leave the site', async () => {
    for (const options of [{}, { origin }]) {
      const { read } = await reader(options)
      for (const next of leaving) assert.equal(await read(next), fallback, JSON.stringify(next))
    }
  })

  test('is the target itself, never a normalised one, where it stays on the site', async () => {
    for (const options of [{}, { origin }]) {
      const { read } = await reader(options)
      for (const next of staying) {
        assert.equal(await read(next), next)
        assert.equal(destination(next).origin, origin)
      }
    }
  })

  test('is the fallback where the target is no text, or several', async () => {
    const { read } = await reader()
    for (const next of [null, 1, true, {}, ['/a'], ['/a', '/b'], { toString: '/x' }, undefined]) assert.equal(await read(next), fallback)
  })

  test('is the path of an absolute target of the configured origin, and of no other', async () => {
    const { read } = await reader({ origin })
    assert.equal(await read(`${origin}/members?x=1`), '/members?x=1')
    assert.equal(await read(origin), fallback)
    assert.equal(await read(`${origin}//evil.example`), fallback)
    assert.equal(await read(`${origin}/\\evil.example`), fallback)
    assert.equal(await read('http://www.example.org/members'), fallback)
    const { read: readWithoutOrigin } = await reader()
    assert.equal(await readWithoutOrigin(`${origin}/members`), fallback)
  })

  test('is never a login page, however its address is written', async () => {
    const { read } = await reader()
    for (const next of ['/login', '/login?x=1', '/login#x', '/./login', '/x/../login', '/confirm', '/confirm?again=2']) {
      assert.equal(await read(next), fallback, next)
    }
    for (const next of ['/login/help', '/loginx', '/Login']) assert.equal(await read(next), next)
  })

  test('is never a login page whose address is percent-encoded', async () => {
    const { read } = await reader()
    for (const next of ['/%6cogin', '/%6Cogin?x=1', '/%63onfirm']) assert.equal(await read(next), fallback, next)
  })

  test('is written in characters that a Location header can carry', async () => {
    const { read } = await reader()
    assert.equal(await read('/caf\u00e9?q=\u65e5\u672c#\u{1f600}'), '/caf%C3%A9?q=%E6%97%A5%E6%9C%AC#%F0%9F%98%80')
    assert.equal(await read('/a b'), '/a%20b')
    assert.equal(await read('/\ud800'), '/%EF%BF%BD')
  })

  test('is no longer than 2048 characters once it is encoded', async () => {
    const { read } = await reader()
    assert.ok((await read('/' + '\u65e5'.repeat(2000))).length <= 2048)
  })
})

describe('whatever the target', () => {
  const fragment = fc.oneof(
    fc.constantFrom('/', '\\', '//', '..', '.', ':', '@', '?', '#', '%', '%2f', '%5c', '%09', '\t', '\n', '\r', '\u0000', ' ',
      'evil.example', 'https:', 'http:', 'javascript:', 'login', origin, '\u3002', '\uff0f', '\ud800', '\u00a0', '\ufeff'),
    fc.string({ unit: 'binary', maxLength: 3 })
  )
  const target = fc.array(fragment, { maxLength: 8 }).map((fragments) => fragments.join(''))

  for (const options of [{}, { origin }]) {
    const where = 'origin' in options ? 'with an origin configured' : 'without one'
    test(`the answer leads to this site, or is the fallback, ${where}`, async () => {
      const { read } = await reader(options)
      await fc.assert(fc.asyncProperty(fc.oneof(target, target.map((rest) => '/' + rest), target.map((rest) => origin + rest)), async (next) => {
        const location = await read(next)
        assert.equal(destination(location).origin, origin)
        assert.doesNotMatch(location, /^[/\\]{2}/)
        assert.match(location, /^\/[\u0021-\u007e]*$/)
      }), { numRuns: 1500 })
    })
  }
})
