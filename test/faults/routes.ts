/**
 * What the fragile application offers besides the routes of the tests' application.
 *
 * @module
 */
import type { FastifyInstance } from 'fastify'
import { requireLogin } from 'fastify-login'
import type { Users } from '../support/app.ts'
import type { User } from '../support/user.ts'

export function furtherRoutes (app: FastifyInstance, users: Users): void {
  app.post<{ Params: { id: string } }>('/enter/:id', async (request, reply) => {
    await request.loginUser(users.get(request.params.id) as User, { remember: true })
    return reply.redirect(request.nextUrl('/home'))
  })
  // By a `Response`, as who returns fetch(…) does.
  app.post<{ Params: { act: string, status: string } }>('/respond/:act/:status', async (request) => {
    const { act, status } = request.params
    if (act === 'confirm') await request.confirmLogin()
    else await request.loginUser(users.get(act) as User, { remember: true })
    return new Response('done', { status: Number(status), headers: { 'cache-control': 'public, max-age=60' } })
  })
  app.get('/respond/members', { preHandler: requireLogin }, () => new Response('for members'))
  app.post('/end/this', async (request) => await app.login.endLogin(request.currentLogin?.id ?? ''))
  app.post('/end/others', async (request) => {
    await app.login.endLogins('1', { except: request.currentLogin?.id ?? null })
    return true
  })
  app.post('/end/every', async () => {
    await app.login.endEveryLogin()
    return true
  })
  app.get('/logins', async (request) => await app.login.logins('1', request))
  app.post('/data', async (request) => await app.login.changeLoginData(request.currentLogin?.id ?? '', () => ({ theme: 'dark' })))
}
