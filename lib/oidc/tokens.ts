/**
 * The tokens kept with a login: fresh whenever they are asked for, and refreshed by one request alone.
 *
 * @module
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { FastifyRequest } from 'fastify'
import { errors, type LoginManager } from '../index.ts'
import type { ProviderLogin, Tokens as TokenSet } from './identity.ts'
import type { StoredLogin, StoredLogins } from './stored-logins.ts'

/** Gives the tokens that a refresh token is good for; null where it is good for nothing any more. */
export type Refresh = (login: ProviderLogin, refreshToken: string) => Promise<TokenSet | null>

/** A token that ends so soon would end on its way, in seconds. */
const margin = 30

/** How long another process is waited for that refreshes, and how often it is asked after, in seconds. */
const patience = 15
const pause = 0.1

export class Tokens {
  readonly #manager: LoginManager
  readonly #logins: StoredLogins | null
  readonly #refresh: Refresh
  readonly #flights = new Map<string, Promise<TokenSet | null>>()

  /** `logins` is null where no tokens are kept. */
  constructor (manager: LoginManager, logins: StoredLogins | null, refresh: Refresh) {
    this.#manager = manager
    this.#logins = logins
    this.#refresh = refresh
  }

  /**
   * The tokens of the login behind a request, refreshed where the access token has ended; null where there are none,
   * or they cannot be refreshed: then the login lives on without. Rejects with `FST_LOGIN_OIDC_UNAVAILABLE` where
   * the provider cannot be asked.
   */
  async get (request: FastifyRequest): Promise<TokenSet | null> {
    if (this.#logins === null) throw new errors.StoreRequiredError('app.oidc.tokens, with the option keepTokens,')
    const id = request.currentLogin?.id
    if (id === undefined) return null
    const flight = this.#flights.get(id) ?? this.#fresh(id, this.#logins).finally(() => this.#flights.delete(id))
    this.#flights.set(id, flight)
    return await flight
  }

  async #fresh (id: string, logins: StoredLogins): Promise<TokenSet | null> {
    const by = randomUUID()
    for (;;) {
      const login = logins.read(await this.#manager.loginData(id))
      if (login === null || login.tokens === null) return null
      const { expiresAt, refreshToken } = login.tokens
      if (expiresAt === null || expiresAt > Date.now() / 1000 + margin) return login.tokens
      if (refreshToken === null) return null
      if (await this.#claim(id, by)) return await this.#exchange(id, logins, refreshToken)
      await wait(pause * 1000)
    }
  }

  /** Whether it is ours to refresh: a refresh token that two use at once has the provider revoke them all. */
  async #claim (id: string, by: string): Promise<boolean> {
    const now = Date.now() / 1000
    const after = await this.#manager.changeLoginData(id, (data) => {
      const { refreshing } = (data ?? {}) as Partial<StoredLogin>
      const isTaken = data === null || (refreshing !== undefined && now < refreshing.until)
      return isTaken ? undefined : { ...data as StoredLogin, refreshing: { by, until: now + patience } }
    })
    return (after as StoredLogin | null)?.refreshing?.by === by
  }

  async #exchange (id: string, logins: StoredLogins, refreshToken: string): Promise<TokenSet | null> {
    let tokens: TokenSet | null | undefined
    try {
      const login = logins.read(await this.#manager.loginData(id))
      // Between the reading and the claim another process may have been here.
      if (login?.tokens?.refreshToken !== refreshToken) return login?.tokens ?? null
      tokens = await this.#refresh(login, refreshToken)
      return tokens
    } finally {
      await this.#manager.changeLoginData(id, (data) => this.#settled(logins, data, tokens))
    }
  }

  /** The data once it is known what came of it; undefined tokens: nothing did. */
  #settled (logins: StoredLogins, data: unknown, tokens: TokenSet | null | undefined): StoredLogin | null {
    const login = logins.read(data)
    if (login === null) return data as StoredLogin | null
    return logins.write(tokens === undefined ? login : { ...login, tokens, idToken: tokens?.idToken ?? login.idToken })
  }
}
