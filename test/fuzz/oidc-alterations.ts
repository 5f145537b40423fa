/**
 * What can be made of the honest answer to an attempt to log in, and of the cookie that it comes with.
 *
 * @module
 */
import { attemptName } from '../../lib/oidc/attempt.ts'
import { issuer } from '../oidc/support/provider.ts'
import { wideText } from './fragments.ts'
import { mutate } from './mutations.ts'
import type { Begun } from './oidc-attempts.ts'
import type { Random } from './random.ts'

/** What comes back; null is left out. */
export interface Answer {
  state: string | null
  code: string | null
  iss: string | null
  /** Further parameters. */
  readonly more: Array<readonly [name: string, value: string]>
  /** The cookie of the attempt. */
  name: string
  value: string | null
}

/** An attempt, another one, and values of the cookies that a browser has once it is logged in. */
export interface Given { readonly own: Begun, readonly other: Begun, readonly values: readonly string[] }

type Alteration = (answer: Answer, random: Random, given: Given) => void

export function honestAnswer ({ state, code, name, value }: Begun): Answer {
  return { state, code, iss: issuer, more: [], name, value }
}

/** The attempt is not found by these, and good for an answer afterwards. */
export const strangers: readonly Alteration[] = [
  (answer, random, { own, other }) => { answer.state = altered(random, own.state, other.state) },
  (answer, random, { own, other }) => {
    answer.state = altered(random, own.state, other.state)
    answer.name = nameOf(own, answer.state)
  },
  (answer, random, { own, other }) => Object.assign(answer, { state: other.state, code: eitherCode(random, own, other), name: random.pick([own.name, other.name]) }),
  (answer) => { answer.state = null },
  (answer, random, { own, other }) => { answer.more.push(['state', random.pick([own.state, other.state, wideText(random)])]) },
  (answer, random, { own, other }) => { answer.value = mutate(random, own.value, other.value) },
  (answer, random, { own, other }) => { answer.value = mutate(random, own.value, other.value) },
  (answer, random, { own, other }) => Object.assign(answer, { value: other.value, code: eitherCode(random, own, other) }),
  (answer, random, { values }) => { answer.value = random.pick(values) },
  (answer) => { answer.value = null },
  (answer, random, { other }) => { answer.name = random.pick([other.name, 'oidc_rounds', 'login', answer.name.toUpperCase(), `${answer.name}_`]) }
]

/** The attempt is found, and over. */
export const refusals: readonly Alteration[] = [
  (answer, random, { own, other }) => { answer.code = altered(random, own.code, other.code) },
  (answer, _random, { other }) => { answer.code = other.code },
  (answer) => { answer.code = null },
  (answer, random) => { answer.iss = altered(random, issuer, 'https://evil.test') },
  (answer, random) => { answer.iss = random.pick([null, '', 'https://evil.test', `${issuer}/`, ` ${issuer}`]) },
  (answer, random) => { answer.more.push([random.pick(['code', 'iss', 'error', 'response', 'id_token', 'token']), wideText(random) || 'x']) }
]

function eitherCode (random: Random, own: Begun, other: Begun): string {
  return random.pick([own.code, other.code])
}

/** Another text: made of this one and another, or of nothing. */
function altered (random: Random, text: string, other: string): string {
  return random.chance(0.2) ? wideText(random).toWellFormed() : mutate(random, text, other)
}

/** The name that the cookie of an attempt would have, had it this state. */
function nameOf ({ name, state: own }: Begun, state: string): string {
  return name.replace(attemptName(own), attemptName(state))
}
