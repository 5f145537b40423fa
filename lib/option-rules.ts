/**
 * What each option may be: also the list of the options that exist.
 *
 * @module
 */
import { longestLife } from './lifetime.ts'
import { sessionProtections } from './protection.ts'

/** What an option may be, in words and as a test. */
interface Rule {
  readonly may: string
  readonly test: (value: unknown) => boolean
  /** The message shows a wrong word or number. Left out where a value may be a secret, or hold a password. */
  readonly shows?: true
}

const isFunction = (value: unknown) => typeof value === 'function'
const isSeconds = (value: unknown) => Number.isFinite(value) && (value as number) > 0
const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) > 0
const isName = (value: unknown) => typeof value === 'string' && /^(?!__host-)[\w!#$%&'*+.^`|~-]+$/i.test(value)

const aFunction: Rule = { may: 'a function', test: isFunction }
const aFunctionOrNull: Rule = { may: 'a function or null', test: (value) => value === null || isFunction(value) }
const aBoolean: Rule = { may: 'true or false', test: (value) => typeof value === 'boolean', shows: true }
const aText: Rule = { may: 'a string', test: (value) => typeof value === 'string' }
const aTextOrNull: Rule = { may: 'a string or null', test: (value) => value === null || typeof value === 'string' }
const aName: Rule = { may: 'a name that a cookie may have, without __Host-, which is put before it where it may be', test: isName }
const secondsOrNull: Rule = {
  may: 'a positive number of seconds or null', test: (value) => value === null || isSeconds(value), shows: true
}
const aPage: Rule = {
  may: "a path such as '/login', an absolute http(s) URL (percent-encoded, as in a header, and " +
    'without a password), or null',
  test: (value) => value === null || isPage(value)
}
const anObject: Rule = { may: 'an object', test: (value) => typeof value === 'object' && value !== null && !Array.isArray(value) }
const aKey: Rule = { may: 'a secret of at least 32 bytes, or several with the newest first', test: isKeyRing }

const aLongTime: Rule = {
  may: 'a positive number of seconds, at most 34560000 (400 days)',
  test: (value) => isSeconds(value) && (value as number) <= longestLife,
  shows: true
}

function oneOf (...values: ReadonlyArray<string | boolean>): Rule {
  const may = values.map((value) => typeof value === 'string' ? `'${value}'` : value).join(' or ')
  return { may, test: (value) => values.includes(value as string), shows: true }
}

function isPage (value: unknown): boolean {
  // What a Location header cannot carry would make every refusal a 500.
  if (typeof value !== 'string' || !/^[\u0021-\u007e]+$/.test(value)) return false
  if (value.startsWith('/')) return !/^\/[/\\]/.test(value)
  if (!URL.canParse(value)) return false
  const { protocol, username, password } = new URL(value)
  // A password would be shown to every visitor who is sent there.
  return ['http:', 'https:'].includes(protocol) && username === '' && password === ''
}

function isHeaderText (value: unknown): boolean {
  return typeof value === 'string' && /^[\u0020-\u007e]+$/.test(value)
}

function isKeyRing (value: unknown): boolean {
  const keys = Array.isArray(value) ? value : [value]
  return keys.length > 0 && keys.every((key) => (typeof key === 'string' || key instanceof Uint8Array) && Buffer.byteLength(key) >= 32)
}

function isOrigin (value: unknown): boolean {
  return value === null || (typeof value === 'string' && URL.canParse(value) && new URL(value).origin === value)
}

// What @fastify/cookie would not write stops the boot here, with a sentence that names the option.
function isDomain (value: unknown): boolean {
  return typeof value === 'string' && value.replace(/^\./, '').split('.').every((label) => /^(?!-)[a-z\d-]{1,63}(?<!-)$/i.test(label))
}

export type Rules = Readonly<Record<string, Rule>>

export const optionRules: Rules = {
  key: aKey,
  realm: { may: 'a name of letters, digits, - and _', test: (value) => typeof value === 'string' && /^[\w-]{1,64}$/.test(value) },
  loadUser: aFunction,
  loadUserFromRequest: aFunctionOrNull,
  anonymousUser: aFunctionOrNull,
  getId: aFunction,
  isActive: aFunction,
  authHash: aFunctionOrNull,
  sameUsers: aBoolean,
  thisScopeOnly: aBoolean,
  loginPath: aPage,
  refreshPath: aPage,
  loginMessage: aTextOrNull,
  loginMessageCategory: aText,
  needsRefreshMessage: aTextOrNull,
  needsRefreshMessageCategory: aText,
  localize: aFunctionOrNull,
  unauthorizedHandler: aFunctionOrNull,
  needsRefreshHandler: aFunctionOrNull,
  nextIn: oneOf('query', 'session'),
  nextField: { may: 'a string that is not empty', test: (value) => typeof value === 'string' && value !== '' },
  origin: { may: "an origin such as 'https://www.example.org', without a path, or null", test: isOrigin },
  sessionProtection: oneOf(...sessionProtections),
  permanentSession: aBoolean,
  identifyBrowser: aFunction,
  idleTimeout: secondsOrNull,
  absoluteTimeout: aLongTime,
  freshFor: secondsOrNull,
  defaultLogin: oneOf('optional', 'required'),
  cacheControl: { may: 'a Cache-Control value such as \'no-store\', or false', test: (value) => value === false || isHeaderText(value) },
  dropAtLogin: { may: 'an array of strings', test: (value) => Array.isArray(value) && value.every((key) => typeof key === 'string') },
  cookieName: aName,
  cookie: anObject,
  remember: anObject,
  store: { may: 'a LoginStore, such as new MemoryStore()', test: (value) => typeof value === 'object' && value !== null },
  maxLogins: { may: 'a positive whole number or null', test: (value) => value === null || isCount(value), shows: true },
  onMaxLogins: oneOf('end-oldest', 'refuse'),
  endedLogins: { may: 'a positive whole number of users', test: isCount, shows: true }
}

export const cookieRules: Rules = {
  path: { may: 'a path such as \'/\'', test: (value) => typeof value === 'string' && /^\/[\u0021-\u003a\u003d-\u007e]*$/.test(value) },
  domain: { may: 'a domain such as \'example.org\'', test: isDomain },
  secure: aBoolean,
  sameSite: oneOf('lax', 'strict', 'none'),
  partitioned: aBoolean
}

export const rememberRules: Rules = {
  cookieName: aName,
  duration: aLongTime,
  refreshEachRequest: aBoolean,
  cookie: anObject,
  getToken: aFunction,
  loadUserByToken: aFunction
}
