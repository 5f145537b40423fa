import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { EndedLogins, generationGrace } from '../lib/logins/ended-logins.ts'
import { familyOf, newLoginId, type LoginFacts } from '../lib/logins/record.ts'

const life = 60

interface Known { login: LoginFacts, dead: boolean, supersededAt: number | null, stale: boolean }

/** Logins of three users, and what an unbounded memory would know of them. */
class World {
  now = 1
  readonly logins: Known[] = []
  readonly list: EndedLogins

  constructor (capacity: number) {
    this.list = new EndedLogins(capacity, () => {})
  }

  begin (user: number): void {
    const at = this.now
    const login = {
      id: newLoginId(), userId: String(user), startedAt: at, provenAt: at, renewedAt: at, seenAt: at, expiresAt: at + life, generation: 0, fresh: true, remembered: false, browser: '', stamp: null, hasRemember: false
    }
    this.logins.push({ login, dead: false, supersededAt: null, stale: false })
  }

  // An end is marked for as long as anything of its family may live: a cookie at hand may be an older generation's.
  act (action: string, index: number): void {
    const known = this.logins[index % this.logins.length]
    if (known === undefined) return
    const { login } = known
    if (action === 'end') {
      this.list.end(login.userId, familyOf(login.id), this.now, this.now + life)
      this.#kill((other) => familyOf(other.id) === familyOf(login.id))
    } else if (action === 'endFamily') {
      this.list.endFamily(familyOf(login.id), this.now, this.now + life)
      this.#kill((other) => familyOf(other.id) === familyOf(login.id))
    } else if (action === 'endAll' || action === 'endOthers') {
      const except = action === 'endAll' ? null : familyOf(login.id)
      this.list.endAll(login.userId, this.now, except)
      this.#kill((other) => other.userId === login.userId && familyOf(other.id) !== except)
    } else if (action === 'endEvery') {
      this.list.endEvery(this.now)
      this.#kill(() => true)
    } else if (this.list.standing(login, this.now) === 'alive') {
      if (action === 'stale') {
        this.list.makeStale(login, this.now)
        known.stale = true
      } else {
        const newer = { ...login, generation: login.generation + 1, expiresAt: this.now + life }
        this.list.supersede(login, newer, this.now)
        known.supersededAt = this.now
        this.logins.push({ login: newer, dead: false, supersededAt: null, stale: false })
      }
    }
  }

  #kill (dies: (login: LoginFacts) => boolean): void {
    for (const known of this.logins) if (dies(known.login)) known.dead = true
  }

  /** Nothing that an unbounded memory knows to be worth less is worth more to the bounded one. */
  check (): void {
    for (const { login, dead, supersededAt, stale } of this.logins) {
      if (this.now >= login.expiresAt) continue
      const standing = this.list.standing(login, this.now)
      if (dead) assert.equal(standing, 'ended')
      else if (supersededAt !== null) assert.notEqual(standing, this.now < supersededAt + generationGrace ? 'alive' : 'grace')
      if (supersededAt !== null) assert.notEqual(standing, 'alive')
      if (stale && standing === 'alive') assert.equal(this.list.isStale(login), true)
    }
  }
}

const actions = ['begin', 'begin', 'end', 'endFamily', 'endAll', 'endOthers', 'endEvery', 'stale', 'supersede', 'supersede'] as const
const step = fc.record({ action: fc.constantFrom(...actions), index: fc.nat(500), seconds: fc.constantFrom(0, 0, 1, 1, 5, 20) })

for (const capacity of [1, 2, 100]) {
  it(`Whatever happens to logins, a list of ${capacity} that forgets lets nobody in`, () => {
    fc.assert(fc.property(fc.array(step, { minLength: 20, maxLength: 120 }), (steps) => {
      const world = new World(capacity)
      for (const { action, index, seconds } of steps) {
        if (action === 'begin') world.begin(index % 3)
        else world.act(action, index)
        world.now += seconds
        world.check()
      }
    }), { numRuns: 150 })
  })
}

it('Whatever happens to the many logins of one user, folding them lets nobody in', () => {
  const often = fc.record({ action: fc.constantFrom('begin', 'begin', 'end', 'end', 'stale', 'supersede', 'endOthers'), index: fc.nat(2000), seconds: fc.constantFrom(0, 0, 0.1, 0.2) })
  fc.assert(fc.property(fc.array(often, { minLength: 150, maxLength: 250, size: 'max' }), (steps) => {
    const world = new World(2)
    for (const { action, index, seconds } of steps) {
      if (action === 'begin') world.begin(0)
      else world.act(action, index)
      world.now += seconds
    }
    world.check()
  }), { numRuns: 100 })
})
