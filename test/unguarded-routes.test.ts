/** A route that looks guarded and is not stops the boot; one that somebody may have forgotten is named in a warning. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import Fastify, { type FastifyInstance, type FastifyPluginAsync } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import login, { membersOnly, MemoryStore, requireLogin, type LoginOptions } from 'fastify-login'
import oidc from 'fastify-login/oidc'
import { key } from './support/app.ts'

const user = { id: '1', name: 'Ada' }
const options = { key, loadUser: () => user, store: new MemoryStore() } as LoginOptions

/** The plugin as a file of an application registers it, which forgot fastify-plugin, with a route of its own. */
const encapsulated = (more: Partial<LoginOptions> = {}): FastifyPluginAsync => async (scope) => {
  await scope.register(login, { ...options, ...more } as LoginOptions)
  scope.get('/inside', { config: { login: 'required' } }, () => 'for members')
}

/** Boots an application; what it warned of, and the application. */
async function boot (declare: (app: FastifyInstance) => unknown): Promise<{ app: FastifyInstance, warnings: string[] }> {
  const lines: Array<{ level: number, msg: string }> = []
  const app = Fastify({ logger: { stream: { write: (line: string) => { lines.push(JSON.parse(line)) } } } })
  await declare(app)
  await app.ready()
  return { app, warnings: lines.filter(({ level }) => level >= 40).map(({ msg }) => msg) }
}

/** The sentence that a boot stops with. */
async function stops (declare: (app: FastifyInstance) => unknown): Promise<string> {
  const failure = await boot(declare).then(() => assert.fail('the boot went on'), (error: Error & { code?: string }) => error)
  assert.equal(failure.code, 'FST_LOGIN_UNGUARDED_ROUTE', failure.message)
  return failure.message
}

const remedy = 'fastify-login was registered inside another plugin that Fastify encapsulates. ' +
  'Wrap that plugin with fastify-plugin (also a file that @fastify/autoload loads), or declare these routes inside it'
const wayOut = 'Wrap that plugin with fastify-plugin (also a file that @fastify/autoload loads), or set the option thisScopeOnly to true if this is meant'

describe('where the plugin was registered inside an encapsulated plugin, a route outside', () => {
  test('that asks for a login stops the boot, in a sentence that names the route and fastify-plugin', async () => {
    assert.equal(await stops(async (app) => {
      app.register(encapsulated())
      app.get('/outside', { config: { login: 'required' } }, () => 'for members')
    }), `fastify-login: anybody can reach /outside, although config.login asks for a login there, because ${remedy}`)
  })

  for (const [where, declare] of Object.entries<(app: FastifyInstance, route: FastifyPluginAsync) => unknown>({
    'on the root, before the plugin': async (app, route) => { await route(app, {}); app.register(encapsulated()) },
    'on the root, after the plugin': async (app, route) => { await app.register(encapsulated()); await route(app, {}) },
    'in a scope before the plugin': (app, route) => { app.register(route); app.register(encapsulated()) },
    'in a scope after the plugin': (app, route) => { app.register(encapsulated()); app.register(route) },
    'in a scope with a prefix': (app, route) => { app.register(encapsulated()); app.register(route, { prefix: '/api' }) },
    'beside a plugin that is nested deeper': (app, route) => {
      app.register(async (scope) => {
        scope.register(encapsulated())
        scope.register(route)
      })
    }
  })) {
    test(`stops the boot wherever it is declared: ${where}`, async () => {
      for (const policy of ['required', 'fresh', 'anonymous', 'requird'] as const) {
        assert.match(await stops((app) => declare(app, async (scope) => {
          scope.get('/outside', { config: { login: policy as 'required' } }, () => 'open')
        })), /anybody can reach (?:\/api)?\/outside, .*fastify-plugin/)
      }
    })
  }

  test('stops the boot whatever its methods, constraints, hooks and further config are', async () => {
    const config = { login: 'required' } as const
    for (const declare of [
      (app: FastifyInstance) => app.all('/outside', { config }, () => 'open'),
      (app: FastifyInstance) => app.route({ method: ['GET', 'POST'], url: '/outside', config, handler: () => 'open' }),
      (app: FastifyInstance) => app.get('/outside', { config, constraints: { host: 'example.org' } }, () => 'open'),
      (app: FastifyInstance) => app.get('/outside', { config, onRequest: async function someHook () {} }, () => 'open'),
      (app: FastifyInstance) => app.get('/outside', { config: { ...config, itself: config } as never }, () => 'open')
    ]) {
      assert.match(await stops((app) => { app.register(encapsulated()); declare(app) }), /reach \/outside,/)
    }
  })

  test('that says that everybody may come in stops nothing, and a warning names it', async () => {
    for (const policy of ['optional', 'ignored'] as const) {
      const { warnings } = await boot((app) => {
        app.register(encapsulated())
        app.get('/outside', { config: { login: policy } }, () => 'open')
      })
      assert.equal(warnings.length, 1)
    }
  })

  test('is named in a warning that names fastify-plugin, too', async () => {
    const { warnings } = await boot((app) => {
      app.register(encapsulated({ defaultLogin: 'required' }))
      for (const name of 'abcdefg') app.get(`/${name}`, () => 'open')
    })
    assert.deepEqual(warnings, ['fastify-login was registered inside a plugin that Fastify encapsulates, so it does not guard the routes outside that plugin: ' +
      `/a, /b, /c, /d, /e and 2 more. ${wayOut}`])
  })

  test('is not warned of where the option thisScopeOnly says that it is meant, and stops the boot even so where it asks for a login', async () => {
    const { warnings } = await boot((app) => {
      app.register(encapsulated({ thisScopeOnly: true }))
      app.get('/outside', () => 'open')
    })
    assert.deepEqual(warnings, [])
    await stops((app) => {
      app.register(encapsulated({ thisScopeOnly: true }))
      app.get('/outside', { config: { login: 'required' } }, () => 'open')
    })
  })

  test('refuses everybody where it has a guard among its hooks', async () => {
    const { app } = await boot((app) => {
      app.register(encapsulated({ thisScopeOnly: true }))
      app.get('/outside', { preHandler: requireLogin }, () => 'open')
    })
    const { statusCode, body } = await app.inject('/outside')
    assert.deepEqual([statusCode, JSON.parse(body).code], [500, 'FST_LOGIN_NOT_REGISTERED'])
  })

  test('may be guarded by another registration', async () => {
    const { warnings } = await boot((app) => {
      app.register(encapsulated({ thisScopeOnly: true }))
      app.register(async (scope) => {
        await scope.register(login, { ...options, cookieName: 'other', remember: { cookieName: 'other_remember' } } as LoginOptions)
        scope.get('/staff', { config: { login: 'required' } }, () => 'for staff')
      })
    })
    assert.deepEqual(warnings, [])
  })

  test('is warned of without its name where the list of routes cannot be read', async () => {
    for (const printRoutes of [() => 'routes in another form', () => { throw new Error('cannot be printed') }]) {
      const { warnings } = await boot((app) => {
        Object.assign(app, { printRoutes })
        app.register(encapsulated())
        app.get('/outside', () => 'open')
      })
      assert.deepEqual(warnings, [`fastify-login was registered inside a plugin that Fastify encapsulates, so it does not guard the routes outside that plugin. ${wayOut}`])
    }
  })
})

describe('there is no warning where the plugin guards every route:', () => {
  const root = async (app: FastifyInstance) => { await app.register(login, options) }
  for (const [how, urls, declare] of [
    ['registered on the root', [], root],
    ['registered on the root, without await', [], (app: FastifyInstance) => { app.register(login, options) }],
    ['registered by a plugin that is wrapped with fastify-plugin', ['/inside'], (app: FastifyInstance) => { app.register(fastifyPlugin(encapsulated())) }],
    ['registered by a wrapped plugin inside a wrapped plugin', ['/inside'], (app: FastifyInstance) => {
      app.register(fastifyPlugin(async (scope) => { await scope.register(fastifyPlugin(encapsulated())) }))
    }],
    ['registered on the root, after routes and plugins with routes', ['/before', '/before/inside'], async (app: FastifyInstance) => {
      app.get('/before', { config: { login: 'required' } }, () => 'for members')
      app.register(async (scope) => { scope.get('/before/inside', { config: { login: 'required' } }, () => 'for members') })
      await root(app)
    }]
  ] as const) {
    test(how, async () => {
      const { app, warnings } = await boot(async (app) => {
        await declare(app)
        app.register(async (scope) => { scope.get('/outside', { config: { login: 'required' } }, () => 'for members') })
      })
      assert.deepEqual(warnings, [])
      for (const url of ['/outside', ...urls]) assert.equal((await app.inject(url)).statusCode, 401, url)
    })
  }

  test('all of the application is inside the encapsulated plugin, as fastify-cli loads it', async () => {
    const { warnings } = await boot((app) => {
      app.register(async (whole) => {
        whole.register(fastifyPlugin(encapsulated()))
        whole.register(async (scope) => { scope.get('/further', { config: { login: 'required' } }, () => 'for members') })
      })
    })
    assert.deepEqual(warnings, [])
  })
})

describe('what is missing outside the scope of the plugin', () => {
  test('membersOnly lets nobody in there', async () => {
    const { app } = await boot((app) => {
      app.register(encapsulated({ thisScopeOnly: true }))
      app.register(async (scope) => { membersOnly(scope).get('/outside', () => 'open') })
    })
    assert.equal((await app.inject('/outside')).json().code, 'FST_LOGIN_NOT_REGISTERED')
  })

  test('OpenID Connect stops the boot there, and inside the scope its routes are as ever', async () => {
    const provider = { issuer: 'https://op.test', clientId: 'site', clientSecret: 'a secret of the client', baseUrl: 'https://app.test', toUser: () => null }
    await assert.rejects(boot(async (app) => {
      app.register(encapsulated())
      await app.register(oidc, provider)
    }), { code: 'FST_ERR_PLUGIN_DEPENDENCY_NOT_REGISTERED' })
    const { warnings } = await boot((app) => {
      app.register(async (scope) => {
        await scope.register(login, options)
        await scope.register(oidc, provider)
      })
    })
    assert.deepEqual(warnings, [])
  })
})
