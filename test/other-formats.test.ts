/** A cookie of another format is a forged one: of the other way to keep logins, or of another version of the plugin. */
import assert from 'node:assert/strict'
import { hkdfSync } from 'node:crypto'
import { describe, test, type TestContext } from 'node:test'
import secureSession from '@fastify/secure-session'
import Fastify from 'fastify'
import login, { type LoginOptions } from 'fastify-login'
import { loginShape } from '../lib/logins/login-seal.ts'
import { secretShapes } from '../lib/logins/secret-seal.ts'
import { rememberShape } from '../lib/remember/remember-seal.ts'
import { createSeal, type SealedShape } from '../lib/seal.ts'
import { eventNames, key, Users, whoami } from './support/app.ts'
import { Browser } from './support/browser.ts'
import { stopClock } from './support/clock.ts'
import { TestedStore } from './support/store.ts'
import type { User } from './support/user.ts'

const names = ['login', 'remember_token'] as const

type Cookies = Readonly<Partial<Record<typeof names[number], string>>>

/** An application whose options are those of a site before, or after, it was given a store; with all that it does seen. */
async function open (t: TestContext, store: TestedStore | null, options: Partial<LoginOptions> = {}) {
  const users = new Users()
  const loaded: string[] = []
  const lines: string[] = []
  const events: unknown[] = []
  const app = Fastify({ logger: { level: 'trace', stream: { write: (line: string) => { lines.push(line) } } } })
  const loadUser = (id: string) => { loaded.push(id); return users.get(id) }
  const remember = { getToken: (user: User) => `token of ${user.id}`, loadUserByToken: (token: string) => { loaded.push(token); return users.get(token.slice(-1)) } }
  await app.register(login, { key, loadUser, remember, ...store === null ? {} : { store }, ...options } as LoginOptions)
  for (const name of eventNames) app.login.on(name, ({ request, ...payload }: Record<string, unknown>) => { events.push({ name, ...payload }) })
  app.get('/whoami', (request) => whoami(request))
  app.get('/members', { config: { login: 'required' } }, (request) => whoami(request))
  app.post<{ Params: { id: string } }>('/login/:id', async (request) => ({ ok: await request.loginUser(users.get(request.params.id)!, { remember: true }) }))
  app.post('/logout', async (request) => ({ ok: await request.logoutUser() }))
  app.post('/confirm', async (request) => ({ ok: await request.confirmLogin() }))
  app.post('/confirm/ada', async (request) => ({ ok: await request.confirmLogin(users.get('1')!) }))
  // Nobody is found out before the handler asks.
  const ignored = { config: { login: 'ignored' } } as const
  app.post('/ignored/logout', ignored, async (request) => ({ ok: await request.logoutUser() }))
  app.post('/ignored/confirm', ignored, async (request) => ({ ok: await request.confirmLogin() }))
  await app.ready()
  t.after(() => app.close())
  return { app, store, loaded, lines, events }
}

type Site = Awaited<ReturnType<typeof open>>

/** The cookies of user 1, logged in and remembered. */
async function issue ({ app }: Site): Promise<Required<Cookies>> {
  const browser = new Browser(app)
  await browser.post('/login/1')
  const [one, other] = names.map((name) => browser.cookies.get(name)!.value)
  return { login: one!, remember_token: other! }
}

function carrying (app: Site['app'], cookies: Cookies): Browser {
  const browser = new Browser(app)
  for (const [name, value] of Object.entries(cookies)) browser.cookies.set(name, { value, persistent: true })
  return browser
}

/** Holds a site to what it makes of cookies that are none: nobody, whatever is asked of it, and nothing of them goes anywhere. */
async function isNobodys (site: Site, cookies: Cookies, secrets: readonly string[] = []): Promise<void> {
  const { app, store, loaded, lines, events } = site
  const before = [loaded.length, events.length]
  store?.reset()
  const answer = await carrying(app, cookies).get('/whoami')
  assert.deepEqual([answer.statusCode, answer.json().user, answer.json().lapse], [200, null, 'forged'])
  assert.equal((await carrying(app, cookies).get('/members', { accept: 'application/json' })).statusCode, 401)
  for (const url of ['/logout', '/confirm', '/confirm/ada', '/ignored/logout', '/ignored/confirm']) {
    const { statusCode, body } = await carrying(app, cookies).post(url)
    assert.deepEqual([statusCode, body], [200, '{"ok":false}'], url)
  }
  assert.deepEqual([loaded.length, events.filter((event) => (event as { name: string }).name !== 'userUnauthorized').length], before, 'nobody was loaded, and nothing told')
  assert.deepEqual(store?.called ?? [], [], 'there is nothing to ask the store for')
  const visitor = carrying(app, cookies)
  assert.equal((await visitor.post('/login/2')).body, '{"ok":true}')
  assert.equal(await visitor.whoami(), '2')
  assert.ok(loaded.every((id) => ['1', '2', 'token of 1', 'token of 2'].includes(id)), String(loaded))
  for (const secret of [...secrets, ...Object.values(cookies)]) assert.ok(!lines.join('').includes(secret) && !JSON.stringify(events).includes(secret))
  events.length = 0
}

/** Each cookie alone, and both. */
const choices = ({ login, remember_token: token }: Required<Cookies>): Cookies[] => [{ login }, { remember_token: token }, { login, remember_token: token }]

const directions = [
  ['in a store, and the store was removed', true],
  ['without a store, and one was added', false]
] as const

for (const [how, fromStore] of directions) {
  describe(`a cookie of a login that was kept ${how},`, () => {
    for (const options of [{}, { sessionProtection: 'strong' }, { authHash: (user: User) => user.passwordHash, idleTimeout: 60 }] as Array<Partial<LoginOptions>>) {
      test(`is nobody's (${Object.keys(options).join(', ') || 'by default'})`, async (t) => {
        const [before, after] = [await open(t, fromStore ? new TestedStore() : null, options), await open(t, fromStore ? null : new TestedStore(), options)]
        for (const cookies of choices(await issue(before))) await isNobodys(after, cookies)
      })
    }

    test("is nobody's at any later time", async (t) => {
      const clock = stopClock(t)
      const [before, after] = [await open(t, fromStore ? new TestedStore() : null), await open(t, fromStore ? null : new TestedStore())]
      const cookies = await issue(before)
      for (const seconds of [0, 60, 3600, 29 * 24 * 3600, 2 * 24 * 3600, 400 * 24 * 3600]) {
        clock.advance(seconds)
        for (const choice of choices(cookies)) await isNobodys(after, choice)
      }
    })

    test('shows its secret to nobody, and harms no login where it was kept', async (t) => {
      const [before, after] = [await open(t, fromStore ? new TestedStore() : null), await open(t, fromStore ? null : new TestedStore())]
      const cookies = await issue(before)
      const seal = await ownSeal(t, fromStore ? secretShapes : { login: loginShape, remember: rememberShape })
      const facts = [seal.open('login', cookies.login), seal.open('remember', cookies.remember_token)].flat()
      const secrets = facts.filter((fact) => typeof fact === 'string' && fact.length >= 22) as string[]
      assert.ok(secrets.length > 0, 'the cookies are as they were issued')
      for (const choice of choices(cookies)) await isNobodys(after, choice, secrets)
      assert.equal(await carrying(before.app, cookies).whoami(), '1')
    })
  })
}

/** The seal of the application for cookies of some shapes. */
async function ownSeal (t: TestContext, shapes: Readonly<Record<typeof uses[number], SealedShape>>) {
  const app = Fastify()
  const seal = await createSeal(app, [Buffer.from(key)], '', shapes)
  await app.ready()
  t.after(() => app.close())
  return seal
}

/** Whether a value is right for a fact; what JSON has no form for comes out of a cookie as null. */
function mayBe (kind: string, value: unknown): boolean {
  const [carried] = JSON.parse(JSON.stringify([value])) as unknown[]
  const type: string = carried === null ? 'null' : typeof carried
  return { text: ['string'], 'text or null': ['string', 'null'] }[kind]?.includes(type) ?? type === kind
}

const uses = ['login', 'remember'] as const
const nameOf = { login: 'login', remember: 'remember_token' } as const
const id = 'A'.repeat(33)
const family = id.slice(0, 22)

for (const store of [null, new TestedStore()]) {
  describe(`${store === null ? 'without a store' : 'with a store'}, a cookie`, () => {
    const shapes = store === null ? { login: loginShape, remember: rememberShape } : secretShapes
    const now = Date.now() / 1000
    const facts: Record<typeof uses[number], unknown[]> = store === null
      ? { login: [id, '1', 0, now, now, now, now, now + 1000, true, false, 'browser', null, false], remember: [family, '1', now, now + 1000, 1000, null, null] }
      : { login: [id, 'a secret'], remember: [id, 'a secret'] }

    test('of an earlier version, which had one fact less or more, is nobody\'s', async (t) => {
      const site = await open(t, store)
      for (const use of uses) {
        const shape = shapes[use] as string[]
        for (const [other, values] of [[shape.slice(0, -1), facts[use].slice(0, -1)], [[...shape, 'text'], [...facts[use], 'more']], [null, facts[use]], [[], []]]) {
          const seal = await ownSeal(t, { ...shapes, [use]: other as SealedShape })
          await isNobodys(site, { [nameOf[use]]: seal.seal(use, values as unknown[]) })
        }
      }
    })

    test('that was sealed before formats were part of the keys is nobody\'s', async (t) => {
      const site = await open(t, store)
      for (const use of uses) await isNobodys(site, { [nameOf[use]]: await sealedByFirstVersion(t, use, facts[use]) })
    })

    test('whose facts are of other types is nobody\'s, even where it is sealed with the very key', async (t) => {
      const site = await open(t, store)
      const seal = await ownSeal(t, shapes)
      const wrong = [undefined, null, true, 7, 'text', [], {}, Number.NaN, Number.POSITIVE_INFINITY]
      for (const use of uses) {
        for (const [index, kind] of shapes[use]!.entries()) {
          for (const other of wrong.filter((value) => !mayBe(kind, value))) await isNobodys(site, { [nameOf[use]]: seal.seal(use, facts[use].with(index, other)) })
        }
        for (const other of [[], facts[use].slice(1), [...facts[use], 'more'], [facts[use]]]) await isNobodys(site, { [nameOf[use]]: seal.seal(use, other) })
        for (const other of [null, 'text', {}, 7]) await isNobodys(site, { [nameOf[use]]: seal.seal(use, other as never) })
      }
    })
  })
}

/** A cookie of the format that came before: keys were derived for a purpose and a realm's name alone. */
async function sealedByFirstVersion (t: TestContext, use: typeof uses[number], facts: readonly unknown[]): Promise<string> {
  const app = Fastify()
  const derived = Buffer.from(hkdfSync('sha256', Buffer.from(key), '', `fastify-login/v1/${use}/`, 32))
  await app.register(secureSession, { sessionName: use, cookieName: use, key: derived, expiry: 100 * 365 * 24 * 3600 })
  await app.ready()
  t.after(() => app.close())
  const [cipher = '', nonce = ''] = app.encodeSecureSession(app.createSecureSession({ facts }), use).split(';')
  return [cipher, nonce].map((part) => Buffer.from(part, 'base64').toString('base64url')).join('.')
}
