/**
 * The suite that every store of logins must pass.
 *
 * @module
 */
import { describe } from 'node:test'
import { changing } from './login-store/changing.ts'
import { endingAll } from './login-store/ending-all.ts'
import { endingWithClocks } from './login-store/ending-clocks.ts'
import { endingEverybodys } from './login-store/ending-everybodys.ts'
import { endingRaces } from './login-store/ending-races.ts'
import { keeping } from './login-store/keeping.ts'
import { names } from './login-store/names.ts'
import type { MakeStore } from './login-store/setting.ts'

export type { MadeStore, MakeStore } from './login-store/setting.ts'

/**
 * Declares, with `node:test`, what a store of logins promises. `makeStore` is called for each case, and gives an empty
 * store, or `{ store, close }`. Some cases stop `Date` and move it: a store goes by the clock of its process.
 *
 * @example
 * import { MemoryStore } from 'fastify-login'
 * import { testLoginStore } from 'fastify-login/testing'
 *
 * testLoginStore('MemoryStore', () => new MemoryStore())
 */
export function testLoginStore (name: string, makeStore: MakeStore): void {
  describe(name, () => {
    describe('keeps records', () => keeping(makeStore))
    describe('keeps names apart', () => names(makeStore))
    describe('changes records', () => changing(makeStore))
    describe('ends all logins of an owner', () => endingAll(makeStore))
    describe('ends all logins of an owner where the clock was set back', () => endingWithClocks(makeStore))
    describe('ends all logins of an owner while others begin', () => endingRaces(makeStore))
    describe("ends everybody's logins", () => endingEverybodys(makeStore))
  })
}
