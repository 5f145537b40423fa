/** What every contender answers and from where it loads its user, so that only the session work differs. */

export interface User { id: string, name: string, isActive: boolean }

export const pagePath = '/page'
export const loginPath = '/login'

export const visitor: User = { id: '42', name: 'Ada Lovelace', isActive: true }

/** A thousand users, because a table of one is a lookup that no application has. */
const users = new Map<string, User>()
for (let number = 0; number < 1000; number++) {
  users.set(String(number), { id: String(number), name: `User ${number}`, isActive: true })
}
users.set(visitor.id, visitor)

export function findUser (id: string): User | undefined {
  return users.get(id)
}

export function describe (user: User): { id: string, name: string } {
  return { id: user.id, name: user.name }
}

/** The key of every sealed cookie here; a benchmark has no secrets. */
export const key = Buffer.alloc(32, 'fastify-login benchmark')
