/**
 * What the fragile application offers besides the routes of the tests' application.
 *
 * @module
 */
import type { FastifyInstance } from 'fastify'
import type { Users } from '../support/app.ts'
import type { User } from '../support/user.ts'

export function furtherRoutes (app: FastifyInstance, users: Users): void {
  app.post<{ Params: { id: string } }>('/enter/:id', async (request, reply) => {
    await request.loginUser(users.get(request.params.id) as User, { remember: true })
    return reply.redirect(request.nextUrl('/home'))
  })
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
