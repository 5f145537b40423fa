/** Listeners know what their event carries. */
import Fastify, { type FastifyRequest } from 'fastify'
import 'fastify-login'
import type { Login } from 'fastify-login'
import { describe, expect, test } from 'tstyche'
import type { User } from '../support/user.ts'

const app = Fastify()

describe('a listener is given', () => {
  test('the user, the login and the request of a login that begins, is confirmed or comes back', () => {
    app.login.on('userLoggedIn', ({ user, login, request }) => {
      expect(user).type.toBe<User>()
      expect(login).type.toBe<Login>()
      expect(request).type.toBe<FastifyRequest>()
    })
    app.login.on('userLoginConfirmed', ({ user, login, request }) => {
      expect(user).type.toBe<User>()
      expect(login).type.toBe<Login>()
      expect(request).type.toBe<FastifyRequest>()
    })
    app.login.on('userLoadedFromCookie', ({ user, login, request }) => {
      expect(user).type.toBe<User>()
      expect(login).type.toBe<Login>()
      expect(request).type.toBe<FastifyRequest>()
    })
  })

  test('the user and the request where a request names its user by other means, with no login', () => {
    app.login.on('userLoadedFromRequest', (payload) => {
      expect(payload.user).type.toBe<User>()
      expect(payload.request).type.toBe<FastifyRequest>()
      expect(payload).type.not.toHaveProperty('login')
    })
  })

  test('the request of a visitor who is refused', () => {
    app.login.on('userUnauthorized', ({ request }) => { expect(request).type.toBe<FastifyRequest>() })
    app.login.on('userNeedsRefresh', ({ request }) => { expect(request).type.toBe<FastifyRequest>() })
  })

  test('the user who logged out', () => {
    app.login.on('userLoggedOut', ({ user, request }) => {
      expect(user).type.toBe<User>()
      expect(request).type.toBe<FastifyRequest>()
    })
  })

  test('the login that another browser brought', () => {
    app.login.on('sessionProtected', ({ login, request }) => {
      expect(login).type.toBe<Login>()
      expect(request).type.toBe<FastifyRequest>()
    })
  })

  test('the id of a login that ended', () => {
    app.login.on('loginEnded', ({ id, userId }) => {
      expect(id).type.toBe<string | null>()
      expect(userId).type.toBe<string | null>()
    })
  })
})

describe('on, once and off', () => {
  test('take the same events and listeners', () => {
    const listener = ({ user }: { user: User }) => { user.name.toUpperCase() }
    expect(app.login.on).type.toBeCallableWith('userLoggedIn', listener)
    expect(app.login.once).type.toBeCallableWith('userLoggedIn', listener)
    expect(app.login.off).type.toBeCallableWith('userLoggedIn', listener)
    app.login.once('userLoggedIn', ({ user }) => { expect(user).type.toBe<User>() })
  })

  test('take an async listener', () => {
    expect(app.login.on).type.toBeCallableWith('userLoggedIn', async () => {})
  })

  test('know no other event', () => {
    expect(app.login.on).type.not.toBeCallableWith('userLogedIn', () => {})
    expect(app.login.once).type.not.toBeCallableWith('userLogedIn', () => {})
    expect(app.login.off).type.not.toBeCallableWith('userLogedIn', () => {})
  })

  test('refuse a listener that asks for more than the event carries', () => {
    expect(app.login.on).type.not.toBeCallableWith('userUnauthorized', (_payload: { user: User }) => {})
    expect(app.login.on).type.not.toBeCallableWith('userLoggedIn', (_payload: { password: string }) => {})
    expect(app.login.on).type.not.toBeCallableWith('userLoggedIn')
  })
})
