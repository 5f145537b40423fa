import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { AnonymousUser, UserMixin } from '../../lib/user.ts'

class Member extends UserMixin {
  override id: string | number | bigint

  constructor (id: string | number | bigint) {
    super()
    this.id = id
  }
}

class Admin extends Member {}

describe('UserMixin', () => {
  it('makes a user who is active, authenticated and not anonymous', () => {
    const member = new Member('7')
    assert.equal(member.isActive, true)
    assert.equal(member.isAuthenticated, true)
    assert.equal(member.isAnonymous, false)
  })

  it('gives the id as a string', () => {
    assert.equal(new Member('7').getId(), '7')
    assert.equal(new Member(7).getId(), '7')
    assert.equal(new Member(0).getId(), '0')
    assert.equal(new Member(7n).getId(), '7')
  })

  it('refuses to name a user who has no id', () => {
    const missing = { name: 'TypeError', code: 'FST_LOGIN_INVALID_USER_ID', message: /id of the user is missing/ }
    assert.throws(() => new UserMixin().getId(), missing)
    assert.throws(() => new Member('').getId(), missing)
    assert.throws(() => new Member(null as never).getId(), missing)
  })

  it('calls a user who is not active not authenticated, however the class says so', () => {
    class ByField extends UserMixin { override isActive = false }
    class ByGetter extends UserMixin { override get isActive () { return false } }
    const assigned = Object.assign(new Member('7'), { isActive: false })
    for (const user of [new ByField(), new ByGetter(), assigned]) {
      assert.equal(user.isActive, false)
      assert.equal(user.isAuthenticated, false)
    }
    assert.equal(new Member('7').isActive, true, 'one user must not decide for the others')
  })

  it('equals another object for the same user, whatever the type of the id', () => {
    assert.equal(new Member('7').equals(new Member(7)), true)
    assert.equal(new Member('7').equals(new Member('8')), false)
  })

  it('never equals a user of another class, or anything that is not a user', () => {
    assert.equal(new Admin('7').equals(new Member('7')), false)
    assert.equal(new Member('7').equals(new Admin('7')), false)
    assert.equal(new Member('7').equals({ id: '7', getId: () => '7' }), false)
    assert.equal(new Member('7').equals(null), false)
  })
})

describe('AnonymousUser', () => {
  it('stands for nobody: not active, not authenticated, anonymous, without an id', () => {
    const nobody = new AnonymousUser()
    assert.equal(nobody.isActive, false)
    assert.equal(nobody.isAuthenticated, false)
    assert.equal(nobody.isAnonymous, true)
    assert.equal(nobody.getId(), null)
  })
})
