/**
 * Checks options one by one: what is unknown or wrong stops the boot with a sentence that names it.
 *
 * @module
 */
import { errors } from '../index.ts'

/** What an option may be, in words and as a test; `shows`: a wrong number is shown. */
interface Rule { readonly may: string, readonly test: (value: unknown) => boolean, readonly shows?: true }

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
const isTexts = (value: unknown) => Array.isArray(value) && value.every(isText)
export const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value)
const isPath = (value: unknown): value is string => isText(value) && /^\/(?![/\\])[^?#;:*\\\s]*$/.test(value)

const aText: Rule = { may: 'a string that is not empty', test: isText }
const aBoolean: Rule = { may: 'true or false', test: (value) => typeof value === 'boolean' }
const aFunction: Rule = { may: 'a function', test: (value) => typeof value === 'function' }
const isDuration = (value: unknown) => Number.isFinite(value) && (value as number) >= 0
const seconds: Rule = { may: 'a number of seconds', test: isDuration, shows: true }
const aPath: Rule = { may: "a path such as '/login', without a query or parameters", test: isPath }
const anObject: Rule = { may: 'an object', test: isObject }

export const providerRules = {
  clientSecrets: { may: 'a file or an object', test: (value) => isText(value) || isObject(value) },
  issuer: aText,
  clientId: aText,
  clientSecret: aText,
  clientAuthentication: {
    may: "'client_secret_basic', 'client_secret_post' or a function of openid-client",
    test: (value) => value === 'client_secret_basic' || value === 'client_secret_post' || typeof value === 'function'
  },
  scope: { may: "a string such as 'openid email', or an array of strings", test: (value) => isText(value) || isTexts(value) },
  userinfo: aBoolean,
  idTokenAlgorithm: { may: "an algorithm such as 'RS256'; 'none' is none", test: (value) => isText(value) && value !== 'none' },
  authorizationParameters: {
    may: 'an object of strings', test: (value) => isObject(value) && Object.values(value as object).every((one) => typeof one === 'string')
  },
  pushRequest: aBoolean,
  trustPromptLogin: aBoolean,
  registerUrl: { may: 'an absolute http(s) URL without a password', test: isPublicUrl },
  clockTolerance: seconds,
  timeout: { may: 'a positive number of seconds', test: (value) => seconds.test(value) && value !== 0, shows: true },
  fetch: aFunction,
  label: aText
} satisfies Record<string, Rule>

export const siteRules = {
  ...providerRules,
  baseUrl: { may: "this site's origin, such as 'https://www.example.org', without a path", test: isOrigin },
  providers: anObject,
  paths: anObject,
  toUser: aFunction,
  afterLogin: { may: "a path such as '/'", test: (value) => isText(value) && /^\/(?![/\\])[^\\\s]*$/.test(value) },
  afterLogout: { may: "a path such as '/'", test: (value) => isText(value) && /^\/(?![/\\])[^\\\s]*$/.test(value) },
  remember: aBoolean,
  keepTokens: aBoolean,
  cookieName: { may: 'a name that a cookie may have', test: (value) => isText(value) && /^[\w-]{1,64}$/.test(value) },
  errorPage: aFunction
} satisfies Record<string, Rule>

export const pathRules = {
  login: aPath,
  callback: aPath,
  logout: aPath,
  register: aPath,
  reauthenticate: aPath,
  backChannelLogout: { may: 'a path or null', test: (value) => value === null || isPath(value) }
} satisfies Record<string, Rule>

function isOrigin (value: unknown): boolean {
  return isText(value) && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol) && new URL(value).origin === value
}

function isPublicUrl (value: unknown): boolean {
  if (!isText(value) || !URL.canParse(value)) return false
  const { protocol, username, password } = new URL(value)
  return /^https?:$/.test(protocol) && username === '' && password === ''
}

/**
 * Checks options by rules; one that is `undefined` counts as not named. A wrong value is told by its kind alone: what
 * stands in the wrong place by mistake may be a secret, and a message ends in a log.
 */
export function checkByRules (options: object, rules: Readonly<Record<string, Rule>>, prefix = ''): void {
  for (const [name, value] of Object.entries(options)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined
    if (rule === undefined) {
      const what = `fastify-login/oidc has no option ${prefix}${givenName(name)}`
      throw new errors.InvalidOptionError(`${what}: its options here are ${Object.keys(rules).join(', ')}`)
    }
    if (value === undefined || rule.test(value)) continue
    const what = rule.shows === true && typeof value === 'number' ? String(value) : typeName(value)
    throw invalid(prefix + name, `may be ${rule.may}, not ${what}`)
  }
}

/** What kind of value something is. */
function typeName (value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (value === '') return 'an empty string'
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** The name of an option as it was written, unless no option could be called that: then it may be anything. */
function givenName (name: string): string {
  return /^[\w$-]{1,40}$/.test(name) ? name : '…'
}

/** The error of an option. */
export function invalid (option: string, what: string): Error {
  return new errors.InvalidOptionError(`The option ${option} of fastify-login/oidc ${what}`)
}
