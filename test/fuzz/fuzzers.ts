/**
 * All fuzzers, and how many inputs each gets of every hundred.
 *
 * @module
 */
import { registrationsWays } from '../support/registrations.ts'
import { ways, type Way } from '../support/ways.ts'
import { cookieFuzzer } from './cookies.ts'
import type { Fuzzer } from './fuzzer.ts'
import { headerFuzzer, targetFuzzer } from './guarded.ts'
import { loginIdFuzzer } from './login-ids.ts'
import { nextFuzzer } from './next.ts'
import { callbackFuzzer } from './oidc-callback.ts'
import { responseFuzzer } from './responses.ts'
import { registrationsFuzzer } from './registrations.ts'

const [withoutStore, inMemory] = ways as [Way, Way]

export const fuzzers: ReadonlyArray<readonly [fuzzer: Fuzzer, share: number]> = [
  [cookieFuzzer(withoutStore), 19],
  [cookieFuzzer(inMemory), 17],
  [nextFuzzer, 19],
  [headerFuzzer, 14],
  [targetFuzzer, 12],
  [loginIdFuzzer(withoutStore, false), 6],
  [loginIdFuzzer(inMemory, true), 6],
  [callbackFuzzer, 5],
  [responseFuzzer, 2],
  ...registrationsWays.map((way) => [registrationsFuzzer(way), 1] as const)
]
