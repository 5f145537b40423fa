import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { EndedLogins } from '../lib/logins/ended-logins.ts'
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
    assert.equal(ended.hasEnded('1', 'first', 15), false)
    assert.equal(warnings(), 0)
  })

  it('has room again once every login is ended', () => {
    const { ended, warnings } = list(1)
    ended.endFamily('first', 10, 1000)
    ended.endEvery(20)
    ended.endFamily('second', 30, 1000)
    assert.deepEqual([ended.hasEnded('1', 'first', 15), ended.hasEnded('2', 'other', 25)], [true, false])
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
