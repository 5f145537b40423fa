/**
 * The ways in which logins are kept: a suite runs once for each.
 *
 * @module
 */
import { describe } from 'node:test'
import { MemoryStore } from 'fastify-login'
import { createApp, type TestApp, type TestSetup } from './app.ts'

export interface Way {
  readonly name: string
  /** Makes the application of the tests, with logins kept in this way. */
  readonly createApp: (setup?: TestSetup) => Promise<TestApp>
}

export const ways: readonly Way[] = [
  { name: 'without a store', createApp },
  {
    name: 'in a MemoryStore',
    createApp: (setup = {}) => createApp({ ...setup, options: { store: new MemoryStore(), ...setup.options } as NonNullable<TestSetup['options']> })
  }
]

/** Describes a behaviour once for each way in which logins are kept. */
export function describeWays (behaviour: string, suite: (way: Way) => void): void {
  for (const way of ways) describe(`${behaviour}, ${way.name}`, () => suite(way))
}
