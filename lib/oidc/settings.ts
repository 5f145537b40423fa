/**
 * What is settled about a registration at boot: every option has a value.
 *
 * @module
 */
import type { OidcOptions, OidcPaths, ProviderOptions } from './options.ts'
import { providerSettings, type ProviderSettings } from './provider-settings.ts'
import { checkByRules, invalid, isObject, pathRules, providerRules, siteRules } from './rules.ts'

export interface SiteSettings extends Required<Pick<OidcOptions, 'toUser' | 'afterLogin' | 'afterLogout' | 'remember' | 'keepTokens' | 'cookieName'>> {
  readonly origin: string
  /** Whether cookies are Secure: known from `baseUrl`, not from a request. */
  readonly secure: boolean
  /** As browsers see them: with the prefix of the scope. */
  readonly paths: Required<OidcPaths>
  readonly providers: readonly ProviderSettings[]
  readonly errorPage: OidcOptions['errorPage'] | null
}

const defaultPaths: Required<OidcPaths> = {
  login: '/login',
  callback: '/oidc/callback',
  logout: '/logout',
  register: '/register',
  reauthenticate: '/reauthenticate',
  backChannelLogout: null
}

/** Settles the options of a registration in a scope of that prefix, or stops the boot. */
export async function siteSettings (options: OidcOptions, prefix: string): Promise<SiteSettings> {
  checkByRules(options, siteRules)
  checkByRules(options.paths ?? {}, pathRules, 'paths.')
  const { baseUrl, toUser } = options
  if (baseUrl === undefined) throw invalid('baseUrl', "is missing: it may be this site's origin, such as 'https://www.example.org'")
  if (toUser === undefined) throw invalid('toUser', 'is missing: it may be a function that gives the user of an identity, or null')
  const production = process.env['NODE_ENV'] === 'production'
  const secure = baseUrl.startsWith('https:')
  if (production && !secure) throw invalid('baseUrl', 'may be https in production: over http anybody on the way can log in as a visitor')
  const paths = prefixed(prefix, { ...defaultPaths, ...named(options.paths ?? {}) })
  const afterLogin = options.afterLogin ?? '/'
  checkPaths(paths, afterLogin)
  return Object.freeze({
    toUser,
    origin: baseUrl,
    secure,
    paths,
    providers: await Promise.all(providersOf(options).map(({ name, at, callback, one }) =>
      providerSettings(name, at, one, { baseUrl, callbackPath: paths.callback + callback, production }))),
    afterLogin,
    afterLogout: options.afterLogout ?? '/',
    remember: options.remember ?? false,
    keepTokens: options.keepTokens ?? false,
    cookieName: options.cookieName ?? 'oidc',
    errorPage: options.errorPage ?? null
  })
}

/** The name that stands for the only provider. */
const onlyOne = 'default'

/** A provider's options: what it is called, where they stand, and what follows the path of the callback. */
interface Named { readonly name: string, readonly at: string, readonly callback: string, readonly one: ProviderOptions }

/**
 * Each of several providers has a callback of its own: one of them could else have visitors bring it the code that
 * another gave them (mix-up, RFC 9700, 4.4.2), where that one does not name itself in its answers.
 */
function providersOf (options: OidcOptions): Named[] {
  const own = Object.fromEntries(Object.entries(named(options)).filter(([name]) => Object.hasOwn(providerRules, name)))
  if (options.providers === undefined) return [{ name: onlyOne, at: '', callback: '', one: own }]
  const [misplaced] = Object.keys(own)
  if (misplaced !== undefined) throw invalid(misplaced, 'belongs to one of the providers, where there are several')
  const providers = Object.entries(options.providers)
  if (providers.length === 0) throw invalid('providers', 'is empty: it may be an object of providers by name')
  for (const [name, one] of providers) {
    if (!/^[\w-]{1,64}$/.test(name) || !isObject(one)) {
      throw invalid('providers', 'may be an object of providers, under names of letters, digits, - and _')
    }
  }
  return providers.map(([name, one]) => ({ name, at: `providers.${name}.`, callback: `/${name}`, one }))
}

function prefixed (prefix: string, paths: Required<OidcPaths>): Required<OidcPaths> {
  return Object.freeze(Object.fromEntries(
    Object.entries(paths).map(([name, path]) => [name, path === null ? null : prefix + path]))) as unknown as Required<OidcPaths>
}

function checkPaths (paths: Required<OidcPaths>, afterLogin: string): void {
  const taken = new Map<string, string>()
  for (const [name, path] of Object.entries(paths)) {
    if (path === null) continue
    const other = taken.get(path)
    if (other !== undefined) throw invalid(`paths.${name}`, `is ${path}, and so is paths.${other}`)
    taken.set(path, name)
  }
  const [target = ''] = afterLogin.split(/[?#]/)
  if (taken.has(target)) throw invalid('afterLogin', `is paths.${taken.get(target)}: nobody would get anywhere`)
}

function named<Options extends object> (options: Options): Options {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Options
}
