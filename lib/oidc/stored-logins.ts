/**
 * Keeps who a user is at their provider in the record of the login: it ends with the login, wherever that is ended.
 *
 * @module
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { CookieSeal, Login, LoginManager, SealedFact } from '../index.ts'
import { keptFor, type ProviderLogin, type ProviderLogins } from './provider-logins.ts'
import type { Provider } from './provider.ts'

/** What is sealed there; the last are the tokens. */
export const recordShape: readonly SealedFact[] = ['text', 'text', 'text or null', 'text or null', 'any']

/** What stands in the record: sealed, so that who reads the store has no token of anybody. */
export interface StoredLogin {
  readonly oidc: string
  /** Who exchanges the refresh token at the moment, and until when they are waited for. */
  readonly refreshing?: { readonly by: string, readonly until: number }
}

export class StoredLogins implements ProviderLogins {
  readonly #manager: LoginManager
  readonly #providers: ReadonlyMap<string, Provider>
  readonly #seal: CookieSeal

  constructor (manager: LoginManager, providers: ReadonlyMap<string, Provider>, seal: CookieSeal) {
    this.#manager = manager
    this.#providers = providers
    this.#seal = seal
  }

  optionsFor (login: ProviderLogin): { data: StoredLogin } {
    return { data: this.write(login) }
  }

  async keep ({ id }: Login, _reply: FastifyReply, login: ProviderLogin, confirmed: boolean): Promise<void> {
    // A login that begins has the data already, from `loginUser`: it is written with the login or not at all.
    if (confirmed) await this.#manager.changeLoginData(id, () => this.write(login))
  }

  /** Nothing is on the response. */
  withdraw (): void {}

  async find (request: FastifyRequest): Promise<ProviderLogin | null> {
    return request.currentLogin === null ? null : this.read(await this.#manager.loginData(request.currentLogin.id))
  }

  /** The record is gone with the login. */
  forget (): void {}

  write ({ provider: { settings: { id } }, subject, session, idToken, tokens }: ProviderLogin): StoredLogin {
    return { oidc: this.#seal.seal([id, subject, session, idToken, tokens]) }
  }

  /** Null where the data are not ours: the user logged in by other means, or at a provider that is not one of ours. */
  read (data: unknown): ProviderLogin | null {
    const { oidc } = (data ?? {}) as Partial<StoredLogin>
    const facts = typeof oidc === 'string' ? this.#seal.open(oidc) : null
    if (facts === null) return null
    const [id, subject, session, idToken, tokens] = facts as [
      string, string, string | null, string | null, ProviderLogin['tokens']]
    const provider = keptFor(this.#providers, id)
    return provider === null ? null : { provider, subject, session, idToken, tokens }
  }
}
