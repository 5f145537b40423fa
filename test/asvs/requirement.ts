/**
 * A requirement of OWASP ASVS 5.0, who meets it, by what, and the proof.
 *
 * @module
 */
import type { TestContext } from 'node:test'
import type { TestApp, TestSetup } from '../support/app.ts'
import { ways } from '../support/ways.ts'

export interface Requirement {
  /** Its number in ASVS 5.0. */
  readonly id: string
  readonly level: 1 | 2 | 3
  /** What it asks for, in short. */
  readonly asks: string
  readonly metBy: 'the plugin' | 'both' | 'the application'
  /** What in the API meets it, or lets the application meet it; as it stands in docs/security.md. */
  readonly through: string
  readonly prove: (test: TestContext) => Promise<void>
}

/** A proof that has to hold without a store and with one. */
export async function eachWay (prove: (createApp: (setup?: TestSetup) => Promise<TestApp>) => Promise<void>): Promise<void> {
  for (const { createApp } of ways) await prove(createApp)
}
