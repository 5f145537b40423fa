/**
 * What a login is worth in a browser that is not the one it began in.
 *
 * @module
 */

/** `basic`: the login goes on but is stale; `strong`: it ends; `false`: the browser is not looked at. */
export type SessionProtection = 'basic' | 'strong' | false

/** The names of the modes, for messages. */
export const sessionProtections: readonly SessionProtection[] = ['basic', 'strong', false]

/**
 * Another browser makes a login stale, or ends it under `strong`. A permanent session treats strong as basic: it
 * outlives the network its browser is in, so a change of address proves nothing (Flask-Login's rule).
 */
export function protect (
  mode: Exclude<SessionProtection, false>, permanent: boolean, sameBrowser: boolean
): 'keep' | 'stale' | 'end' {
  if (sameBrowser) return 'keep'
  return mode === 'strong' && !permanent ? 'end' : 'stale'
}
