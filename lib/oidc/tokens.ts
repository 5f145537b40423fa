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
      if (!await this.#claim(id, logins, refreshToken, by)) await wait(pause * 1000)
      else {
        const tokens = await this.#exchange(id, logins, login, refreshToken)
        if (tokens !== undefined) return tokens
      }
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

  /** The new tokens, null where there are none any more; undefined where the user has logged in anew meanwhile. */
  async #exchange (
    id: string, logins: StoredLogins, login: ProviderLogin, refreshToken: string
  ): Promise<TokenSet | null | undefined> {
    let tokens: TokenSet | null | undefined
    let isSame = false
    try {
      tokens = await this.#refresh(login, refreshToken)
    } finally {
      await this.#manager.changeLoginData(id, (data) => {
        const current = logins.read(data)
        isSame = isSameLogin(current, login, refreshToken)
        if (current === null || !isSame) return undefined
        return logins.write(tokens === undefined ? current : { ...current, tokens, idToken: tokens?.idToken ?? current.idToken })
      })
    }
    return isSame ? tokens : undefined
  }
}

/**
 * Whether the login at the provider is still the one whose refresh token was exchanged. The user may have logged in at
 * another provider meanwhile, to which nothing of this one may be sent.
 */
function isSameLogin (current: ProviderLogin | null, { provider, subject }: ProviderLogin, refreshToken: string): boolean {
  return current?.provider === provider && current.subject === subject && current.tokens?.refreshToken === refreshToken
}
