/** The ways of keeping logins that each trace is replayed with. */
import { MemoryStore } from 'fastify-login'
import type { AccountOptions } from 'fastify-login'

/** `rotates`: restoring a login sets the remember cookie anew, which Flask-Login never did. */
export interface Way { name: string, rotates: boolean, options (): AccountOptions }

export const ways: Way[] = [
  { name: 'without a store', rotates: false, options: () => ({}) },
  { name: 'in a MemoryStore', rotates: true, options: () => ({ store: new MemoryStore() }) }
]
