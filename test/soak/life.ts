/**
 * What a browser of the soak does from its first page to what a thief finds after its logout.
 *
 * @module
 */
import type { Surfer } from './surfer.ts'

const chance = (share: number) => Math.random() < share
const upTo = (most: number) => 1 + Math.floor(Math.random() * most)

/** One login, from before it begins until after it has ended. */
export async function live (surfer: Surfer): Promise<void> {
  await surfer.see('/members', 'out')
  const remember = chance(0.5)
  await surfer.step('login', `/login/${surfer.user}`, { remember })
  const copies = [surfer.other(surfer.jar.copy())]
  await surfer.see('/vault', 'in')
  await browse(surfer)
  if (chance(0.3) && !await confirm(surfer)) return
  if (remember) {
    copies.push(surfer.other(surfer.jar.copy()))
    if (!await comeBack(surfer)) return
  }
  if (chance(0.2)) await endPhone(surfer)
  copies.push(surfer.other(surfer.jar.copy()))
  await surfer.step('logout', '/logout')
  for (const thief of [...copies, surfer]) await thief.see('/members', 'out')
}

async function browse (surfer: Surfer): Promise<void> {
  for (let left = upTo(8); left > 0; left--) await surfer.seeTogether(upTo(3), 'in')
}

/** False: a proof or a restore whose answer was lost had happened, so its browser lacks the new secret and begins anew. */
async function confirm (surfer: Surfer): Promise<boolean> {
  if (!await surfer.step('confirm', '/confirm')) return false
  await surfer.see('/vault', 'in')
  return true
}

/** The browser is closed and opened with several tabs; the remembered login is not fresh until its user proves it. */
async function comeBack (surfer: Surfer): Promise<boolean> {
  surfer.jar.restart()
  await surfer.seeTogether(upTo(3), 'in')
  await surfer.see('/vault', 'stale')
  await browse(surfer)
  return chance(0.5) || await confirm(surfer)
}

/** A second browser of the same user, whose login is ended from the first. */
async function endPhone (surfer: Surfer): Promise<void> {
  const phone = surfer.other()
  await phone.step('login of a phone', `/login/${phone.user}`, { remember: true })
  await phone.see('/members', 'in')
  await surfer.step('end of the others', '/end-others')
  await phone.see('/members', 'out')
  await surfer.see('/members', 'in')
}
