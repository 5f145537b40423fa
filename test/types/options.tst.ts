/** Options are checked against the registered user, and against what they may be. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyInstance, type FastifyPluginAsync, type FastifyReply, type FastifyRequest } from 'fastify'
import login, { type LoginOptions } from 'fastify-login'
import { describe, expect, test } from 'tstyche'
import type { Admin, User } from '../support/user.ts'

const app = Fastify()
const key = 'k'.repeat(32)

declare const user: User
declare const admin: Admin
declare const request: FastifyRequest

describe('loaders return the registered user', () => {
  test('at once or as a promise, null or undefined for none', () => {
    expect<LoginOptions>().type.toBeAssignableFrom({ key, loadUser: () => user })
    expect<LoginOptions>().type.toBeAssignableFrom({ key, loadUser: async () => user })
    expect<LoginOptions>().type.toBeAssignableFrom({ key, loadUser: () => null })
    expect<LoginOptions>().type.toBeAssignableFrom({ key, loadUser: () => undefined })
    expect<LoginOptions>().type.toBeAssignableFrom({ key, loadUserFromRequest: async () => user })
    expect<LoginOptions>().type.toBeAssignableFrom({ key, remember: { loadUserByToken: async () => user } })
  })

  test('and nothing else', () => {
    expect<LoginOptions>().type.not.toBeAssignableFrom({ key, loadUser: () => ({ id: '1' }) })
    expect<LoginOptions>().type.not.toBeAssignableFrom({ key, loadUser: async () => ({ id: '1' }) })
    expect<LoginOptions>().type.not.toBeAssignableFrom({ key, loadUser: () => '1' })
    expect<LoginOptions>().type.not.toBeAssignableFrom({ key, loadUser: () => {} })
    expect<LoginOptions>().type.not.toBeAssignableFrom({ key, loadUser: user })
    expect<LoginOptions>().type.not.toBeAssignableFrom({ key, loadUserFromRequest: () => ({ id: '1' }) })
    expect<LoginOptions>().type.not.toBeAssignableFrom({ key, remember: { loadUserByToken: () => ({ id: '1' }) } })
  })

  test('and are given the id as a string, and the request', () => {
    app.register(login, {
      key,
      loadUser: (id, request) => {
        expect(id).type.toBe<string>()
        expect(request).type.toBe<FastifyRequest>()
        return user
      }
    })
    app.register(login, { key, loadUserFromRequest: (request) => { expect(request).type.toBe<FastifyRequest>(); return null } })
    app.register(login, {
      key, remember: { loadUserByToken: (token) => { expect(token).type.toBe<string>(); return null } }
    })
  })
})

test('options about a user are given the registered user', () => {
  app.register(login, {
    key,
    loadUser: () => user,
    getId: (user) => { expect(user).type.toBe<User>(); return user.id },
    isActive: (user) => { expect(user).type.toBe<User>(); return user.isActive ?? true },
    authHash: (user) => { expect(user).type.toBe<User>(); return user.passwordHash },
    remember: { getToken: (user) => { expect(user).type.toBe<User>(); return user.name } }
  })
})

test('handlers are given the request and the reply', () => {
  app.register(login, {
    key,
    loadUser: () => user,
    unauthorizedHandler: (request, reply) => {
      expect(request).type.toBe<FastifyRequest>()
      expect(reply).type.toBe<FastifyReply>()
    },
    needsRefreshHandler: (request, reply) => {
      expect(request).type.toBe<FastifyRequest>()
      expect(reply).type.toBe<FastifyReply>()
    },
    localize: (message, request) => {
      expect(message).type.toBe<string>()
      expect(request).type.toBe<FastifyRequest>()
      return message
    }
  })
})

describe('an option may be nothing but what it may be', () => {
  test('modes', () => {
    expect<LoginOptions>().type.toBeAssignableFrom<{ sessionProtection: 'basic' | 'strong' | false }>()
    expect<LoginOptions>().type.not.toBeAssignableFrom<{ sessionProtection: 'strnog' }>()
    expect<LoginOptions>().type.not.toBeAssignableFrom<{ sessionProtection: true }>()
    expect<LoginOptions>().type.toBeAssignableFrom<{ nextIn: 'query' | 'session' }>()
    expect<LoginOptions>().type.not.toBeAssignableFrom<{ nextIn: 'cookie' }>()
    expect<LoginOptions>().type.toBeAssignableFrom<{ defaultLogin: 'optional' | 'required' }>()
    expect<LoginOptions>().type.not.toBeAssignableFrom<{ defaultLogin: 'fresh' }>()
  })

  test('times are numbers', () => {
    expect<LoginOptions>().type.toBeAssignableFrom<{ freshFor: 300, idleTimeout: 60, absoluteTimeout: 3600 }>()
    expect<LoginOptions>().type.not.toBeAssignableFrom<{ freshFor: '5 min' }>()
    expect<LoginOptions>().type.not.toBeAssignableFrom<{ idleTimeout: '60' }>()
    expect<LoginOptions>().type.not.toBeAssignableFrom<{ absoluteTimeout: Date }>()
    expect<LoginOptions>().type.not.toBeAssignableFrom<{ remember: { duration: '30d' } }>()
  })

  test('keys are strings or bytes, one or several', () => {
    expect<LoginOptions>().type.toBeAssignableFrom<{ key: string }>()
    expect<LoginOptions>().type.toBeAssignableFrom<{ key: Buffer }>()
    expect<LoginOptions>().type.toBeAssignableFrom<{ key: [string, Buffer] }>()
    expect<LoginOptions>().type.not.toBeAssignableFrom<{ key: number }>()
  })

  test('cookie attributes', () => {
    expect<LoginOptions>().type.toBeAssignableFrom<{ cookie: { path: '/', secure: true, sameSite: 'strict' } }>()
    expect<LoginOptions>().type.not.toBeAssignableFrom<{ cookie: { sameSite: 'loose' } }>()
    expect<LoginOptions>().type.not.toBeAssignableFrom<{ cookie: { secure: 'yes' } }>()
    expect<LoginOptions>().type.not.toBeAssignableFrom<{ remember: { cookie: { path: 1 } } }>()
  })

  test('a misspelt name', () => {
    expect<LoginOptions>().type.not.toBeAssignableFrom({ key, loadUser: () => user, loginPaht: '/login' })
    expect<LoginOptions>().type.not.toBeAssignableFrom({ key, remember: { cookiename: 'x' } })
    expect<LoginOptions>().type.not.toBeAssignableFrom({ key, cookie: { samesite: 'lax' } })
  })

  test('a realm is one of those that are registered', () => {
    expect<LoginOptions>().type.toBeAssignableFrom({ key, realm: 'admin' as const, loadUser: () => admin })
    expect<LoginOptions>().type.not.toBeAssignableFrom({ key, realm: 'amdin' as const, loadUser: () => admin })
  })
})

test('the plugin is registered with these options, or a function that makes them', () => {
  app.register(login, { key, loadUser: (id) => id === user.id ? user : null, loginPath: '/login', prefix: '/members' })
  expect(app.register).type.toBeCallableWith(login, { key, loadUser: () => user })
  expect(app.register).type.toBeCallableWith(login, () => ({ key, loadUser: () => user }))
  expect(app.register).type.not.toBeCallableWith(login, { key, loadUser: () => admin })
  expect(app.register).type.not.toBeCallableWith(login, { key, loadUser: () => user, loginPaht: '/login' })
  expect(app.register).type.not.toBeCallableWith(login, () => ({ key, loadUser: () => admin }))
})

test('it is registered on an instance with a type provider, and on an http2 server', () => {
  expect(app.withTypeProvider<TypeBoxTypeProvider>().register).type.toBeCallableWith(login, { key, loadUser: () => user })
  expect(Fastify({ http2: true }).register).type.toBeCallableWith(login, { key, loadUser: () => user })
  expect(Fastify({ http2: true }).register).type.not.toBeCallableWith(login, { key, loadUser: () => admin })
})

test('other plugins are registered as before', () => {
  const other: FastifyPluginAsync<{ size: number, report?: (size: number) => void }> = async () => {}
  app.register(other, { size: 1, report: (size) => { expect(size).type.toBe<number>() } })
  expect(app.register).type.toBeCallableWith(other, { size: 1, prefix: '/other' })
  expect(app.register).type.not.toBeCallableWith(other, { size: 'large' })
  app.register(async (scope, options) => {
    expect(scope).type.toBe<FastifyInstance>()
    expect(options).type.toBeAssignableTo<object>()
  }, { prefix: '/scope' })
})

test('loginUser takes options of its own', () => {
  expect(request.loginUser).type.toBeCallableWith(user, { remember: true, duration: 60, force: true, fresh: false })
  expect(request.loginUser).type.toBeCallableWith(user, {})
  expect(request.loginUser).type.not.toBeCallableWith(user, { remember: 'yes' })
  expect(request.loginUser).type.not.toBeCallableWith(user, { duration: '60' })
  expect(request.loginUser).type.not.toBeCallableWith(user, { rember: true })
  expect(request.loginUser(user)).type.toBe<Promise<boolean>>()
  expect(request.logoutUser()).type.toBe<Promise<boolean>>()
  expect(request.confirmLogin()).type.toBe<Promise<boolean>>()
})

test('what the request says about its login', () => {
  expect(request.loginFresh).type.toBe<boolean>()
  expect(request.loginRemembered).type.toBe<boolean>()
  expect(request.nextUrl('/')).type.toBe<string>()
  expect(request.nextUrl).type.not.toBeCallableWith()
  expect(request.currentLogin?.id).type.toBe<string | undefined>()
  expect(request.currentLogin?.startedAt).type.toBe<number | undefined>()
  expect(request.loginLapse).type.toBeAssignableFrom<'expired' | 'idle' | 'ended' | 'protection' | 'user-gone' | 'user-changed' | 'forged' | null>()
  expect(request.loginLapse).type.not.toBeAssignableFrom<'exprired'>()
})
