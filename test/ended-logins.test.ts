import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { EndedLogins } from '../lib/logins/ended-logins.ts'
import { Moments } from '../lib/moments.ts'
import { familyOf, newLoginId, type LoginFacts } from '../lib/logins/record.ts'

const life = 1000

function loginOf (userId: string, begunAt: number, facts: Partial<LoginFacts> = {}): LoginFacts {
  return {
    id: newLoginId(),
    userId,
    startedAt: begunAt,
    provenAt: begunAt,
    renewedAt: begunAt,
    seenAt: begunAt,
    expiresAt: begunAt + life,
    generation: 0,
    fresh: true,
    remembered: false,
    browser: 'browser',
    stamp: null,
    hasRemember: false,
    ...facts
  }
}

function list (capacity: number): { ended: EndedLogins, end: (login: LoginFacts, now: number) => boolean, warnings: () => number } {
  let warnings = 0
  const ended = new EndedLogins(capacity, () => { warnings++ })
  return {
    ended,
    end: (login, now) => ended.end(login.userId, familyOf(login.id), now, login.expiresAt) !== null,
    warnings: () => warnings
  }
}

describe('the list of ended logins', () => {
  it('ends a login once', () => {
    const { ended, end } = list(10)
    const login = loginOf('1', 1)
    assert.equal(ended.standing(login, 2), 'alive')
    assert.equal(end(login, 2), true)
    assert.equal(end(login, 3), false)
    assert.equal(ended.standing(login, 3), 'ended')
    assert.equal(ended.standing(loginOf('1', 1), 3), 'alive', 'and no other of its user')
  })

  it('takes a newer generation for alive, and each older one for ten seconds more', () => {
    const { ended } = list(10)
    const first = loginOf('1', 1)
    const [second, third] = [{ ...first, generation: 1, stamp: 'second' }, { ...first, generation: 2, stamp: 'third' }]
    const standings = (now: number) => [first, second, third].map((login) => ended.standing(login, now))
    ended.supersede(first, second, 100)
    assert.deepEqual(standings(100), ['grace', 'alive', 'alive'])
    ended.supersede(second, third, 105)
    assert.equal(ended.newestStamp(first), 'third')
    assert.deepEqual(standings(109), ['grace', 'grace', 'alive'])
    assert.deepEqual(standings(110), ['superseded', 'grace', 'alive'])
    assert.deepEqual(standings(115), ['superseded', 'superseded', 'alive'])
    ended.supersede(third, { ...third, generation: 3 }, 120)
    assert.deepEqual(standings(120), ['superseded', 'superseded', 'grace'])
  })

  it('makes a login stale once, until its next proof of identity', () => {
    const { ended } = list(10)
    const login = loginOf('1', 1)
    assert.deepEqual([ended.isStale(login), ended.makeStale(login, 2), ended.makeStale(login, 3), ended.isStale(login)], [false, true, false, true])
    ended.supersede(login, { ...login, generation: 1 }, 4)
    assert.equal(ended.isStale(login), false)
  })

  it('when full folds the user longest unchanged into a time for everybody, and warns once', () => {
    const { ended, end, warnings } = list(2)
    const logins = ['1', '2', '3', '4', '5'].map((userId, index) => loginOf(userId, index + 1))
    const bystanders = [loginOf('9', 3), loginOf('9', 30)] as const
    logins.forEach((login, index) => end(login, index + 10))
    for (const login of logins) assert.equal(ended.standing(login, 20), 'ended')
    assert.equal(ended.standing(bystanders[0], 20), 'ended', 'forgetting may log somebody out')
    assert.equal(ended.standing(bystanders[1], 31), 'alive')
    assert.equal(warnings(), 1)
  })

  it('folds a user of whom nothing alive is known without ending anything', () => {
    const { ended, end, warnings } = list(1)
    end(loginOf('1', 1, { expiresAt: 5 }), 2)
    end(loginOf('2', 3), 10)
    assert.equal(ended.standing(loginOf('9', 1), 10), 'alive')
    assert.equal(warnings(), 0)
  })

  it('keeps stale and superseded logins from coming back better when their user is folded', () => {
    const { ended, end } = list(1)
    const [stale, older] = [loginOf('1', 1), loginOf('1', 1)]
    ended.makeStale(stale, 2)
    ended.supersede(older, { ...older, generation: 1 }, 3)
    end(loginOf('2', 1), 20)
    assert.deepEqual([ended.isStale(stale), ended.standing(stale, 20)], [false, 'ended'])
    assert.equal(ended.standing(older, 20), 'ended')
  })

  it('ends families of whichever user by id alone, and folds those, too', () => {
    const { ended } = list(2)
    const logins = [1, 2, 3].map((at) => loginOf('1', at))
    logins.forEach((login, index) => ended.endFamily(familyOf(login.id), index + 10, login.expiresAt))
    for (const login of logins) assert.equal(ended.standing(login, 20), 'ended')
    assert.equal(ended.standing(loginOf('2', 5), 20), 'ended')
    assert.equal(ended.standing(loginOf('2', 11), 20), 'alive')
  })

  it('forgets a family ended by id once it has expired', () => {
    const { ended, warnings } = list(1)
    ended.endFamily('first', 10, 30)
    ended.endFamily('second', 30, 40)
    assert.equal(ended.hasEnded('1', 'first', 15, 30), false)
    assert.equal(warnings(), 0)
  })

  it('has room again once every login is ended', () => {
    const { ended, warnings } = list(1)
    ended.endFamily('first', 10, 1000)
    ended.endEvery(20)
    ended.endFamily('second', 30, 1000)
    assert.deepEqual([ended.hasEnded('1', 'first', 15, 30), ended.hasEnded('2', 'other', 25, 30)], [true, false])
    assert.equal(warnings(), 0)
  })

  it('outlasts the older generation that a shorter one superseded', () => {
    const { ended, end } = list(1)
    const older = loginOf('1', 1)
    // A scope with a short absoluteTimeout proves the login: its successor expires long before the older cookie.
    ended.supersede(older, { ...older, generation: 1, expiresAt: 20 }, 10)
    end(loginOf('2', 25), 30)
    assert.notEqual(ended.standing(older, 30), 'alive')
  })

  it('lengthens an end that is told again with a later time', () => {
    const { ended, end } = list(1)
    const login = loginOf('1', 1)
    ended.end('1', familyOf(login.id), 2, 10)
    ended.end('1', familyOf(login.id), 3, life)
    end(loginOf('2', 15), 20)
    assert.equal(ended.standing(login, 20), 'ended')
  })

  it('forgets nothing when every login is ended at a time before the last', () => {
    const { ended } = list(10)
    const login = loginOf('1', 15)
    ended.endEvery(20)
    ended.endEvery(10)
    assert.equal(ended.standing(login, 21), 'ended')
  })
})

describe('the list of ended logins, where the clock is set back', () => {
  it('ends whatever had begun, however often the clock goes back, and lets in what begins after it', () => {
    const moments = new Moments()
    const ended = new EndedLogins(10, () => {}, moments)
    const logins = [100, 50, 20, 300, 10].map((at) => ({ at, login: loginOf('1', moments.at(at * 1000) / 1000) }))
    for (const { at, login } of logins) assert.equal(ended.standing(login, at), 'alive')
    ended.endAll('1', 9, null)
    for (const { login } of logins) assert.equal(ended.standing(login, 9), 'ended')
    const later = loginOf('1', moments.at(8000) / 1000)
    assert.equal(ended.standing(later, 8), 'alive')
    ended.endAll('1', 7, null)
    assert.equal(ended.standing(later, 400), 'ended')
  })

  it('folds so that nothing comes back, and nobody who logs in after that is out', () => {
    const moments = new Moments()
    const ended = new EndedLogins(1, () => {}, moments)
    const gone: LoginFacts[] = []
    for (let at = 200; at > 100; at--) {
      const login = loginOf(String(at), moments.at(at * 1000) / 1000, { expiresAt: 10_000 })
      ended.end(login.userId, familyOf(login.id), at, 10_000)
      gone.push(login)
    }
    for (const now of [1, 100, 5000]) for (const login of gone) assert.equal(ended.standing(login, now), 'ended')
    assert.equal(ended.standing(loginOf('1', moments.at(50_000) / 1000), 50), 'alive')
  })

  it('keeps from coming back what was forgotten because it had expired, until it has expired again', () => {
    const marks = {
      'a stale login' (ended: EndedLogins, login: LoginFacts) { ended.makeStale(login, 150) },
      'an ended login' (ended: EndedLogins, login: LoginFacts) { ended.end('1', familyOf(login.id), 150, login.expiresAt) },
      'a login ended by its id' (ended: EndedLogins, login: LoginFacts) { ended.endFamily(familyOf(login.id), 150, login.expiresAt) }
    }
    for (const [name, mark] of Object.entries(marks)) {
      const moments = new Moments()
      const ended = new EndedLogins(1, () => {}, moments)
      const login = loginOf('1', moments.at(100_000) / 1000, { expiresAt: 1000 })
      mark(ended, login)
      ended.makeStale(loginOf('2', moments.at(1_100_000) / 1000, { expiresAt: 9000 }), 1100)
      ended.endFamily('another', 1100, 9000)
      // Requests that were under way meanwhile are not judged by it.
      const other = loginOf('3', 1)
      assert.equal(ended.standing(other, 1099), 'alive', name)
      moments.at(200_000)
      assert.equal(ended.standing(login, 200), 'ended', name)
      assert.equal(ended.standing(loginOf('1', moments.at(201_000) / 1000), 201), 'alive', name)
    }
  })

  it('ends a login of a clock that was ahead, before the process was started again, and for good', () => {
    for (const order of ['seen before', 'seen after']) {
      const moments = new Moments()
      const ended = new EndedLogins(10, () => {}, moments)
      const fromAhead = loginOf('1', 5000, { expiresAt: 9000 })
      moments.at(100_000)
      if (order === 'seen before') assert.equal(ended.standing(fromAhead, 100), 'alive')
      ended.endAll('1', 110, null)
      moments.at(111_000)
      assert.equal(ended.standing(fromAhead, 111), 'ended', order)
      moments.at(6_000_000)
      assert.equal(ended.standing(fromAhead, 6000), 'ended', order)
      assert.equal(ended.standing(loginOf('1', moments.at(6_001_000) / 1000), 6001), 'alive', order)
    }
  })

  it('takes a login of another process for none from before, whose clock is ahead by less than a second', () => {
    const moments = new Moments()
    const ended = new EndedLogins(10, () => {}, moments)
    ended.endAll('1', 100, null)
    moments.at(101_000)
    assert.equal(ended.standing(loginOf('1', 101.9), 101), 'alive')
    assert.equal(ended.standing(loginOf('2', 5000), 101), 'alive', 'nor one of a user of whom nothing has ended')
  })

  it('accepts an older generation no longer than ten seconds, and keeps a few of a thousand', () => {
    const moments = new Moments()
    const ended = new EndedLogins(10, () => {}, moments)
    const first = loginOf('1', moments.at(100_000) / 1000)
    const generations = Array.from({ length: 1000 }, (_, generation) => ({ ...first, generation }))
    generations.slice(1).forEach((newer, index) => {
      const at = moments.at(100_000 + index * 5) / 1000
      ended.supersede(generations[index]!, newer, at)
    })
    const standings = (now: number) => generations.map((login) => ended.standing(login, now))
    assert.deepEqual(standings(105), [...Array.from({ length: 999 }, () => 'grace'), 'alive'])
    moments.at(106_000)
    moments.at(105_900)
    assert.deepEqual(new Set(standings(105.9).slice(0, -1)), new Set(['grace']), 'the clock was set right by a moment')
    moments.at(50_000)
    assert.deepEqual(new Set(standings(50).slice(0, -1)), new Set(['superseded']))
  })
})
