/**
 * Checks the options of a registration: what is unknown or wrong stops the boot with a sentence that names it.
 *
 * @module
 */
import { InvalidOptionError } from './errors.ts'
import { given, givenName } from './given.ts'
import { kindOf } from './kind-of.ts'
import { cookieRules, optionRules, rememberRules, type Rules } from './option-rules.ts'

/** Checks the options one by one; an option that is `undefined` counts as not named. */
export function checkOptions (options: Readonly<Record<string, unknown>>): void {
  check(options, optionRules, '')
  check(options['cookie'], cookieRules, 'cookie.')
  const remember = options['remember'] as Record<string, unknown> | undefined
  check(remember, rememberRules, 'remember.')
  check(remember?.['cookie'], cookieRules, 'remember.cookie.')
}

// These say nothing about what was given.
const secretive = ['key', 'store']

function check (options: unknown, rules: Rules, prefix: string): void {
  for (const [name, value] of Object.entries(options ?? {})) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined
    if (rule === undefined) {
      const what = `fastify-login has no option ${prefix}${givenName(name)}`
      throw new InvalidOptionError(`${what}: its options here are ${Object.keys(rules).join(', ')}`)
    }
    if (value === undefined || rule.test(value)) continue
    const what = rule.shows === true ? given(value) : kindOf(value)
    const not = secretive.includes(name) ? '' : `, not ${what}`
    throw new InvalidOptionError(`The option ${prefix}${name} of fastify-login may be ${rule.may}${not}`)
  }
}
