/**
 * Checks options one by one: what is unknown or wrong stops the boot with a sentence that names it.
 *
 * @module
 */
import { inspect } from 'node:util'
import { errors } from '../index.ts'

/** What an option may be, in words and as a test; `secret`: not to be shown. */
interface Rule { readonly may: string, readonly test: (value: unknown) => boolean, readonly secret?: true }

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
const isTexts = (value: unknown) => Array.isArray(value) && value.every(isText)
const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value)
const isPath = (value: unknown): value is string => isText(value) && /^\/(?![/\\])[^?#;:*\\\s]*$/.test(value)

const aText: Rule = { may: 'a string that is not empty', test: isText }
const aBoolean: Rule = { may: 'true or false', test: (value) => typeof value === 'boolean' }
const aFunction: Rule = { may: 'a function', test: (value) => typeof value === 'function' }
const seconds: Rule = { may: 'a number of seconds', test: (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0 }
const aPath: Rule = { may: "a path such as '/login', without a query or parameters", test: isPath }
const anObject: Rule = { may: 'an object', test: isObject }

export const providerRules = {
  clientSecrets: { may: 'a file or an object', test: (value) => isText(value) || isObject(value), secret: true },
  issuer: aText,
  clientId: aText,
  clientSecret: { ...aText, secret: true },
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
  registerUrl: { may: 'an absolute http(s) URL', test: (value) => isText(value) && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol) },
  clockTolerance: seconds,
  timeout: { may: 'a positive number of seconds', test: (value) => seconds.test(value) && value !== 0 },
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

/** Checks options by rules; one that is `undefined` counts as not named. */
export function checkByRules (options: object, rules: Readonly<Record<string, Rule>>, prefix = ''): void {
  for (const [name, value] of Object.entries(options)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined
    if (rule === undefined) {
      throw new errors.InvalidOptionError(`fastify-login/oidc has no option ${prefix}${name}: its options here are ${Object.keys(rules).join(', ')}`)
    }
    if (value !== undefined && !rule.test(value)) throw invalid(prefix + name, `may be ${rule.may}${rule.secret ? '' : `, not ${inspect(value, { depth: 1 })}`}`)
  }
}

/** The error of an option. */
export function invalid (option: string, what: string): Error {
  return new errors.InvalidOptionError(`The option ${option} of fastify-login/oidc ${what}`)
}
