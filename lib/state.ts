/**
 * What is known of the login behind one request, and what its answer is to do about it.
 *
 * @module
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isActiveUser } from './account.ts'
import { isThenable } from './chain.ts'
import type { Login, LoginLapse } from './current-login.ts'
import { InvalidArgumentError } from './errors.ts'
import type { PendingEvent } from './events.ts'
import { provenWithin } from './lifetime.ts'
import type { Committed, FoundRemember, MaybePromise, Prepared } from './logins/keeper.ts'
import { publicLogin, type LoginFacts } from './logins/record.ts'
import type { Settings } from './settings.ts'
import type { User } from './user.ts'

/** The login state of one request; it is made only where there is something to know. */
export class LoginState {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly settings: Settings
  /** When the request arrived, in seconds since 1970. */
  readonly arrivedAt: number
  /** The moment of its arrival: what begins by it began before whatever ends later, also where the clock is set back meanwhile. */
  readonly moment: number
  /** How many browsers had been given another login by then. */
  readonly successions: number
  /** Whether it was asked what the request came with, and an answer that is waited for. */
  resolved = false
  resolving: Promise<void> | null = null
  /** Whether its change was carried out, or not, for good. */
  answered = false
  user: User | null = null
  /** The login as the handler sees it: the one it came with, or the one that the answer will begin. */
  login: LoginFacts | null = null
  /** The live login that the request came with. */
  from: LoginFacts | null = null
  /** Whether it came under an older generation, and may change nothing. */
  grace = false
  /** Whether it was used in another browser and not proven since. */
  stale = false
  /** Whether `loadUserFromRequest` said that its user is fresh. */
  freshByRequest = false
  lapse: LoginLapse | null = null
  /** The login that the login cookie names, honoured or not. */
  presented: LoginFacts | null = null
  /** The family that the browser came with. */
  family: string | null = null
  /** What the request does by itself: it restores a login, or writes down a use. */
  byRequest: Prepared | null = null
  /** What the handler prepared by `loginUser` or `confirmLogin`; it includes what the request does by itself. */
  byHandler: Prepared | null = null
  /** What was carried out, until the response is on its way. */
  carriedOut: CarriedOut | null = null
  pendingEvents: PendingEvent[] = []
  /** Whether cookies were written, so that they must be written anew where the response changes after all. */
  wroteCookies = false
  /** Who was logged in before the handler prepared anything. */
  private before: Pick<LoginState, 'user' | 'login' | 'from' | 'grace' | 'stale'> | null = null
  clearsLogin = false
  clearsRemember = false
  /** Whether a guard ran, so that the answer is for one person. */
  guarded = false
  /** Whether the answer depends on who asks. */
  consulted = false
  /** What the remember cookie is worth, once it was asked. */
  foundRemember: MaybePromise<FoundRemember> | undefined
  private publicOne: Login | null = null
  private publicOf: LoginFacts | null = null
  private anonymousOne: unknown = null

  constructor (request: FastifyRequest, reply: FastifyReply, settings: Settings, arrivedAt: number, moment: number, successions: number) {
    this.request = request
    this.reply = reply
    this.settings = settings
    this.arrivedAt = arrivedAt
    this.moment = moment
    this.successions = successions
  }

  /** The user, or what stands in for nobody; made once for a request. */
  get currentUser (): unknown {
    if (this.user !== null) return this.user
    if (this.settings.anonymousUser === null) return null
    this.anonymousOne ??= checkedAnonymous(this.settings.anonymousUser())
    return this.anonymousOne
  }

  get currentLogin (): Login | null {
    if (this.publicOf !== this.login) {
      this.publicOf = this.login
      this.publicOne = this.login === null ? null : publicLogin(this.login)
    }
    return this.publicOne
  }

  /** Whether there is a user whom guards let through. */
  get isActive (): boolean {
    return this.user !== null && isActiveUser(this.user, this.settings.isActive)
  }

  /** Whether an active user proved who they are within so many seconds; null: at any time during this login. */
  isFresh (within: number | null, now: number): boolean {
    if (!this.isActive) return false
    if (this.login === null) return this.freshByRequest
    return this.login.fresh && !this.stale && !this.grace && provenWithin(this.login, within, now)
  }

  /** What is to be carried out with the response. */
  get prepared (): Prepared | null {
    return this.byHandler ?? this.byRequest
  }

  /** From here on the request is that user's, if its response lets what was prepared happen. */
  enter (prepared: Prepared, user: User, login: LoginFacts): void {
    const { user: userBefore, login: loginBefore, from, grace, stale } = this
    this.before ??= { user: userBefore, login: loginBefore, from, grace, stale }
    this.byHandler = prepared
    this.user = user
    this.login = login
    this.stale = false
  }

  /** What the handler prepared does not happen: the request is again what it was before. */
  dropHandlersPart (): void {
    this.byHandler = null
    Object.assign(this, this.before)
    this.pendingEvents = this.pendingEvents.filter(isOfRequest)
  }

  /** Notes why a credential was not honoured; what the login cookie lapsed by stands before the remember cookie's. */
  lapsed (cookie: 'login' | 'remember', lapse: LoginLapse): void {
    this.lapse ??= lapse
    const { family, settings: { realm } } = this
    this.request.log.debug({ lapse, cookie, family, realm: realm.name }, `fastify-login: the ${cookie} cookie was not honoured`)
  }

  /** Nobody is logged in from here on. */
  forget (): void {
    this.user = null
    this.login = null
    this.from = null
    this.grace = false
    this.stale = false
    this.freshByRequest = false
    this.byRequest = null
    this.byHandler = null
    this.before = null
    this.pendingEvents = []
    this.foundRemember = undefined
  }
}

/** A change of this request that was carried out. */
export interface CarriedOut {
  readonly prepared: Prepared
  readonly committed: Committed
  /** Takes back what other requests were told of it. */
  forgetSuccession: () => void
}

/** Whether an event tells of what the request did by itself. */
export function isOfRequest ({ name }: PendingEvent): boolean {
  return name === 'userLoadedFromCookie'
}

/** Whoever asks `isAuthenticated` of nobody must not be told that somebody is there. */
function checkedAnonymous (anonymous: unknown): unknown {
  if (typeof anonymous !== 'object' || anonymous === null) return anonymous
  if (isThenable(anonymous)) {
    throw new InvalidArgumentError('fastify-login: the option anonymousUser must return its object at once, and returned a promise')
  }
  const { isAuthenticated } = anonymous as { isAuthenticated?: unknown }
  if (isAuthenticated === undefined || isAuthenticated === false) return anonymous
  const answer: unknown = typeof isAuthenticated === 'function' ? isAuthenticated.call(anonymous) : isAuthenticated
  if (answer === false) return anonymous
  throw new InvalidArgumentError('fastify-login: the option anonymousUser returned an object whose isAuthenticated is not false: ' +
    'it stands for visitors who are not logged in. Did you mean the class AnonymousUser, and not UserMixin?')
}

export function nowInSeconds (): number {
  return Date.now() / 1000
}
