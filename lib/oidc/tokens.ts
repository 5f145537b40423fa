/**
 * The tokens kept with a login: fresh whenever they are asked for, and refreshed by one request alone.
 *
 * @module
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { FastifyRequest } from 'fastify'
import { errors, type LoginManager } from '../index.ts'
import { nowInSeconds } from './clock.ts'
import type { Tokens as TokenSet } from './identity.ts'
import type { ProviderLogin } from './provider-logins.ts'
import type { StoredLogin, StoredLogins } from './stored-logins.ts'

/** Gives the tokens that a refresh token is good for; null where it is good for nothing any more. */
export type Refresh = (login: ProviderLogin, refreshToken: string) => Promise<TokenSet | null>

/** A token that ends so soon would end on its way, in seconds. */
const margin = 30

/** How often another process is asked after that refreshes, in seconds. */
const pause = 0.1

export class Tokens {
  readonly #manager: LoginManager
  readonly #logins: StoredLogins | null
  readonly #refresh: Refresh
  readonly #patience: number
  readonly #flights = new Map<string, Promise<TokenSet | null>>()

  /** `logins` is null where no tokens are kept. `timeout` is the longest that a provider is waited for, in seconds. */
  constructor (manager: LoginManager, logins: StoredLogins | null, refresh: Refresh, timeout: number) {
    this.#manager = manager
    this.#logins = logins
    this.#refresh = refresh
    // A refresh asks for the provider's document, its tokens and its keys.
    this.#patience = 3 * timeout + 5
  }

  /**
   * The tokens of the login behind a request, refreshed where the access token has ended; null where there are none,
   * where they belong to a provider of another registration, issuer or client, or where they cannot be refreshed: then
   * the login lives on without. Rejects with `FST_LOGIN_OIDC_UNAVAILABLE` where
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
      if (expiresAt === null || expiresAt > nowInSeconds() + margin) return login.tokens
      if (refreshToken === null) return null
      if (await this.#claim(id, logins, refreshToken, by)) return await this.#exchange(id, logins, login, refreshToken)
      await wait(pause * 1000)
    }
  }

  /** Whether it is ours to refresh: a refresh token that two use at once has the provider revoke them all. */
  async #claim (id: string, logins: StoredLogins, refreshToken: string, by: string): Promise<boolean> {
    const now = nowInSeconds()
    const after = await this.#manager.changeLoginData(id, (data) => {
      // Since the reading another process may have been here.
      if (logins.read(data)?.tokens?.refreshToken !== refreshToken) return undefined
      const { oidc, refreshing } = data as StoredLogin
      return refreshing !== undefined && this.#isClaimed(refreshing, now) ? undefined : { oidc, refreshing: { by, until: now + this.#patience } }
    })
    return (after as StoredLogin | null)?.refreshing?.by === by
  }

  /** Nobody is waited for longer than anybody takes, also where the clock was set back meanwhile. */
  #isClaimed ({ until }: NonNullable<StoredLogin['refreshing']>, now: number): boolean {
    return now < until && now >= until - 2 * this.#patience
  }

  async #exchange (id: string, logins: StoredLogins, login: ProviderLogin, refreshToken: string): Promise<TokenSet | null> {
    let tokens: TokenSet | null | undefined
    try {
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
