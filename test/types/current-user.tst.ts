/** `request.currentUser` is a user behind a guard, with nothing to write, and perhaps null anywhere else. */
import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, type HookHandlerDoneFunction } from 'fastify'
import { membersOnly, requireAnonymous, requireFreshLogin, requireFreshLoginWithin, requireLogin } from 'fastify-login'
import { describe, expect, test } from 'tstyche'
import type { CurrentUser } from '../../lib/typing.ts'
import type { User } from '../support/user.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Stands for the route config that another plugin declares. */
    speedLimit?: { max: number }
  }
}

const app = Fastify()
const typeboxApp = Fastify().withTypeProvider<TypeBoxTypeProvider>()
const http2App = Fastify({ http2: true })

declare function note (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void
declare function lookUp (request: FastifyRequest, reply: FastifyReply): Promise<void>
declare const strict: boolean

describe('without a guard, the user may be null', () => {
  test('on a route without options', () => {
    app.get('/', (request) => { expect(request.currentUser).type.toBe<User | null>() })
    app.route({ method: 'GET', url: '/', handler: (request) => { expect(request.currentUser).type.toBe<User | null>() } })
  })

  test('on a route with hooks of its own', () => {
    app.get('/', { preHandler: note }, (request) => { expect(request.currentUser).type.toBe<User | null>() })
    app.get('/', { preHandler: [note, lookUp] }, (request) => { expect(request.currentUser).type.toBe<User | null>() })
    app.get('/', { onRequest: async () => {} }, (request) => { expect(request.currentUser).type.toBe<User | null>() })
  })

  test('on a route for visitors who are not logged in', () => {
    app.get('/', { preHandler: requireAnonymous }, (request) => { expect(request.currentUser).type.toBe<User | null>() })
    app.get('/', { preHandler: [note, requireAnonymous] }, (request) => { expect(request.currentUser).type.toBe<User | null>() })
  })

  test('on a route with route config that says nothing about logins', () => {
    app.get('/', { config: {} }, (request) => { expect(request.currentUser).type.toBe<User | null>() })
    app.get('/', { config: { speedLimit: { max: 5 } } }, (request) => { expect(request.currentUser).type.toBe<User | null>() })
    app.get('/', { config: { undeclared: 'value' } }, (request) => { expect(request.currentUser).type.toBe<User | null>() })
  })

  test('in a hook of the whole instance, and in a function that takes any request', () => {
    app.addHook('preHandler', (request, _reply, done) => { expect(request.currentUser).type.toBe<User | null>(); done() })
    app.addHook('onRequest', async (request) => { expect(request.currentUser).type.toBe<User | null>() })
    expect<FastifyRequest['currentUser']>().type.toBe<User | null>()
    expect<CurrentUser<unknown, unknown>>().type.toBe<User | null>()
  })

  test('on TypeBox and http2 servers', () => {
    typeboxApp.get('/', (request) => { expect(request.currentUser).type.toBe<User | null>() })
    typeboxApp.get('/:id', { schema: { params: Type.Object({ id: Type.Number() }) } }, (request) => {
      expect(request.currentUser).type.toBe<User | null>()
    })
    http2App.get('/', (request) => { expect(request.currentUser).type.toBe<User | null>() })
  })
})

describe('behind a guard, the user is there', () => {
  test('for every guard', () => {
    app.get('/', { preHandler: requireLogin }, (request) => { expect(request.currentUser).type.toBe<User>() })
    app.get('/', { preHandler: requireFreshLogin }, (request) => { expect(request.currentUser).type.toBe<User>() })
    app.get('/', { preHandler: requireFreshLoginWithin(60) }, (request) => { expect(request.currentUser).type.toBe<User>() })
    app.get('/', { preHandler: app.requireLogin }, (request) => { expect(request.currentUser).type.toBe<User>() })
    app.get('/', { preHandler: app.requireFreshLogin }, (request) => { expect(request.currentUser).type.toBe<User>() })
    app.get('/', { preHandler: app.requireFreshLoginWithin(60) }, (request) => { expect(request.currentUser).type.toBe<User>() })
  })

  test('as onRequest, preValidation and preHandler, single and in an array', () => {
    app.get('/', { onRequest: requireLogin }, (request) => { expect(request.currentUser).type.toBe<User>() })
    app.get('/', { preValidation: requireLogin }, (request) => { expect(request.currentUser).type.toBe<User>() })
    app.get('/', { onRequest: [requireLogin] }, (request) => { expect(request.currentUser).type.toBe<User>() })
    app.get('/', { preValidation: [requireLogin] }, (request) => { expect(request.currentUser).type.toBe<User>() })
    app.get('/', { preHandler: [requireLogin] }, (request) => { expect(request.currentUser).type.toBe<User>() })
    app.get('/', { preHandler: [requireLogin, requireFreshLogin] }, (request) => { expect(request.currentUser).type.toBe<User>() })
  })

  test('for every method, with the handler among the options, and with app.route', () => {
    app.post('/', { preHandler: requireLogin }, async (request) => { expect(request.currentUser).type.toBe<User>() })
    app.all('/', { preHandler: requireLogin }, (request) => { expect(request.currentUser).type.toBe<User>() })
    app.get('/', { preHandler: requireLogin, handler: (request) => { expect(request.currentUser).type.toBe<User>() } })
    app.route({
      method: ['PUT', 'PATCH'],
      url: '/',
      preHandler: requireLogin,
      handler (request) { expect(request.currentUser).type.toBe<User>() }
    })
    app.route({
      method: 'GET',
      url: '/',
      onRequest: [note, requireLogin],
      handler: async (request) => { expect(request.currentUser).type.toBe<User>() }
    })
    app.setNotFoundHandler({ preHandler: requireLogin }, (request) => { expect(request.currentUser).type.toBe<User>() })
  })

  test('with a named callback hook beside it', () => {
    app.get('/', { preHandler: [note, requireLogin] }, (request) => { expect(request.currentUser).type.toBe<User>() })
    app.get('/', { preHandler: [requireLogin, note] }, (request) => { expect(request.currentUser).type.toBe<User>() })
    app.get('/', { onRequest: note, preHandler: requireLogin }, (request) => { expect(request.currentUser).type.toBe<User>() })
  })

  test('with a named async hook beside it', () => {
    app.get('/', { preHandler: [lookUp, requireLogin] }, (request) => { expect(request.currentUser).type.toBe<User>() })
    app.get('/', { preHandler: [requireLogin, lookUp] }, (request) => { expect(request.currentUser).type.toBe<User>() })
    app.get('/', { preHandler: [lookUp, note, requireLogin] }, (request) => { expect(request.currentUser).type.toBe<User>() })
    app.get('/', { preHandler: requireLogin, onResponse: lookUp }, (request) => { expect(request.currentUser).type.toBe<User>() })
  })

  test('in the inline hooks of the same route', () => {
    app.get('/', {
      onRequest: requireLogin,
      preHandler: async (request) => { expect(request.currentUser).type.toBe<User>() },
      errorHandler: (error, request) => { expect(request.currentUser).type.toBe<User>(); throw error }
    }, (request) => { expect(request.currentUser).type.toBe<User>() })
  })

  test('beside the route config of other plugins', () => {
    app.get('/', { preHandler: requireLogin, config: { speedLimit: { max: 5 } } }, (request) => {
      expect(request.currentUser).type.toBe<User>()
    })
    app.get('/', { preHandler: requireLogin, config: { undeclared: 'value' } }, (request) => {
      expect(request.currentUser).type.toBe<User>()
    })
  })

  test('together with a type provider', () => {
    const schema = { params: Type.Object({ id: Type.Number() }) }
    typeboxApp.get('/:id', { schema, preHandler: requireLogin }, (request) => {
      expect(request.currentUser).type.toBe<User>()
      expect(request.params.id).type.toBe<number>()
    })
    typeboxApp.get('/:id', { schema, preHandler: [note, requireLogin] }, (request) => {
      expect(request.currentUser).type.toBe<User>()
      expect(request.params.id).type.toBe<number>()
    })
    typeboxApp.route({
      method: 'POST',
      url: '/:id',
      schema: { body: Type.Object({ title: Type.String() }), response: { 200: Type.Object({ ok: Type.Boolean() }) } },
      preHandler: requireLogin,
      handler: async (request) => {
        expect(request.currentUser).type.toBe<User>()
        expect(request.body.title).type.toBe<string>()
        return { ok: true }
      }
    })
  })

  test('together with a plain JSON schema', () => {
    app.get('/:id', {
      schema: { params: { type: 'object', properties: { id: { type: 'string' } } } }, preHandler: requireLogin
    }, (request) => { expect(request.currentUser).type.toBe<User>() })
  })

  test('on http2 servers', () => {
    http2App.get('/', { preHandler: requireLogin }, (request) => { expect(request.currentUser).type.toBe<User>() })
    http2App.get('/', { onRequest: [requireFreshLogin] }, (request) => { expect(request.currentUser).type.toBe<User>() })
    http2App.get('/', { config: { login: 'fresh' } }, (request) => { expect(request.currentUser).type.toBe<User>() })
  })

  test('and the handler may hand its request on to a function that takes any', () => {
    const nameOf = (request: FastifyRequest) => request.currentUser?.name
    app.get('/', { preHandler: requireLogin }, (request) => { expect(nameOf).type.toBeCallableWith(request) })
  })
})

describe('route config says what the guard would', () => {
  test('required and fresh promise a user', () => {
    app.get('/', { config: { login: 'required' } }, (request) => { expect(request.currentUser).type.toBe<User>() })
    app.get('/', { config: { login: 'fresh' } }, (request) => { expect(request.currentUser).type.toBe<User>() })
    app.get('/', { config: { login: 'required', speedLimit: { max: 5 } } }, (request) => {
      expect(request.currentUser).type.toBe<User>()
    })
    app.get('/', { config: { login: 'required' }, preHandler: async () => {} }, (request) => {
      expect(request.currentUser).type.toBe<User>()
    })
    app.route({
      method: 'GET', url: '/', config: { login: 'required' }, handler: (request) => { expect(request.currentUser).type.toBe<User>() }
    })
  })

  test('of a not-found handler, too', () => {
    app.setNotFoundHandler({ config: { login: 'required' } }, (request, reply) => {
      expect(request.currentUser).type.toBe<User>()
      return reply.code(200).send('the page')
    })
    app.setNotFoundHandler({ config: { login: 'fresh' }, preHandler: [note, lookUp] }, (request) => { expect(request.currentUser).type.toBe<User>() })
    app.setNotFoundHandler({ config: { login: 'optional' } }, (request) => { expect(request.currentUser).type.toBe<User | null>() })
    app.setNotFoundHandler({ config: {} }, (request) => { expect(request.currentUser).type.toBe<User | null>() })
    app.setNotFoundHandler((request) => { expect(request.currentUser).type.toBe<User | null>() })
    expect(app.setNotFoundHandler).type.not.toBeCallableWith({ config: { login: 'requried' } }, () => {})
    http2App.setNotFoundHandler({ config: { login: 'required' } }, () => {})
    typeboxApp.setNotFoundHandler({ config: { login: 'required' } }, (request) => { expect(request.currentUser).type.toBe<User>() })
  })

  test('optional, anonymous and ignored promise nobody', () => {
    app.get('/', { config: { login: 'optional' } }, (request) => { expect(request.currentUser).type.toBe<User | null>() })
    app.get('/', { config: { login: 'anonymous' } }, (request) => { expect(request.currentUser).type.toBe<User | null>() })
    app.get('/', { config: { login: 'ignored' } }, (request) => { expect(request.currentUser).type.toBe<User | null>() })
  })

  test('a value that is known at run time only promises nobody', () => {
    app.get('/', { config: { login: strict ? 'required' : 'optional' } }, (request) => {
      expect(request.currentUser).type.toBe<User | null>()
    })
  })

  test('a guard beside it keeps its promise', () => {
    app.get('/', { config: { login: 'required' }, preHandler: requireFreshLogin }, (request) => {
      expect(request.currentUser).type.toBe<User>()
    })
    app.get('/', { config: { login: 'optional' }, preHandler: requireLogin }, (request) => {
      expect(request.currentUser).type.toBe<User>()
    })
  })

  test('any other value is an error', () => {
    expect(app.get<{}, {}>).type.not.toBeCallableWith('/', { config: { login: 'requried' } }, () => {})
    expect(app.get<{}, {}>).type.not.toBeCallableWith('/', { config: { login: true } }, () => {})
    expect(app.get<{}, {}>).type.toBeCallableWith('/', { config: { login: 'required' } }, () => {})
  })
})

describe('membersOnly promises a user on every route of its scope', () => {
  test('with and without options, and with explicit generics', () => {
    const members = membersOnly(app)
    members.get('/', (request) => { expect(request.currentUser).type.toBe<User>() })
    members.get('/', { preHandler: note }, (request) => { expect(request.currentUser).type.toBe<User>() })
    members.get('/', { config: {} }, (request) => { expect(request.currentUser).type.toBe<User>() })
    members.get('/', { preHandler: requireFreshLogin }, (request) => { expect(request.currentUser).type.toBe<User>() })
    members.get<{ Params: { id: string } }>('/:id', (request) => {
      expect(request.currentUser).type.toBe<User>()
      expect(request.params.id).type.toBe<string>()
    })
    members.route({ method: 'GET', url: '/', handler: (request) => { expect(request.currentUser).type.toBe<User>() } })
  })

  test('in its hooks, and through the reply', () => {
    const members = membersOnly(app)
    members.addHook('preHandler', async (request) => { expect(request.currentUser).type.toBe<User>() })
    members.addHook('onSend', (request, _reply, _payload, done) => { expect(request.currentUser).type.toBe<User>(); done() })
    members.get('/', (_request, reply) => { expect(reply.request.currentUser).type.toBe<User>() })
  })

  test('with a type provider and on http2 servers', () => {
    membersOnly(typeboxApp).get('/:id', { schema: { params: Type.Object({ id: Type.Number() }) } }, (request) => {
      expect(request.currentUser).type.toBe<User>()
      expect(request.params.id).type.toBe<number>()
    })
    membersOnly(http2App).get('/', (request) => { expect(request.currentUser).type.toBe<User>() })
  })

  test('and leaves the scope that it was given as it was', () => {
    app.register(async (scope) => {
      membersOnly(scope)
      expect(scope).type.toBe<FastifyInstance>()
      scope.get('/', (request) => { expect(request.currentUser).type.toBe<User | null>() })
    })
  })
})

describe('guards go wherever Fastify takes a hook', () => {
  test('in an async hook or a handler, which awaits them', () => {
    app.addHook('onRequest', async (request, reply) => {
      expect(requireLogin(request, reply)).type.toBe<Promise<void>>()
      expect(requireFreshLoginWithin(60)(request, reply)).type.toBe<Promise<void>>()
      await app.requireFreshLogin(request, reply)
      await requireAnonymous(request, reply)
    })
    http2App.get('/', async (request, reply) => { await requireLogin(request, reply) })
    typeboxApp.get('/', async (request, reply) => { await app.requireAnonymous(request, reply) })
    expect(requireLogin).type.not.toBeCallableWith()
    expect(requireAnonymous).type.not.toBeCallableWith()
  })

  test('in hooks of the whole instance', () => {
    expect(app.addHook).type.toBeCallableWith('onRequest', requireLogin)
    expect(app.addHook).type.toBeCallableWith('preValidation', requireFreshLogin)
    expect(app.addHook).type.toBeCallableWith('preHandler', requireAnonymous)
    expect(http2App.addHook).type.toBeCallableWith('preHandler', requireLogin)
    expect(typeboxApp.addHook).type.toBeCallableWith('preHandler', requireLogin)
  })

  test('among the functions that plugins such as @fastify/auth combine, which promises nobody', () => {
    type Combined = (this: FastifyInstance, request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => void
    const combine = (_functions: Array<Combined | Combined[]>): Combined => note
    expect(combine).type.toBeCallableWith([requireLogin, [requireFreshLogin, requireAnonymous], app.requireLogin])
    app.get('/', { preHandler: combine([requireLogin]) }, (request) => { expect(request.currentUser).type.toBe<User | null>() })
    app.get('/', { preHandler: [combine([requireAnonymous]), requireLogin] }, (request) => {
      expect(request.currentUser).type.toBe<User>()
    })
  })
})

describe('known limits: the type says less, or more, than is so', () => {
  test('explicit generics on a single route leave the user nullable', () => {
    app.get<{ Params: { id: string } }>('/:id', { preHandler: requireLogin }, (request) => {
      expect(request.currentUser).type.toBe<User | null>()
    })
    app.get<{ Params: { id: string } }>('/:id', { config: { login: 'required' } }, (request) => {
      expect(request.currentUser).type.toBe<User | null>()
    })
  })

  test('a named hook beside route config leaves the user nullable, where beside a guard it does not', () => {
    app.get('/', { config: { login: 'required' }, preHandler: note }, (request) => {
      expect(request.currentUser).type.toBe<User | null>()
    })
    app.get('/', { config: { login: 'required' }, preHandler: [note, requireLogin] }, (request) => {
      expect(request.currentUser).type.toBe<User>()
    })
  })

  test('reply.request of a single guarded route leaves the user nullable', () => {
    app.get('/', { preHandler: requireLogin }, (_request, reply) => {
      expect(reply.request.currentUser).type.toBe<User | null>()
    })
  })

  test('a guard that may not run promises a user all the same', () => {
    app.get('/', { preHandler: strict ? requireLogin : note }, (request) => { expect(request.currentUser).type.toBe<User>() })
  })

  test('a route for OPTIONS is narrowed, although preflights pass its guard', () => {
    app.options('/', { config: { login: 'required' } }, (request) => { expect(request.currentUser).type.toBe<User>() })
  })
})
