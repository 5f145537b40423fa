/**
 * A provider, a site and a browser, as most tests need them.
 *
 * @module
 */
import type { TestContext } from 'node:test'
import { createProvider, siteOrigin, type ProviderSetup, type TestProvider } from './provider.ts'
import { createSite, type Site, type SiteSetup } from './site.ts'
import { WebBrowser, World } from './world.ts'

export interface Story extends Site {
  readonly world: World
  readonly op: TestProvider
  readonly browser: WebBrowser
  /** What the site says of who is logged in. */
  readonly whoami: (browser?: WebBrowser) => Promise<{ user: string | null, fresh: boolean, login: { id: string } | null, lapse: string | null }>
}

export async function createStory (test: TestContext, site: SiteSetup = {}, setup: ProviderSetup = {}): Promise<Story> {
  const world = new World()
  const op = createProvider({
    fetch: ((url: URL | string, options: RequestInit) => world.fetch(String(url), options as never)) as NonNullable<ProviderSetup['fetch']>, ...setup
  })
  world.hosts.set('op.test', op.server)
  const made = await createSite(world, site)
  const browser = new WebBrowser(world)
  test.after(async () => { await made.app.close(); await op.server.close() })
  return {
    ...made,
    world,
    op,
    browser,
    whoami: async (other = browser) => (await other.request(`${siteOrigin}/whoami`, { headers: { accept: 'application/json' } })).json()
  }
}
