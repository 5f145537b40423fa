/**
 * Genuine cookies of two users and an admin, as material to forge with.
 *
 * @module
 */
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
  const named: Array<readonly [string, string]> = []
  for (const url of ['/login/1', '/login/2', '/admin/login']) {
    const browser = new Browser(app)
    await browser.post(url, url === '/admin/login' ? {} : { remember: true })
    for (const [name, { value }] of browser.cookies) named.push([name, value])
  }
  return { app, named, values: named.map(([, value]) => value), close: async () => { await app.close() } }
}
