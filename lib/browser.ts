/**
 * Who a browser is taken for: the identity that session protection compares.
 *
 * @module
 */
import type { FastifyRequest } from 'fastify'
import { LruMap } from 'toad-cache'
import { isIP, isIPv6 } from 'node:net'
import { digest } from './digest.ts'
import { InvalidArgumentError } from './errors.ts'
import { kindOf } from './kind-of.ts'

/**
 * Names the browser behind a request; two requests of one browser must get the same string.
 *
 * @example
 * import type { IdentifyBrowser } from 'fastify-login'
 *
 * const byLanguage: IdentifyBrowser = (request) => `${request.ip} ${request.headers['accept-language']}`
 */
export type IdentifyBrowser = (request: FastifyRequest) => string

/** Address and User-Agent, as Flask-Login has it. `request.ip` is what `trustProxy` makes of it. */
export const identifyByAddressAndUserAgent: IdentifyBrowser = (request) =>
  `${request.ip ?? ''}|${request.headers['user-agent'] ?? ''}`

/** User-Agent only: for visitors whose address changes, as on mobile networks. */
export const identifyByUserAgent: IdentifyBrowser = (request) => request.headers['user-agent'] ?? ''

/** The network (IPv4 /24, IPv6 /48) and User-Agent: holds while a provider moves its customers about. */
export const identifyByNetworkAndUserAgent: IdentifyBrowser = (request) =>
  `${networkOf(request.ip ?? '')}|${request.headers['user-agent'] ?? ''}`

/** An IPv6 address that holds an IPv4 one takes 45 characters, and the name of an interface may follow it. */
const longestAddress = 64

/** The address behind a request, or an empty text: a Unix socket has none, and a trusted proxy may name anything. */
export function addressOf ({ ip }: FastifyRequest): string {
  return ip !== undefined && ip.length <= longestAddress && isIP(ip) !== 0 ? ip : ''
}

function networkOf (address: string): string {
  if (address.length > longestAddress || !isIPv6(address)) return address.slice(0, address.lastIndexOf('.'))
  const mapped = /^::ffff:(\d+\.\d+\.\d+)\.\d+$/i.exec(address)
  if (mapped !== null) return mapped[1] as string
  const [head = '', tail] = address.split('::')
  const groups = head === '' ? [] : head.split(':')
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length)
  const whole = [...groups, ...Array<string>(missing).fill('0'), ...(tail ?? '').split(':')]
  return whole.slice(0, 3).map((group) => Number.parseInt(group, 16).toString(16)).join(':')
}

// A hash takes 0.3 µs, a look-up 0.01; one user agent after another would be a way to fill the memory, so it is bounded.
const known = new LruMap<string>(1000)
const longestKnown = 512

interface Agent { readonly userAgent: string, readonly digest: string }
const agents = new LruMap<Agent>(1000)

/**
 * The digest of the browser behind a request. For the identity that most have, the last user agent of an address is
 * remembered: joining the two and looking that up costs six times as much.
 */
export function browserOf (request: FastifyRequest, identify: IdentifyBrowser): string {
  if (identify !== identifyByAddressAndUserAgent) return browserDigest(namedBy(identify, request))
  const userAgent = request.headers['user-agent'] ?? ''
  const address = request.ip ?? ''
  const last = agents.get(address)
  if (last !== undefined && last.userAgent === userAgent) return last.digest
  const digest = browserDigest(identify(request))
  if (userAgent.length <= longestKnown && address.length <= longestAddress) agents.set(address, { userAgent, digest })
  return digest
}

function namedBy (identify: IdentifyBrowser, request: FastifyRequest): string {
  const identity: unknown = identify(request)
  if (typeof identity === 'string') return identity
  throw new InvalidArgumentError(`fastify-login: the option identifyBrowser must return a string at once, and returned ${kindOf(identity)}`)
}

/** The identity as it is kept in a login: a digest, because a full user agent is long and tells more than is needed. */
function browserDigest (identity: string): string {
  const remembered = known.get(identity)
  if (remembered !== undefined) return remembered
  const made = digest(identity)
  if (identity.length <= longestKnown) known.set(identity, made)
  return made
}
