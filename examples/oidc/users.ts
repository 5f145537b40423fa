/** The site's users: objects of the provider's Users API, kept for a minute so that many requests are one call. */
export interface User {
  id: string
  profile: { firstName: string, email: string }
}

declare module 'fastify-login' {
  interface Register { user: User }
}

export type FindUser = (id: string) => Promise<User | null>

/** How long a user is believed to be as the provider said, in milliseconds; and how many are kept. */
const keepFor = 60_000
const most = 10_000

/** Asks the Users API, which is at the provider, with the token that the provider gave the site for it. */
export function usersOf (provider: string, token: string): FindUser {
  return cached(async (id) => {
    const answer = await fetch(`${provider}/api/v1/users/${encodeURIComponent(id)}`, {
      headers: { authorization: `SSWS ${token}` }, signal: AbortSignal.timeout(5000)
    })
    if (answer.status === 404) return null
    // Nobody is logged out because the provider is down: the request fails, and the login lives on.
    if (!answer.ok) throw new Error(`The Users API answered ${answer.status}`)
    return await answer.json() as User
  })
}

/** Calls that come while one is under way share it; one that fails is not kept. */
function cached (find: FindUser): FindUser {
  const kept = new Map<string, { user: Promise<User | null>, until: number }>()
  return (id) => {
    const known = kept.get(id)
    if (known !== undefined && Date.now() < known.until) return known.user
    const user = find(id)
    user.catch(() => kept.delete(id))
    kept.delete(id)
    kept.set(id, { user, until: Date.now() + keepFor })
    const [oldest] = kept.keys()
    if (kept.size > most && oldest !== undefined) kept.delete(oldest)
    return user
  }
}
