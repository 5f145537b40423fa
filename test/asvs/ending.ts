/** ASVS V7.4: who is offered to end a session, their own or another's. */
import assert from 'node:assert/strict'
import { requireFreshLogin } from 'fastify-login'
import { openQuickstart } from '../examples/open-quickstart.ts'
import { Visitor } from '../examples/visitor.ts'
import { Browser } from '../support/browser.ts'
import { eachWay, type Requirement } from './requirement.ts'

export const ending: readonly Requirement[] = [
  {
    id: '7.4.4',
    level: 2,
    asks: 'Every page that needs a login shows how to log out',
    metBy: 'the application',
    through: '[`reply.locals.currentUser`](recipes/templates.md) or `request.currentUser` in the layout, and a `POST` to a route that calls `logoutUser`: as in [the example](../examples/quickstart/README.md)',
    async prove (test) {
      const { app } = await openQuickstart()
      test.after(() => app.close())
      const visitor = new Visitor(app)
      await visitor.submit('/register', { name: 'Ada', password: 'correct horse', repeated: 'correct horse' })
      for (const page of ['/dashboard', '/devices', '/settings']) {
        assert.match((await visitor.open(page)).body, /<form [^>]*method="post" action="\/logout">[^]*Log out<\/button>/, page)
      }
      await visitor.submit('/logout', {}, '/dashboard')
      assert.equal((await visitor.open('/dashboard')).statusCode, 302)
    }
  },
  {
    id: '7.4.5',
    level: 2,
    asks: 'Administrators can end the sessions of one user, or of all',
    metBy: 'both',
    through: '[`app.login.endLogins(userId)`, `app.login.endEveryLogin()`](logins.md#end-one-or-all), behind a guard of the application',
    async prove () {
      await eachWay(async (createApp) => {
        const { app } = await createApp({
          after: (declared) => {
            declared.post<{ Body: { user?: string } }>('/admin/end', { preHandler: requireFreshLogin }, async (request, reply) => {
              if (request.currentLogin?.userId !== '2') return reply.code(403).send({})
              if (request.body.user === undefined) await app.login.endEveryLogin()
              else await app.login.endLogins(request.body.user)
              return {}
            })
          }
        })
        const [ada, administrator] = [new Browser(app), new Browser(app)]
        await ada.post('/login/1', { remember: true })
        await administrator.post('/login/2')
        assert.equal((await ada.post('/admin/end', { user: '2' })).statusCode, 403)
        await administrator.post('/admin/end', { user: '1' })
        assert.deepEqual([await ada.whoami(), await administrator.whoami()], [null, '2'])
        await ada.post('/login/1')
        await administrator.post('/admin/end')
        assert.deepEqual([await ada.whoami(), await administrator.whoami()], [null, null])
      })
    }
  }
]
