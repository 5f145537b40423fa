/** A realm has a user of its own: `membersOnly(scope, 'admin')` says so to the types. */
import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyReply, type FastifyRequest, type HookHandlerDoneFunction } from 'fastify'
import login, { membersOnly, requireFreshLogin, type RealmUser, type Realms } from 'fastify-login'
import { describe, expect, test } from 'tstyche'
import type { Admin, User } from '../support/user.ts'

const app = Fastify()

declare function note (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void
declare const admin: Admin
declare const user: User

test('the users of the two realms in these tests are not assignable to each other', () => {
  expect<User>().type.not.toBeAssignableFrom<Admin>()
  expect<Admin>().type.not.toBeAssignableFrom<User>()
})

test('the registered realms can be named', () => {
  expect<Realms>().type.toBe<{ admin: Admin }>()
  expect<RealmUser<'admin'>>().type.toBe<Admin>()
})

describe('membersOnly(scope, realm) promises the user of that realm', () => {
  const admins = membersOnly(app, 'admin')

  test('on every route, with explicit generics too', () => {
    admins.get('/', (request) => { expect(request.currentUser).type.toBe<Admin>() })
    admins.get<{ Params: { id: string } }>('/:id', (request) => {
      expect(request.currentUser).type.toBe<Admin>()
      expect(request.params.id).type.toBe<string>()
    })
    admins.route({ method: 'GET', url: '/', handler: (request) => { expect(request.currentUser).type.toBe<Admin>() } })
  })

  test('beside guards, named hooks and route config', () => {
    admins.get('/', { preHandler: requireFreshLogin }, (request) => { expect(request.currentUser).type.toBe<Admin>() })
    admins.get('/', { preHandler: [note, requireFreshLogin] }, (request) => { expect(request.currentUser).type.toBe<Admin>() })
    admins.get('/', { config: { login: 'fresh' } }, (request) => { expect(request.currentUser).type.toBe<Admin>() })
    admins.get('/', { config: { undeclared: 1 } }, (request) => { expect(request.currentUser).type.toBe<Admin>() })
  })

  test('in hooks of the scope', () => {
    admins.addHook('preHandler', async (request) => { expect(request.currentUser).type.toBe<Admin>() })
  })

  test('with a type provider', () => {
    const typeboxApp = Fastify().withTypeProvider<TypeBoxTypeProvider>()
    membersOnly(typeboxApp, 'admin').get('/:id', { schema: { params: Type.Object({ id: Type.Number() }) } }, (request) => {
      expect(request.currentUser).type.toBe<Admin>()
      expect(request.params.id).type.toBe<number>()
    })
  })

  test('and none is promised for a realm that is not registered', () => {
    expect(membersOnly).type.not.toBeCallableWith(app, 'amdin')
    expect(membersOnly).type.not.toBeCallableWith(app, 'user')
    expect(membersOnly).type.toBeCallableWith(app, 'admin')
  })
})

test('without a realm, membersOnly promises the registered user', () => {
  membersOnly(app).get('/', (request) => { expect(request.currentUser).type.toBe<User>() })
})

test('a user of any realm can be logged in and confirmed, and nobody else', () => {
  app.post('/', async (request) => {
    expect(request.loginUser).type.toBeCallableWith(user)
    expect(request.loginUser).type.toBeCallableWith(admin, { remember: true })
    expect(request.loginUser).type.not.toBeCallableWith({ id: '1' })
    expect(request.loginUser).type.not.toBeCallableWith('1')
    expect(request.loginUser).type.not.toBeCallableWith(null)
    expect(request.loginUser).type.not.toBeCallableWith()
    expect(request.confirmLogin).type.toBeCallableWith(admin)
    expect(request.confirmLogin).type.toBeCallableWith()
    expect(request.confirmLogin).type.not.toBeCallableWith({ id: '1' })
  })
})

describe('a registration with a realm', () => {
  test('loads users of that realm', () => {
    expect(app.register).type.toBeCallableWith(login, { realm: 'admin', loadUser: () => admin })
    expect(app.register).type.not.toBeCallableWith(login, { realm: 'admin', loadUser: () => user })
  })

  test('gives users of that realm to its other options', () => {
    app.register(login, {
      realm: 'admin',
      loadUser: () => admin,
      authHash: (one) => { expect(one).type.toBe<Admin>(); return null },
      getId: (one) => { expect(one).type.toBe<Admin>(); return one.id },
      isActive: (one) => { expect(one).type.toBe<Admin>(); return one.permissions.length > 0 }
    })
  })

  test('names a realm that is registered', () => {
    expect(app.register).type.not.toBeCallableWith(login, { realm: 'amdin', loadUser: () => admin })
  })
})
