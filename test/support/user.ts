/** The users that the tests log in, and their one registration in the tests' program. */
export interface User { id: string, name: string, isActive?: boolean, passwordHash?: string | null }

/** Unlike `User` on purpose: were one assignable to the other, no type test could tell them apart. */
export interface Admin { id: string, email: string, permissions: string[] }

declare module 'fastify-login' {
  interface Register { user: User, realms: { admin: Admin } }
}
