/**
 * Loads the packages that only OpenID Connect needs: optional peers, missed at boot and not at the first log-in.
 *
 * @module
 */
import { because } from './because.ts'
import { PeerMissingError } from './errors.ts'

export type OpenIdClient = typeof import('openid-client')
export type Jose = typeof import('jose')

/** The libraries that do the protocol. */
export interface Peers { readonly client: OpenIdClient, readonly jose: Jose }

export async function loadPeers (): Promise<Peers> {
  // tsx puts a branch of its own behind each import(), which is not ours to test.
  /* c8 ignore next 4 */
  return {
    client: await loadPeer('openid-client', () => import('openid-client')),
    jose: await loadPeer('jose', () => import('jose'))
  }
}

/** The package, or `FST_LOGIN_OIDC_PEER_MISSING` where it is not installed. */
export async function loadPeer<Peer> (name: string, load: () => Promise<Peer>): Promise<Peer> {
  try {
    return await load()
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND' ? because(new PeerMissingError(name), error) : error
  }
}
