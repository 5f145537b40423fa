/**
 * The login manager, `app.login`: events, answers, and logins by their id or user.
 *
 * @module
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isUserId, namedUserId } from './account.ts'
import { needsRefresh, unauthorized } from './answers.ts'
import { keyedDigest } from './digest.ts'
import { StoreRequiredError } from './errors.ts'
import { EventSource } from './event-source.ts'
import { changeDataOfLogin, dataOfLogin, sealFor, storeOf, type CookieSeal } from './extension.ts'
import { loginInfo, type LoginInfo } from './logins/login-info.ts'
import { isLoginId } from './logins/record.ts'
import { sortInSlices } from './logins/slices.ts'
import type { LoginStore } from './logins/store.ts'
import { loginUrl } from './page-url.ts'
import { realmsOf } from './scope.ts'
import type { SealedFact } from './seal.ts'
import { settingsOf, type Settings } from './settings.ts'
import { nowInSeconds } from './state.ts'

/** The manager of a scope's realm. */
export class LoginManager extends EventSource {
  readonly #settings: Settings

  constructor (settings: Settings) {
    super(settings.realm.listeners)
    this.#settings = settings
  }

  /** Answers a request as `requireLogin` does; rejects with `FST_LOGIN_UNAUTHORIZED` where the answer is an error. */
  async unauthorized (request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    await unauthorized(this.#settingsFor(request), request, reply)
    // Awaited with the promise: it is fulfilled once the answer is out.
    return reply
  }

  /** Answers a request as `requireFreshLogin` does; rejects with `FST_LOGIN_NEEDS_REFRESH` where the answer is an error. */
  async needsRefresh (request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    await needsRefresh(this.#settingsFor(request), request, reply)
    return reply
  }

  /** The address of the scope's login page, with a target to go on to if it is on this site; null without `loginPath`. */
  loginUrl (request: FastifyRequest, next?: string): string | null {
    return loginUrl(this.#settingsFor(request), next)
  }

  /** A token that only this application can make of these parts, the same each time: base64url, 43 characters. */
  makeSecureToken (...parts: ReadonlyArray<string | number>): string {
    return keyedDigest(this.#settings.realm.tokenKeys[0] as Buffer, JSON.stringify(parts))
  }

  /** A user's logins, the latest first; the one behind a request is marked. Rejects with `FST_LOGIN_STORE_REQUIRED` without a store. */
  async logins (userId: string | number | bigint, request?: FastifyRequest): Promise<LoginInfo[]> {
    const id = namedUserId(userId, 'app.login.logins')
    const { store, realm: { logins } } = this.#settings
    const records = store !== null && !isUserId(id) ? [] : await logins.list(id, this.#settings, nowInSeconds())
    if (records === null) throw new StoreRequiredError('app.login.logins')
    const sorted = await sortInSlices(records, (one, other) => other.seenAt - one.seenAt)
    return sorted.map((record) => loginInfo(record, request?.currentLogin?.id))
  }

  /**
   * Ends a login by its id, wherever its browser is. Name the user where the id came from a visitor: then only a
   * login of that user ends. False where it is no login's id, or known to be another user's.
   */
  async endLogin (id: string, owner: { userId?: string | number | bigint } = {}): Promise<boolean> {
    // A user who is named and undefined is a mistake, which must not end anybody's login.
    const userId = Object.hasOwn(owner, 'userId') ? namedUserId(owner.userId, 'the option userId of app.login.endLogin') : null
    const { logins, listeners } = this.#settings.realm
    if (!isLoginId(id) || (userId !== null && !isUserId(userId))) return false
    if (!await logins.endById(id, userId, nowInSeconds())) return false
    listeners.tell('loginEnded', { id, userId, exceptId: null, reason: 'revoked' })
    return true
  }

  /**
   * Ends all logins of a user but for one, those under way included: log in first, then end the others with
   * `except: request.currentLogin.id`. Does nothing for an id that no user can have: over 255 bytes, for example.
   */
  async endLogins (userId: string | number | bigint, { except = null }: { except?: string | null } = {}): Promise<void> {
    const id = namedUserId(userId, 'app.login.endLogins')
    if (!isUserId(id)) return
    const { logins, listeners } = this.#settings.realm
    // What is no id of a login excepts none, and does not reach the store.
    const exceptId = isLoginId(except) ? except : null
    await logins.endAll(id, exceptId, nowInSeconds())
    listeners.tell('loginEnded', { id: null, userId: id, exceptId, reason: 'revoked' })
  }

  /** Ends every login of every user, of all realms; with a store, also those of other registrations and applications that share the store. */
  async endEveryLogin (): Promise<void> {
    for (const { realm: { logins, listeners } } of realmsOf(this.#settings)) {
      await logins.endEvery(nowInSeconds())
      listeners.tell('loginEnded', { id: null, userId: null, exceptId: null, reason: 'revoked' })
    }
  }

  /** The option `store`, its failures told as `FST_LOGIN_STORE_UNAVAILABLE`; null without one. */
  get store (): LoginStore | null {
    return storeOf(this.#settings)
  }

  /** Tells this realm from every other that may share its key or store: made of the login cookie's name and the realm's. */
  get realmId (): string {
    return this.#settings.realm.id
  }

  /**
   * A seal for an extension's cookies, under a key for this purpose, realm and shape only. To be called before the
   * application is ready. The shape says what each fact may be: what is not so, as sealed by an earlier version of the
   * extension, does not open. Without one, facts open as they were sealed, and are to be checked.
   */
  async createSeal (app: FastifyInstance, purpose: string, shape: readonly SealedFact[] | null = null): Promise<CookieSeal> {
    return await sealFor(app, this.#settings, purpose, shape)
  }

  /** The data kept with a login by its id, or null. Rejects with `FST_LOGIN_STORE_REQUIRED` without a store. */
  async loginData (id: string): Promise<unknown> {
    return await dataOfLogin(this.#settings, id)
  }

  /**
   * Replaces the data of a login by what the function makes of it, against changes at the same moment too: it may be
   * called again. What gives undefined changes nothing. Resolves to the data that the login has then; null for none.
   */
  async changeLoginData (id: string, change: (data: unknown) => unknown): Promise<unknown> {
    return await changeDataOfLogin(this.#settings, id, change)
  }

  // The request's own scope may answer otherwise than the one whose manager is at hand.
  #settingsFor (request: FastifyRequest): Settings {
    return settingsOf(request.server) ?? this.#settings
  }
}
