import assert from 'node:assert/strict'
import { it } from 'node:test'
import { describeWays } from '../support/ways.ts'
import { isNobodys } from './cookies.ts'
import { issueCookies } from './genuine.ts'
import { bitsOf, flipBit } from './mutations.ts'

describeWays('A genuine cookie', (way) => {
  it('is worth nothing with any one of its bits turned over', async (t) => {
    const { app, named, work, close } = await issueCookies(way)
    t.after(close)
    for (const [name, value] of named) {
      const flipped = Array.from({ length: bitsOf(value) }, (_, bit) => flipBit(value, bit))
      assert.ok(flipped.length > 400 && !flipped.includes(value))
      for (const one of flipped) await isNobodys(app, `${name}=${one}`)
    }
    await work()
  })

  it('is worth nothing cut off at any place, from either end', async (t) => {
    const { app, named, work, close } = await issueCookies(way)
    t.after(close)
    for (const [name, value] of named) {
      for (let at = 1; at < value.length; at++) {
        await isNobodys(app, `${name}=${value.slice(0, at)}`)
        await isNobodys(app, `${name}=${value.slice(at)}`)
      }
    }
    await work()
  })

  it('is worth nothing under another name: of another purpose, or another realm', async (t) => {
    const { app, named, work, close } = await issueCookies(way)
    t.after(close)
    const names = new Set(named.map(([name]) => name))
    for (const [own, value] of named) {
      for (const name of names) if (name !== own) await isNobodys(app, `${name}=${value}`)
    }
    await work()
  })

  it('is worth nothing put together of two, at any place', async (t) => {
    const { app, named, work, close } = await issueCookies(way)
    t.after(close)
    for (const [name, value] of named) {
      for (const [, other] of named) {
        for (let at = 1; at < Math.min(value.length, other.length); at++) {
          const mixed = value.slice(0, at) + other.slice(at)
          // Where both begin or end alike, it is one of the two again.
          if (mixed !== value && mixed !== other) await isNobodys(app, `${name}=${mixed}`)
        }
      }
    }
    await work()
  })

  it('is worth its user as it is', async (t) => {
    const { app, named, close } = await issueCookies(way)
    t.after(close)
    for (const [name, value] of named) {
      await assert.rejects(isNobodys(app, `${name}=${value}`), /user [12]|an admin/, name)
    }
  })
})
