/**
 * A provider that says whatever a test wants it to: for answers that no real one gives.
 *
 * @module
 */
import type { TestContext } from 'node:test'
import { CompactSign, SignJWT, exportJWK, generateKeyPair, type CryptoKey, type JWTPayload } from 'jose'
import { createSite, type Site, type SiteSetup } from './site.ts'
import { issuer as defaultIssuer, siteOrigin } from './provider.ts'
import { WebBrowser, World, type Asked, type Page } from './world.ts'

const pair = await generateKeyPair('ES256')
const other = await generateKeyPair('ES256')

export const forgersKey = other.privateKey
export const forgersPublicKey = other.publicKey

export interface Faked {
  /** Claims over those of an honest ID token; undefined leaves one out. */
  claims?: Record<string, unknown>
  header?: Record<string, unknown>
  /** What signs the ID token. Default: the provider's key. */
  signWith?: CryptoKey | Uint8Array
  /** Members over those of an honest token response; undefined leaves one out. */
  token?: Record<string, unknown>
  metadata?: Record<string, unknown>
  userinfo?: Record<string, unknown>
  /** Answers in place of the provider, by the path asked for. */
  answers?: Record<string, (asked: Asked) => Response | Promise<Response>>
}

export interface Attempt { readonly state: string, readonly nonce: string, readonly url: URL }

export class FakeProvider {
  readonly issuer: string
  faked: Faked = {}
  nonce = ''
  kid = 'first'
  /** How often each path was asked for. */
  readonly counts = new Map<string, number>()

  constructor (issuer = defaultIssuer) {
    this.issuer = issuer
  }

  async intercept (asked: Asked): Promise<Response> {
    const { pathname } = new URL(asked.url)
    this.counts.set(pathname, (this.counts.get(pathname) ?? 0) + 1)
    const answer = this.faked.answers?.[pathname]
    if (answer !== undefined) return await answer(asked)
    if (pathname === '/.well-known/openid-configuration') return Response.json(this.metadata())
    if (pathname === '/jwks') return Response.json({ keys: [{ ...await exportJWK(pair.publicKey), kid: this.kid, alg: 'ES256', use: 'sig' }] })
    if (pathname === '/token') return Response.json(await this.tokens())
    if (pathname === '/userinfo') return Response.json({ sub: 'ada', name: 'Ada', ...this.faked.userinfo })
    return new Response('nothing here', { status: 404 })
  }

  metadata (): Record<string, unknown> {
    const { issuer } = this
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/userinfo`,
      jwks_uri: `${issuer}/jwks`,
      response_types_supported: ['code'],
      id_token_signing_alg_values_supported: ['ES256'],
      ...this.faked.metadata
    }
  }

  async tokens (): Promise<Record<string, unknown>> {
    return { access_token: 'access', token_type: 'bearer', expires_in: 600, id_token: await this.idToken(), ...this.faked.token }
  }

  async idToken (): Promise<string> {
    const now = Math.floor(Date.now() / 1000)
    const claims = { iss: this.issuer, aud: 'site', sub: 'ada', iat: now, exp: now + 600, nonce: this.nonce, ...this.faked.claims }
    return await this.sign(claims, this.faked.header, this.faked.signWith)
  }

  async sign (claims: Record<string, unknown>, header: Record<string, unknown> = {}, key: CryptoKey | Uint8Array = pair.privateKey): Promise<string> {
    const told = { alg: 'ES256', kid: this.kid, ...header }
    if (told.alg === 'none') return `${encode(told)}.${encode(claims)}.`
    const defined = JSON.parse(JSON.stringify(claims)) as JWTPayload
    if (told.alg === 'ES256' && key === pair.privateKey) return await new SignJWT(defined).setProtectedHeader(told).sign(key)
    return await new CompactSign(Buffer.from(JSON.stringify(defined))).setProtectedHeader(told).sign(key)
  }
}

function encode (value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

export interface FakeStory extends Site {
  readonly world: World
  readonly fake: FakeProvider
  readonly browser: WebBrowser
  /** Sends the browser off to the provider. */
  readonly begin: (path?: string, browser?: WebBrowser) => Promise<Attempt>
  /** Sends it back, with an honest answer but for the parameters given; null leaves one out. */
  readonly comeBack: (attempt: Attempt, parameters?: Record<string, string | null>, browser?: WebBrowser) => Promise<Page>
  readonly userOf: (browser?: WebBrowser) => Promise<string | null>
}

export async function createFakeStory (test: TestContext, site: SiteSetup = {}, faked: Faked = {}): Promise<FakeStory> {
  const world = new World()
  const fake = new FakeProvider()
  const { issuer } = fake
  fake.faked = faked
  world.intercept = (asked) => asked.url.startsWith(`${issuer}/`) ? fake.intercept(asked) : undefined
  const made = await createSite(world, site)
  const browser = new WebBrowser(world)
  test.after(() => made.app.close())
  return {
    ...made,
    world,
    fake,
    browser,
    async begin (path = '/login', by = browser) {
      const { response } = await by.go(siteOrigin + path, { until: issuer })
      const url = new URL(String(response.headers.location))
      const { state = '', nonce = '' } = Object.fromEntries(url.searchParams)
      fake.nonce = nonce
      return { state, nonce, url }
    },
    async comeBack ({ state }, parameters = {}, by = browser) {
      const query = Object.entries({ code: 'a-code', state, ...parameters }).filter(([, value]) => value !== null) as Array<[string, string]>
      return await by.go(`${siteOrigin}/oidc/callback?${new URLSearchParams(query)}`, { until: `${issuer}/` })
    },
    async userOf (by = browser) {
      const answer = await by.request(`${siteOrigin}/whoami`, { headers: { accept: 'application/json' } })
      return (answer.json() as { user: string | null }).user
    }
  }
}
