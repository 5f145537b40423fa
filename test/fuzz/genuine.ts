/**
 * Genuine cookies of two users and an admin, as material to forge with.
 *
 * @module
 */
import assert from 'node:assert/strict'
import type { FastifyInstance } from 'fastify'
import login, { type LoginOptions } from 'fastify-login'
import { Browser } from '../support/browser.ts'
import type { Admin, User } from '../support/user.ts'
import type { Way } from '../support/ways.ts'

export interface Genuine {
  readonly app: FastifyInstance
  /** The values of all cookies: login and remember, of members and of an admin. */
  readonly values: readonly string[]
  /** By the name of their cookie. */
  readonly named: ReadonlyArray<readonly [name: string, value: string]>
  /** Rejects unless each of them is worth what it was when it was issued. */
  readonly work: () => Promise<void>
  close (): Promise<void>
}

const admin: Admin = { id: '1', email: 'root@example.org', permissions: [] }

export async function issueCookies (way: Way): Promise<Genuine> {
  const { app } = await way.createApp({
    after: (app) => {
      app.register(async (scope) => {
        await scope.register(login, { realm: 'admin', loadUser: () => admin } as unknown as LoginOptions)
        scope.post('/admin/login', async (request) => await request.loginUser(admin, { remember: true }))
        scope.get('/admin/nobody', (request) => request.currentUser === null ? 'nobody' : 'an admin')
      })
      app.get('/nobody', (request) => {
        const user = request.currentUser as User | null
        return user === null ? 'nobody' : `user ${user.id}`
      })
    }
  })
  const [one, two, root] = [new Browser(app), new Browser(app), new Browser(app)]
  await one.post('/login/1', { remember: true })
  await two.post('/login/2', { remember: true })
  await root.post('/admin/login')
  const named = [one, two, root].flatMap(({ cookies }) => Array.from(cookies, ([name, { value }]) => [name, value] as const))
  const work = async () => {
    for (const [browser, id] of [[one, '1'], [two, '2']] as const) {
      const { user, remembered } = (await browser.send({ url: '/whoami' })).json()
      assert.deepEqual([user, remembered], [id, true], 'a genuine cookie is worth less than it was')
    }
    assert.equal((await root.send({ url: '/admin/nobody' })).body, 'an admin')
  }
  return { app, named, values: named.map(([, value]) => value), work, close: async () => { await app.close() } }
}
