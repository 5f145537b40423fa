/**
 * Logins without a store: the facts travel in the cookies, and what ends them is kept in this process.
 *
 * @module
 */
import { longestLife } from '../lifetime.ts'
import type { RememberSeal, RememberFacts } from '../remember/remember-seal.ts'
import { EndedLogins } from './ended-logins.ts'
import type { Change, Committed, EndedLogin, FoundLogin, FoundRemember, LoginKeeper, Prepared, Standing } from './keeper.ts'
import type { LoginSeal } from './login-seal.ts'
import { familyOf, restored, type LoginFacts, type Proof } from './record.ts'

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
    if (login === null) return { login, id: null, standing: 'forged' }
    return this.#found(login, this.#ended.standing(login, now))
  }

  /** It was good when the request arrived: where it was only replaced since, however often, it is still accepted. */
  findAgain (login: LoginFacts, now: number): FoundLogin {
    const standing = this.#ended.standing(login, now)
    return this.#found(login, standing === 'superseded' ? 'grace' : standing)
  }

  #found (login: LoginFacts, standing: Standing): FoundLogin {
    // The stamp of an older generation is that of the password before the proof that replaced it.
    return { login: standing === 'grace' ? { ...login, stamp: this.#ended.newestStamp(login) } : login, standing }
  }

  findRemembered (cookie: string, now: number): FoundRemember {
    const remember = this.#remember.open(cookie)
    return remember === null ? { remember, id: null, standing: 'forged' } : this.findRememberedAgain(remember, now)
  }

  remembers (cookie: string, login: LoginFacts, now: number): boolean {
    const { remember, standing } = this.findRemembered(cookie, now)
    return standing === 'alive' && remember.id === familyOf(login.id)
  }

  /** Remember cookies are not rotated here. */
  successorIsUnseen (): boolean { return false }

  restored (remember: RememberFacts, begunAt: number, settled: Pick<Proof, 'at' | 'expiresAt' | 'browser'>): LoginFacts {
    return restored(remember, begunAt, settled)
  }

  findRememberedAgain (remember: RememberFacts, now: number): FoundRemember {
    const { userId, id, provenAt, expiresAt } = remember
    if (now >= expiresAt) return { remember, standing: 'expired' }
    return { remember, standing: this.#ended.hasEnded(userId, id, provenAt, now) ? 'ended' : 'alive' }
  }

  admits (): boolean { return true }

  list (): null { return null }

  isStale (login: LoginFacts): boolean { return this.#ended.isStale(login) }

  makeStale (login: LoginFacts, now: number): boolean { return this.#ended.makeStale(login, now) }

  prepare (change: Change): Prepared {
    const { from, login, remember } = change
    return {
      change,
      loginCookie: login === from ? null : this.#logins.seal(login),
      rememberCookie: remember === null ? null : this.#remember.seal(remember),
      remember
    }
  }

  commit ({ change: { kind, from, login, ends } }: Prepared, now: number): Committed | null {
    if (this.#ended.standing(from ?? login, now) !== 'alive') return null
    if (this.#ended.hasEnded(login.userId, familyOf(login.id), login.startedAt, now)) return null
    // Of several logins as another user that take the place of the same cookies, only the first begins.
    if (kind === 'begin' && ends.some((one) => this.#hasEnded(one, now))) return null
    const undo = kind === 'proof' ? [this.#ended.supersede(from as LoginFacts, login, now)] : []
    const ended: EndedLogin[] = []
    // A login and its remember cookie end together: a second mark would stand in the way of taking back the first.
    const distinct = ends.filter(({ id }, index) => ends.findIndex((other) => familyOf(other.id) === familyOf(id)) === index)
    for (const one of distinct) {
      const revive = this.#end(one, now)
      if (revive === null) continue
      undo.push(revive)
      // A remember cookie's own id is no login's.
      if ('startedAt' in one) ended.push({ id: one.id, userId: one.userId, reason: 'replaced' })
    }
    return { ended, settle: () => {}, undo: () => { for (const take of undo) take() } }
  }

  end (ended: LoginFacts | RememberFacts, now: number): string | null {
    return this.#end(ended, now) === null ? null : ended.id
  }

  /** Whatever of a family was ever given out has expired by then, whichever of it is at hand. */
  #end (held: LoginFacts | RememberFacts, now: number): (() => void) | null {
    const { userId, id, expiresAt } = held
    const hadEnded = this.#hasEnded(held, now)
    // Marked again even so: what ended it before may yet be taken back.
    const revive = this.#ended.end(userId, familyOf(id), now, Math.max(expiresAt, now + longestLife))
    return hadEnded ? null : revive
  }

  #hasEnded (held: LoginFacts | RememberFacts, now: number): boolean {
    return this.#ended.hasEnded(held.userId, familyOf(held.id), 'startedAt' in held ? held.startedAt : held.provenAt, now)
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

  endEvery (now: number): void { this.#ended.endEvery(now) }
}
