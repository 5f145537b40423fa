/**
 * What is settled about a provider at boot.
 *
 * @module
 */
import type { CustomFetch } from 'openid-client'
import { readClientSecrets } from './client-secrets.ts'
import { digest } from './digest.ts'
import type { ProviderOptions } from './options.ts'
import { checkByRules, invalid, providerRules } from './rules.ts'

export interface ProviderSettings {
  readonly name: string
  /**
   * A digest of name, issuer and client id, under which everything is kept that the provider gave: where one of the
   * three changes, or in another registration, it is another provider's, and is not sent to this one.
   */
  readonly id: string
  /** A digest of that and of the redirect URI: an attempt to log in counts for one callback of one provider. */
  readonly callbackId: string
  readonly label: string
  /** Where the provider sends visitors back to: on this site, and as the whole URL that it knows. */
  readonly callbackPath: string
  readonly redirectUri: string
  readonly issuer: URL
  readonly clientId: string
  /** Null for a public client. */
  readonly clientSecret: string | null
  readonly clientAuthentication: ProviderOptions['clientAuthentication'] | null
  readonly scope: string
  readonly userinfo: boolean
  readonly idTokenAlgorithm: string | null
  readonly parameters: Readonly<Record<string, string>>
  readonly pushRequest: boolean
  readonly trustPromptLogin: boolean
  readonly registerUrl: string | null
  readonly clockTolerance: number
  readonly timeout: number
  readonly fetch: CustomFetch
}

/** Parameters that each attempt sets for itself, or that would change what comes back. */
const ownParameters = [
  'client_id', 'redirect_uri', 'response_type', 'response_mode', 'scope', 'state', 'nonce', 'code_challenge',
  'code_challenge_method', 'request', 'request_uri',
  // A visitor would see these in the address.
  'client_secret', 'client_assertion'
]

/** Where a provider comes back to. */
interface Back { readonly baseUrl: string, readonly callbackPath: string, readonly production: boolean }

/** Settles the options of a provider, or stops the boot. */
export async function providerSettings (
  name: string, prefix: string, options: ProviderOptions, { baseUrl, callbackPath, production }: Back
): Promise<ProviderSettings> {
  checkByRules(options, providerRules, prefix)
  const redirectUri = baseUrl + callbackPath
  const client = options.clientSecrets === undefined ? {} : await readClientSecrets(options.clientSecrets)
  const { issuer = client.issuer, clientId = client.clientId, clientSecret = client.clientSecret ?? null } = options
  if (issuer === undefined) throw invalid(`${prefix}issuer`, "is missing: it may be a URL such as 'https://accounts.example.org'")
  if (clientId === undefined) throw invalid(`${prefix}clientId`, 'is missing: it is what the provider calls this site')
  if (client.redirectUris !== undefined && !client.redirectUris.includes(redirectUri)) {
    throw invalid(`${prefix}clientSecrets`, `has redirect_uris without ${redirectUri}, which this site comes back to`)
  }
  const parameters = options.authorizationParameters ?? {}
  const own = Object.keys(parameters).find((parameter) => ownParameters.includes(parameter))
  if (own !== undefined) throw invalid(`${prefix}authorizationParameters`, `may not name ${own}: each log-in sets its own`)
  if (parameters['max_age'] !== undefined && !/^\d{1,9}$/.test(parameters['max_age'])) {
    throw invalid(`${prefix}authorizationParameters`, 'may name max_age as a number of seconds')
  }
  const { idTokenAlgorithm = null } = options
  if (idTokenAlgorithm?.startsWith('HS') && clientSecret === null) {
    throw invalid(`${prefix}idTokenAlgorithm`, "may be one of a shared secret, such as 'HS256', only with a " +
      'clientSecret, which signs')
  }
  const checked = checkedIssuer(issuer, `${prefix}issuer`, production)
  // A document of another issuer is refused, so that the configured one stands for it while the provider is down.
  const id = digest(JSON.stringify(['provider', name, checked.href, clientId]))
  return Object.freeze({
    name,
    id,
    callbackId: digest(JSON.stringify(['callback', id, redirectUri])),
    label: options.label ?? name,
    callbackPath,
    redirectUri,
    issuer: checked,
    clientId,
    clientSecret,
    clientAuthentication: options.clientAuthentication ?? null,
    scope: checkedScope(options.scope ?? 'openid email profile', `${prefix}scope`),
    userinfo: options.userinfo ?? false,
    idTokenAlgorithm,
    parameters,
    pushRequest: options.pushRequest ?? false,
    trustPromptLogin: options.trustPromptLogin ?? false,
    registerUrl: options.registerUrl ?? null,
    clockTolerance: options.clockTolerance ?? 30,
    timeout: options.timeout ?? 5,
    // Looked up at each call: what watches or replaces the global one may come later.
    fetch: options.fetch ?? (async (url, asked) => await fetch(url, asked as RequestInit))
  })
}

/** The scope as the provider reads it: names, one of which is `openid` and not merely begins so. */
function checkedScope (scope: string | readonly string[], option: string): string {
  const names = (typeof scope === 'string' ? scope : scope.join(' ')).split(/\s+/).filter(Boolean)
  if (!names.includes('openid')) throw invalid(option, "must hold 'openid': without it the provider says nothing of the user")
  return names.join(' ')
}

/** An address of `/.well-known/…` would switch off the check that the document is this issuer's own. */
function checkedIssuer (issuer: string, option: string, production: boolean): URL {
  const url = URL.canParse(issuer) ? new URL(issuer) : null
  const isBare = url !== null && url.search === '' && url.hash === '' && !hasCredentials(url)
  if (!isBare || url.pathname.includes('/.well-known/')) {
    throw invalid(option, "may be a URL such as 'https://accounts.example.org', without a query, a password " +
      'and /.well-known/…')
  }
  if (url.protocol !== 'https:' && !(isLoopback(url) && !production)) {
    throw invalid(option, 'may be an https URL; http is for a provider on this machine, and not in production')
  }
  return url
}

/** Whether a URL holds a name or a password, which whoever is shown the URL would be shown with it. */
function hasCredentials ({ username, password }: URL): boolean {
  return username !== '' || password !== ''
}

/** Whether nobody but this machine can hear what is said. */
export function isLoopback ({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname)
}
