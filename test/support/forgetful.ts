/**
 * An application whose list of ended logins is short, and what fills it.
 *
 * @module
 */
import type { LoginOptions, LoginUserOptions } from 'fastify-login'
import { createApp, type TestApp } from './app.ts'
import { Browser } from './browser.ts'
import type { Clock } from './clock.ts'

const anyUser: LoginOptions['loadUser'] = (id: string) => ({ id, name: id })

/** Logs so many other users in and out, so that a short list of ended logins forgets. */
export async function evict (app: Browser['app'], clock: Clock, count = 3): Promise<void> {
  for (let index = 0; index < count; index++) {
    const browser = new Browser(app)
    await browser.post(`/as/${index + 100}`)
    clock.advance(1)
    await browser.post('/logout')
  }
}

export async function createForgetful (options: Partial<LoginOptions> = {}, after?: (app: Browser['app']) => unknown, log?: (line: string) => void): Promise<TestApp> {
  return await createApp({
    options: { endedLogins: 2, loadUser: anyUser, ...options } as Partial<LoginOptions>,
    ...log === undefined ? {} : { server: { logger: { level: 'warn', stream: { write: log } } } },
    after: (app) => {
      app.post<{ Params: { id: string }, Body: LoginUserOptions | null }>('/as/:id', async (request) => await request.loginUser({ id: request.params.id, name: 'x' }, request.body ?? {}))
      return after?.(app)
    }
  })
}
