/**
 * What this site may use of a provider's document: addresses over https, or on this machine for a provider there.
 *
 * @module
 */
import type { ServerMetadata } from 'openid-client'
import { isLoopback } from './provider-settings.ts'

/** What is asked or shown here, with secrets, codes or tokens on the way, and the keys that all trust hangs on. */
const endpoints = [
  'authorization_endpoint', 'token_endpoint', 'userinfo_endpoint', 'jwks_uri', 'end_session_endpoint',
  'revocation_endpoint', 'pushed_authorization_request_endpoint'
] as const

/** The names of the addresses in the document of an issuer that are no https URLs, or unusable in another way. */
export function unusableEndpoints (metadata: Readonly<ServerMetadata>, issuer: URL): string[] {
  return endpoints.filter((name) => metadata[name] !== undefined && !isUsable(metadata[name], issuer))
}

/** openid-client lets a provider on this machine name plain http of any host: anybody on the way would read along. */
function isUsable (address: unknown, issuer: URL): boolean {
  if (typeof address !== 'string' || !URL.canParse(address)) return false
  const url = new URL(address)
  return url.protocol === 'https:' || (isLoopback(issuer) && isLoopback(url))
}
