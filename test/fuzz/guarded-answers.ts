/**
 * What visitors of a guarded page get who are not to see it: an error, or the way to where they may go on.
 *
 * @module
 */
import assert from 'node:assert/strict'
import type { InjectOptions } from 'fastify'
import { texts, type GuardedSite, type Visitor } from './guarded-site.ts'
import { leadsTo, origin } from './next.ts'

/** What is not for whom. */
const keptFrom: Readonly<Record<Visitor, ReadonlyArray<string>>> = {
  nobody: [texts.member, texts.fresh],
  stale: [texts.fresh],
  fresh: [texts.anonymous]
}

/** Asks for a page that is not for this visitor. */
export async function assertTurnedAway ({ app, pages }: GuardedSite, visitor: Visitor, asked: InjectOptions, target: unknown = undefined): Promise<void> {
  const { statusCode, headers: { location, 'set-cookie': set }, body } = await app.inject(asked)
  const told = JSON.stringify([pages, visitor, asked, target])
  assert.ok(statusCode < 500, `${statusCode} ${body} for ${told}`)
  assert.ok(!keptFrom[visitor].some((text) => body.includes(text)), told)
  assert.equal(set, undefined, told)
  if (location === undefined) return
  if (visitor === 'fresh') leadsTo(location, told)
  else assertSentTo(visitor === 'stale' ? pages.refreshPath : pages.loginPath, location, told)
}

/** A redirect to this page, as it is but for the target to come back to, which is on the site. */
function assertSentTo (page: string, location: string, told: string): void {
  const [wanted, sent] = [new URL(page, origin), new URL(location, origin)]
  if (page.startsWith('/')) leadsTo(location, told)
  const next = sent.searchParams.getAll('next')
  sent.searchParams.delete('next')
  assert.equal(sent.href, wanted.href, told)
  assert.ok(next.length <= 1, told)
  for (const target of next) leadsTo(wanted.origin === origin ? target : pathAt(target, told), told)
}

/** The path of a whole address, which is on the site. */
function pathAt (target: string, told: string): string {
  assert.ok(target.startsWith(`${origin}/`), told)
  assert.equal(new URL(target).origin, origin, told)
  return target.slice(origin.length)
}

/** Whoever may see a page sees it, and the others are shown the way: else what turned them away was something else. */
export async function assertWorks ({ app, pages: { loginPath, refreshPath }, headers }: GuardedSite): Promise<void> {
  const answers = [
    ['nobody', '/members', loginPath], ['nobody', '/vault', loginPath], ['nobody', '/visitors', texts.anonymous],
    ['stale', '/members', texts.member], ['stale', '/vault', refreshPath], ['stale', '/visitors?next=/x', '/x'],
    ['fresh', '/members', texts.member], ['fresh', '/visitors?next=/x', '/x']
  ] as const
  for (const [visitor, url, wanted] of answers) {
    const told = `${visitor} at ${url}`
    const answer = await app.inject({ url, headers: { accept: 'text/html', ...headers[visitor] } })
    const { location } = answer.headers
    if (location === undefined || wanted === '/x') assert.equal(location ?? answer.body, wanted, told)
    else assertSentTo(wanted, location, told)
  }
}
