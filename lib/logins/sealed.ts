/**
 * Logins without a store: the facts travel in the cookies, and what ends them is kept in this process.
 *
 * @module
 */
import type { RememberSeal, RememberFacts } from '../remember/remember-seal.ts'
import { EndedLogins } from './ended-logins.ts'
import type { Change, EndedLogin, FoundLogin, FoundRemember, LoginKeeper, Prepared, Standing } from './keeper.ts'
import type { LoginSeal } from './login-seal.ts'
import { familyOf, restored, type LoginFacts, type Proof } from './record.ts'

/** The longest that a login of this realm can last, in seconds, where its own end is not at hand. */
const longestLife = 400 * 24 * 3600

export class SealedLogins implements LoginKeeper {
  readonly #logins: LoginSeal
  readonly #remember: RememberSeal
  readonly #ended: EndedLogins

  constructor (logins: LoginSeal, remember: RememberSeal, ended: EndedLogins) {
    this.#logins = logins
    this.#remember = remember
    this.#ended = ended
  }

  find (cookie: string, now: number): FoundLogin {
    const login = this.#logins.open(cookie)
    if (login === null) return { login, standing: 'forged' }
    const standing = this.standing(login, now)
    // The stamp of an older generation is that of the password before the proof that replaced it.
    return { login: standing === 'grace' ? { ...login, stamp: this.#ended.newestStamp(login) } : login, standing }
  }

  findRemembered (cookie: string, now: number): FoundRemember {
    const remember = this.#remember.open(cookie)
    if (remember === null) return { remember, standing: 'forged' }
    return { remember, standing: now >= remember.expiresAt ? 'expired' : this.rememberStanding(remember) }
  }

  remembers (cookie: string, login: LoginFacts, now: number): boolean {
    const { remember, standing } = this.findRemembered(cookie, now)
    return standing === 'alive' && remember.userId === login.userId && remember.id === familyOf(login.id)
  }

  /** Remember cookies are not rotated here. */
  successorIsUnseen (): boolean {
    return false
  }

  restored (remember: RememberFacts, begunAt: number, settled: Pick<Proof, 'at' | 'expiresAt' | 'browser'>): LoginFacts {
    return restored(remember, begunAt, settled)
  }

  standing (login: LoginFacts, now: number): Standing {
    return this.#ended.standing(login, now)
  }

  rememberStanding ({ userId, id, provenAt }: RememberFacts): 'alive' | 'ended' {
    return this.#ended.hasEnded(userId, id, provenAt) ? 'ended' : 'alive'
  }

  admits (): boolean {
    return true
  }

  list (): null {
    return null
  }

  isStale (login: LoginFacts): boolean {
    return this.#ended.isStale(login)
  }

  makeStale (login: LoginFacts, now: number): boolean {
    return this.#ended.makeStale(login, now)
  }

  prepare (change: Change): Prepared {
    const { from, login, remember } = change
    return {
      change,
      loginCookie: login === from ? null : this.#logins.seal(login),
      rememberCookie: remember === null ? null : this.#remember.seal(remember),
      remember
    }
  }

  commit ({ change }: Prepared, now: number): EndedLogin[] | null {
    const { from, login, ends } = change
    if (this.standing(from ?? login, now) !== 'alive') return null
    if (this.#ended.hasEnded(login.userId, familyOf(login.id), login.startedAt)) return null
    if (change.kind === 'proof' && from !== null) this.#ended.supersede(from, login, now)
    for (const ended of ends) this.end(ended, now)
    // A remember cookie's own id is no login's.
    return ends.filter((ended) => 'startedAt' in ended).map(({ id, userId }) => ({ id, userId, reason: 'replaced' }))
  }

  end (ended: LoginFacts | RememberFacts, now: number): string | null {
    const longest = 'longest' in ended ? ended.longest : ended.rememberLongest
    const changed = this.#ended.end(ended.userId, familyOf(ended.id), now, Math.max(ended.expiresAt, now + longest))
    return changed ? ended.id : null
  }

  /** Whose login an id is cannot be told here, but a mark of one user is never looked at for another's login. */
  endById (id: string, userId: string | null, now: number): boolean {
    const until = now + longestLife
    if (userId === null) this.#ended.endFamily(familyOf(id), now, until)
    else this.#ended.end(userId, familyOf(id), now, until)
    return true
  }

  endAll (userId: string, exceptId: string | null, now: number): void {
    this.#ended.endAll(userId, now, exceptId === null ? null : familyOf(exceptId))
  }

  endEvery (now: number): void {
    this.#ended.endEvery(now)
  }
}
