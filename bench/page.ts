/** What every contender answers, and from where it loads its users, so that only the login work differs. */

export interface User { id: string, username: string, name: string, isActive: boolean }

export const publicPath = '/public'
export const pagePath = '/page'
export const freshPath = '/fresh'
export const loginPath = '/login'
export const logoutPath = '/logout'

/** For how many seconds a proof of identity is fresh, where a contender must be told. */
export const freshFor = 3600

/** A thousand users, because a table of one is a look-up that no application has. */
export const userCount = 1000

const users = new Map<string, User>()
const usersByName = new Map<string, User>()
for (let number = 0; number < userCount; number++) {
  const user = makeUser(number)
  users.set(user.id, user)
  usersByName.set(user.username, user)
}

/** Ids of one length, because answers of one length spare the driver work. */
function makeUser (number: number): User {
  const id = String(userCount + number)
  return { id, username: `user-${id}`, name: `Ada Lovelace the ${id}th`, isActive: true }
}

/** The user of whom a visitor knows the password; visitors are counted beyond the number of users. */
export function userOf (visitor: number): User {
  return users.get(String(userCount + visitor % userCount)) as User
}

export function findUser (id: string): User | undefined {
  return users.get(id)
}

export function passwordOf (username: string): string {
  return `password of ${username}`
}

/** The user of a login form; passwords are compared as they are, because hashing them costs everybody the same. */
export function checkPassword (form: unknown): User | null {
  const { username, password } = (form ?? {}) as { username?: unknown, password?: unknown }
  const user = typeof username === 'string' ? usersByName.get(username) : undefined
  return user !== undefined && password === passwordOf(user.username) ? user : null
}

export function describe (user: User): { id: string, name: string } {
  return { id: user.id, name: user.name }
}

/** One of them, where one is enough. */
export const visitor = userOf(42)

/** What the public page says. */
export const welcome = { id: 'none', name: 'Whoever you are, welcome' }

/** The key of every sealed cookie here; a benchmark has no secrets. */
export const key = Buffer.alloc(32, 'fastify-login benchmark')
