/**
 * Guarded pages under any header and any request target: nobody gets in, and nobody is sent off the site.
 *
 * @module
 */
import { fragments, headerText } from './fragments.ts'
import type { Fuzzer, OpenedFuzzer } from './fuzzer.ts'
import { assertTurnedAway, assertWorks } from './guarded-answers.ts'
import { openSite, others, ownPages, pagesElsewhere, type GuardedSite, type Visitor } from './guarded-site.ts'
import { origin } from './next.ts'
import type { Random } from './random.ts'

const headerNames = ['accept', 'sec-fetch-mode', 'sec-fetch-dest', 'sec-fetch-site', 'sec-fetch-user', 'x-requested-with', 'user-agent', 'origin', 'referer', 'host', 'upgrade',
  'access-control-request-method', 'access-control-request-headers', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'authorization', 'cookie', 'accept-language', 'x-early', 'x-early', 'x-late']
const likely = ['text/html', '*/*', 'text/html;q=0', 'application/json', 'navigate', 'cors', 'no-cors', 'websocket', 'document', 'same-origin', 'none', '?1', 'XMLHttpRequest', 'GET', 'POST', 'OPTIONS', 'throws', '']
const methods = ['GET', 'GET', 'GET', 'HEAD', 'POST', 'OPTIONS', 'PUT', 'DELETE'] as const

/** Half of the visitors are nobody. */
const visitors: readonly Visitor[] = ['nobody', 'nobody', 'stale', 'fresh']
const freshPages = ['/vault', '/vault/minute', '/fresh-by-config', '/responses/vault', '/anything/else']
const pagesNotFor: Readonly<Record<Visitor, readonly string[]>> = {
  nobody: ['/members', '/by-config', '/scope/page', '/responses/members', ...freshPages],
  stale: freshPages,
  fresh: ['/visitors', '/responses/visitors', '/visitors-by-config', '/guests/a', '/visitors?next=/members']
}

/** What the target begins with, so that it is a page that the visitor is not to see. */
const anywhere = ['/', '/', '/', '//', '/\\', '', '/members?', '/%', 'http://evil.example/']
const beginningsFor: Readonly<Record<Visitor, readonly string[]>> = {
  nobody: anywhere,
  stale: anywhere,
  fresh: ['/visitors?next=', '/visitors?next=/', '/visitors?next=//', `/visitors?next=${origin}`, `/visitors-by-config?next=${origin}/`, '/guests/', '/guests/?next=/guests/']
}

export const headerFuzzer: Fuzzer = {
  name: 'headers of guarded pages',
  open: async () => await openBoth(async (site, visitor, random) => {
    // Only who asks for a page is sent on to another.
    const drawn: Record<string, string> = { ...random.chance(0.7) ? { accept: 'text/html' } : {}, ...drawHeaders(random) }
    const cookies = [site.headers[visitor].cookie, drawn.cookie].filter((cookie) => cookie !== undefined)
    const headers = { ...drawn, ...cookies.length === 0 ? {} : { cookie: cookies.join('; ') } }
    await assertTurnedAway(site, visitor, { method: random.pick(methods), url: random.pick(pagesNotFor[visitor]), headers })
  })
}

export const targetFuzzer: Fuzzer = {
  name: 'request targets of guarded pages',
  open: async () => await openBoth(async (site, visitor, random) => {
    const target = drawTarget(random, beginningsFor[visitor])
    const accept = random.pick(['text/html', 'text/html', '*/*', 'application/json'])
    const headers = { ...site.headers[visitor], accept, target: Buffer.from(target, 'latin1').toString('base64') }
    await assertTurnedAway(site, visitor, { method: 'GET', url: '/', headers }, target)
  })
}

/** Tries what is drawn at a site with pages of its own to log in at, at one that has them elsewhere, or at one where other plugins answer, too. */
async function openBoth (attempt: (site: GuardedSite, visitor: Visitor, random: Random) => Promise<void>): Promise<OpenedFuzzer> {
  const sites = [await openSite(ownPages), await openSite(pagesElsewhere, { origin }), await openSite(ownPages, {}, others)]
  return {
    attempt: async (random) => await attempt(random.pick(sites), random.pick(visitors), random),
    control: async () => { for (const site of sites) await assertWorks(site) },
    close: async () => { for (const { app } of sites) await app.close() }
  }
}

function drawHeaders (random: Random): Record<string, string> {
  const count = 1 + random.below(4)
  return Object.fromEntries(Array.from({ length: count }, () => [random.pick(headerNames), random.chance(0.5) ? random.pick(likely) : headerText(random)]))
}

/** What the parser lets through: no spaces, no control characters. */
function drawTarget (random: Random, beginnings: readonly string[]): string {
  const drawn = random.chance(0.2) ? random.bytes(60).toString('latin1') : random.joined(fragments, 12)
  // eslint-disable-next-line no-control-regex
  const text = drawn.replace(/[\u0000-\u0020\u007f]/g, '').replace(/[^\u0021-\u00ff]/g, '')
  return random.pick(beginnings) + text || '/'
}
