/** Makes an application as large as a scaling line asks: guarded routes, nested scopes, logins that have ended. */

import { randomBytes } from 'node:crypto'
import type { FastifyInstance, FastifyRequest, preHandlerHookHandler } from 'fastify'
import type { Guard } from 'fastify-login'

export interface Scale {
  /** How many routes there are, guarded like the page that is asked for. */
  routes: number
  /** How deep the page lies. */
  scopes: number
  /** How many logins have ended and are on the list. */
  ended: number
  /** How many visitors take turns. */
  logins: number
}

export const usualScale: Scale = { routes: 1, scopes: 0, ended: 0, logins: 20 }

export interface Page {
  path: string
  guard?: Guard
  handler: (request: FastifyRequest) => unknown
  /** What is registered in each of the scopes. */
  enter?: (scope: FastifyInstance) => Promise<void>
}

/** How a server process is told its scale. */
export function scaleOf (environment: NodeJS.ProcessEnv): Scale {
  return { ...usualScale, ...JSON.parse(environment.BENCH_SCALE ?? '{}') as Partial<Scale> }
}

/** Declares the page, in so many nested scopes and beside so many others. */
export async function spread (app: FastifyInstance, { routes, scopes }: Pick<Scale, 'routes' | 'scopes'>, page: Page): Promise<void> {
  if (scopes > 0) {
    await app.register(async (scope) => {
      await page.enter?.(scope)
      await spread(scope, { routes, scopes: scopes - 1 }, page)
    })
    return
  }
  const hooks = page.guard === undefined ? {} : { preHandler: page.guard as preHandlerHookHandler }
  for (let number = 1; number < routes; number++) app.get(`${page.path}-${number}`, hooks, page.handler)
  app.get(page.path, hooks, page.handler)
}

/** Ends logins of all users in turn, by ids that nobody has. A user keeps few marks, so these are many users. */
export async function fillEndedLogins (app: FastifyInstance, count: number): Promise<void> {
  for (let number = 0; number < count; number++) {
    await app.login.endLogin(randomBytes(25).toString('base64url').slice(0, 33), { userId: `ended-${Math.floor(number / 10)}` })
  }
}
