/** The application's own types stand where they are registered, and a default where they are not. */
import { AnonymousUser, UserMixin, type Anonymous, type User as RegisteredUser } from 'fastify-login'
import { describe, expect, test } from 'tstyche'
import type { RegisteredAnonymous, RegisteredRealms, RegisteredUser as UserOf } from '../../lib/user.ts'
import type { Admin, User } from '../support/user.ts'

describe('the registered types', () => {
  test('are the ones this program declares', () => {
    expect<RegisteredUser>().type.toBe<User>()
    expect<Anonymous>().type.toBe<null>()
  })

  test('may be any type, a union included', () => {
    expect<UserOf<{ user: User | Admin }>>().type.toBe<User | Admin>()
    expect<RegisteredAnonymous<{ anonymous: AnonymousUser }>>().type.toBe<AnonymousUser>()
  })

  test('have a default each', () => {
    expect<UserOf<{}>>().type.toBe<{ id: string | number }>()
    expect<RegisteredAnonymous<{ user: User }>>().type.toBe<null>()
    expect<keyof RegisteredRealms<{ user: User }>>().type.toBe<never>()
  })
})

describe('UserMixin', () => {
  test('may be extended with fields', () => {
    class Account extends UserMixin {
      override id = '1'
      override isActive = false
      name = 'Ada'
    }
    expect(new Account().id).type.toBe<string>()
    expect(new Account().isActive).type.toBe<boolean>()
    expect(new Account().getId()).type.toBe<string>()
  })

  test('may be extended with getters', () => {
    class Account extends UserMixin {
      override get id () { return 1 }
      override get isActive () { return false }
    }
    expect(new Account().id).type.toBe<number>()
  })

  test('keeps ids to what an id may be', () => {
    expect<UserMixin['id']>().type.not.toBeAssignableFrom<Date>()
    expect<UserMixin['id']>().type.toBeAssignableFrom<string | number | bigint>()
  })
})

test('AnonymousUser has no id', () => {
  expect(new AnonymousUser().getId()).type.toBe<null>()
  expect(new AnonymousUser()).type.not.toHaveProperty('id')
})
