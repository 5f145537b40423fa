/** The users that the tests log in, and their one registration in the tests' program. */
export interface User { id: string, name: string, isActive?: boolean, passwordHash?: string | null }

export interface Admin { id: string, name: string, permissions: string[] }

declare module 'fastify-login' {
  interface Register { user: User, realms: { admin: Admin } }
}
