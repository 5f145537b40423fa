/**
 * A real OpenID Connect provider in this process, at https://op.test, where everybody logs in as whom the test says.
 *
 * @module
 */
import { generateKeyPairSync } from 'node:crypto'
import Fastify, { type FastifyInstance } from 'fastify'
import Provider, { interactionPolicy, type ClientMetadata, type Configuration } from 'oidc-provider'

export const issuer = 'https://op.test'
export const siteOrigin = 'https://app.test'

/** A key to sign with. */
export function newKey (kid: string) {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { ...privateKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'ES256' }
}

export interface TestProvider {
  readonly server: FastifyInstance
  readonly provider: Provider
  /** Who logs in when they are asked to; null: who cancels. */
  account: string | null
  /** How often somebody was asked to log in, by prompt. */
  readonly prompts: string[]
}

export interface ProviderSetup {
  readonly issuer?: string
  readonly client?: Partial<ClientMetadata>
  readonly configuration?: Partial<Configuration>
  readonly fetch?: Configuration['fetch']
  /** Whether the provider lets visitors register with `prompt=create`. */
  readonly registers?: boolean
}

export function createProvider ({ issuer: at = issuer, client = {}, configuration = {}, fetch, registers = false }: ProviderSetup = {}): TestProvider {
  const policy = interactionPolicy.base()
  if (registers) policy.add(new interactionPolicy.Prompt({ name: 'create', requestable: true }), 0)
  const provider = quietly(() => new Provider(at, {
    clients: [{
      client_id: 'site',
      client_secret: 'a secret of the client, long enough for HS256',
      redirect_uris: [`${siteOrigin}/oidc/callback`],
      post_logout_redirect_uris: [`${siteOrigin}/`],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      id_token_signed_response_alg: 'ES256',
      ...client
    }],
    jwks: { keys: [newKey('first')] },
    cookies: { keys: ['a secret of the provider'] },
    claims: { openid: ['sub'], email: ['email'], profile: ['name'] },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, email: `${id}@example.org`, name: id }) }),
    interactions: { policy, url: (_context, interaction) => `/interaction/${interaction.uid}` },
    async loadExistingGrant (context) {
      const { session, client: asking, provider: { Grant } } = context.oidc
      const present = session?.grantIdFor(asking?.clientId as string)
      const grant = present === undefined ? undefined : await Grant.find(present)
      if (grant !== undefined) return grant
      const made = new Grant({ clientId: asking?.clientId as string, accountId: session?.accountId as string })
      made.addOIDCScope('openid email profile offline_access')
      await made.save()
      return made
    },
    issueRefreshToken: async () => true,
    ttl: { Interaction: 3600, Grant: 86400, Session: 86400, AccessToken: 600, RefreshToken: 86400, IdToken: 3600, AuthorizationCode: 60 },
    ...registers ? { discovery: { prompt_values_supported: ['none', 'login', 'consent', 'create'] } } : {},
    ...fetch === undefined ? {} : { fetch },
    ...configuration,
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      revocation: { enabled: true },
      rpInitiatedLogout: { enabled: true, logoutSource: (context, form) => { context.body = `<p>Log out?</p>${form}` } },
      ...configuration.features
    }
  }))
  provider.proxy = true
  const server = Fastify()
  const test: TestProvider = { server, provider, account: 'ada', prompts: [] }
  provider.use(async (context, next) => {
    if (!context.path.startsWith('/interaction/')) return await next()
    const { prompt } = await provider.interactionDetails(context.req, context.res)
    test.prompts.push(prompt.name)
    const result = test.account === null ? { error: 'access_denied' } : { login: { accountId: test.account }, ...prompt.name === 'create' ? { create: {} } : {} }
    await provider.interactionFinished(context.req, context.res, result, { mergeWithLastSubmission: false })
    context.respond = false
  })
  const callback = provider.callback()
  server.addHook('onRequest', async (request, reply) => {
    reply.hijack()
    await callback(request.raw, reply.raw)
  })
  server.setNotFoundHandler(() => {})
  return test
}

/** The provider says at each start what it thinks of the runtime. */
function quietly<Made> (make: () => Made): Made {
  const { info, warn } = console
  Object.assign(console, { info: () => {}, warn: () => {} })
  try {
    return make()
  } finally {
    Object.assign(console, { info, warn })
  }
}
