/** An application that uses every address of the package, for compilers that tstyche does not speak to. */
import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import login, {
  asFresh, errors, identifyByUserAgent, membersOnly, MemoryStore, requireAnonymous, requireFreshLogin, requireFreshLoginWithin,
  requireLogin, UserMixin, type Login, type LoginEvents, type LoginInfo, type LoginLapse, type LoginOptions
} from 'fastify-login'
import oidc, { type OidcOptions } from 'fastify-login/oidc'
import { RedisStore, type RedisClient } from 'fastify-login/redis'
import { SqlStore, loginMigration } from 'fastify-login/sql'
import { loginAs } from 'fastify-login/testing'
import type { Admin, User } from '../support/user.ts'

type Same<One, Other> = (<T>() => T extends One ? 1 : 2) extends (<T>() => T extends Other ? 1 : 2) ? true : false
function is<Expected> () {
  return <Actual>(_value: Actual, _same: Same<Actual, Expected>): void => {}
}

declare const client: RedisClient
declare const db: ConstructorParameters<typeof SqlStore>[0]['db']
declare const user: User
declare const admin: Admin
declare function note (request: FastifyRequest): Promise<void>

const options: LoginOptions = {
  key: process.env['SECRET_KEY'],
  loadUser: async (id, request) => { is<string>()(id, true); is<FastifyRequest>()(request, true); return user },
  loadUserFromRequest: () => asFresh(user),
  authHash: (account) => account.passwordHash,
  identifyBrowser: identifyByUserAgent,
  remember: { duration: 3600, cookie: { sameSite: 'strict' } },
  store: new MemoryStore({ maxLogins: 10 }),
  defaultLogin: 'required'
}
export const others: LoginOptions[] = [
  { key: 'k'.repeat(32), loadUser: () => user, store: new RedisStore({ client }) },
  { key: 'k'.repeat(32), loadUser: () => user, store: new SqlStore({ db }) },
  { realm: 'admin', loadUser: () => admin },
  // @ts-expect-error: the users of a realm are its own
  { realm: 'admin', loadUser: () => user },
  // @ts-expect-error: no such mode
  { key: 'k'.repeat(32), loadUser: () => user, sessionProtection: 'weak' }
]
export const provider: OidcOptions = { baseUrl: 'https://www.example.org', toUser: ({ claims }) => claims.sub === '1' ? user : null }
export const { up, down } = loginMigration()
export class Account extends UserMixin { override readonly id = '1' }

export async function build (app: FastifyInstance): Promise<void> {
  await app.register(login, options)
  await app.register(login, { realm: 'admin', loadUser: () => admin, authHash: (account) => account.email })
  await app.register(oidc, provider)

  app.get('/', (request) => { is<User | null>()(request.currentUser, true) })
  app.get('/', { preHandler: requireLogin }, (request) => { is<User>()(request.currentUser, true) })
  app.get('/', { onRequest: requireFreshLogin }, (request) => { is<User>()(request.currentUser, true) })
  app.get('/', { preHandler: [note, requireFreshLoginWithin(60)] }, (request) => { is<User>()(request.currentUser, true) })
  app.get('/', { preHandler: requireAnonymous }, (request) => { is<User | null>()(request.currentUser, true) })
  app.get('/', { config: { login: 'required' } }, (request) => { is<User>()(request.currentUser, true) })
  app.get('/', { config: { login: 'optional' } }, (request) => { is<User | null>()(request.currentUser, true) })
  // @ts-expect-error: no such policy
  app.get('/', { config: { login: 'sometimes' } }, () => '')
  app.get('/', async (request) => {
    is<Login | null>()(request.currentLogin, true)
    is<LoginLapse | null>()(request.loginLapse, true)
    is<boolean>()(await request.loginUser(user, { remember: true, duration: 60, fresh: false, force: true, data: {} }), true)
    is<boolean>()(await request.confirmLogin(), true)
    is<boolean>()(await request.logoutUser(), true)
    is<string>()(request.nextUrl('/'), true)
    is<LoginInfo[]>()(await app.login.logins('1', request), true)
  })

  membersOnly(app).get<{ Params: { id: string } }>('/:id', (request) => {
    is<User>()(request.currentUser, true)
    is<string>()(request.params.id, true)
  })
  membersOnly(app, 'admin').get('/', (request) => { is<Admin>()(request.currentUser, true) })
  membersOnly(app.withTypeProvider<TypeBoxTypeProvider>()).post('/', { schema: { body: Type.Object({ name: Type.String() }) } }, (request) => {
    is<User>()(request.currentUser, true)
    is<string>()(request.body.name, true)
  })
  const http2 = Fastify({ http2: true })
  http2.get('/', { preHandler: requireLogin }, (request) => { is<User>()(request.currentUser, true) })
  membersOnly(http2).get('/', (request) => { is<User>()(request.currentUser, true) })

  app.login.on('userLoggedIn', (payload) => { is<LoginEvents['userLoggedIn']>()(payload, true); is<User>()(payload.user, true) })
  app.login.once('loginEnded', ({ id }) => { is<string | null>()(id, true) })
  // @ts-expect-error: no such event
  app.login.on('userVanished', () => {})
  const status: number | undefined = new errors.UnauthorizedError().statusCode
  is<User | null>()(status === 401 ? user : null, true)
  await app.inject({ url: '/', ...await loginAs(app, user, { age: 60 }) })
}
