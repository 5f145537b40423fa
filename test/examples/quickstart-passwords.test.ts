/** How the quickstart example keeps passwords. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'

describe('the passwords of the quickstart', () => {
  let hashPassword: (password: string) => Promise<string>
  let checkPassword: (password: string, hash?: string) => Promise<boolean>
  before(async () => {
    ({ hashPassword, checkPassword } = await import(new URL('../../examples/quickstart/passwords.ts', import.meta.url).href))
  })

  test('a password is kept as a hash, another one each time', async () => {
    const hashes = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')])
    assert.notEqual(hashes[0], hashes[1])
    for (const hash of hashes) {
      assert.doesNotMatch(hash, /correct/)
      assert.equal(await checkPassword('correct horse', hash), true)
      assert.equal(await checkPassword('correct house', hash), false)
    }
  })

  test('a password is the same on a keyboard that composes its accents', async () => {
    assert.equal(await checkPassword('cafe\u0301 noir', await hashPassword('caf\u00e9 noir')), true)
  })

  test('nobody has a password, and saying so takes as long as for somebody', async () => {
    const hash = await hashPassword('correct horse')
    const somebody = await fastest(() => checkPassword('a wrong one', hash))
    const nobody = await fastest(() => checkPassword('a wrong one'))
    assert.equal(await checkPassword('', undefined), false)
    assert.ok(nobody > somebody / 2, `${nobody} ms for nobody, ${somebody} ms for somebody`)
  })
})

/** The fastest of a few, since only a slower one can be the machine's doing. */
async function fastest (work: () => Promise<unknown>): Promise<number> {
  let milliseconds = Infinity
  for (let run = 0; run < 3; run++) {
    const start = performance.now()
    await work()
    milliseconds = Math.min(milliseconds, performance.now() - start)
  }
  return milliseconds
}
