/** That the model can fail: over stores and applications that break a promise it does, and says which. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { stopClock } from '../support/clock.ts'
import { sessionPlugins, type SessionPlugin } from '../support/sessions.ts'
import { plainTerms, type Move, type Sending } from './move.ts'
import { explore, replay } from './run.ts'
import {
  dropsCookies, endsByTheClock, endsNoOthers, endsNothing, endsNothingSetBack, endsTwice, findsAllFresh, findsAllStale, findsNothingOld, forgetsTokens,
  ignoresVersions, keepsNoChange, keepsOut, losesRecords, mixesCookies, removesNothing, spoilt, tampered
} from './sabotage.ts'
import { fixedSeed } from './seed.ts'
import { inMemory, withoutStore } from './ways.ts'

const session = sessionPlugins[0] as SessionPlugin
const send = (act: Sending['act'], more: Partial<Sending> = {}): Sending => ({ move: 'send', who: 'first', act, ...more })
const visit = send('visit')
const restart: Move = { move: 'restart', who: 'first' }
const remembered = send('logIn 1', { remember: true })
const endAll: Move = { move: 'end', what: 'all', index: 0 }
const setBack: Move = { move: 'setBack', seconds: 3600 }
const switches: Move = { move: 'race', slow: send('logIn 2', { hold: { point: 'acted', nth: 0 } }), quick: [send('logIn 3')] }
const rotate: Move = { move: 'rotate', who: 'first', by: 'proofs', times: 9 }
const beside: Move = { move: 'race', slow: send('visit', { hold: { point: 'acted', nth: 0 } }), quick: [visit], delivery: 'lost' }

const stores = [
  ['removes nothing', removesNothing, [send('logIn 1'), send('logOut')], /a login that had ended/],
  ['ends no other logins', endsNoOthers, [send('logIn 1', { who: 'second' }), send('logIn 1'), send('endOthers')], /a login that had ended/],
  ['ignores versions', ignoresVersions, [remembered, restart, beside, visit], /false alarm/],
  ['keeps no change', keepsNoChange, [send('logIn 1'), send('confirm'), visit], /a login was lost/],
  ['loses records', losesRecords, [send('logIn 1'), visit, visit, visit, visit], /a login was lost/],
  ['takes every login for fresh', findsAllFresh, [remembered, restart, visit, visit], /fresh without a proof/],
  ['takes every login for stale', findsAllStale, [send('logIn 1'), visit], /a proof of identity was lost/],
  ['forgets the age of what it keeps', findsNothingOld, [remembered, restart, visit, visit], /worth nothing any more/],
  ['lets two requests end one login', endsTwice, [send('logIn 1'), switches], /two logins in the place of one/],
  ['keeps out who logs in after an end that lies in the future', keepsOut, [send('logIn 1'), endAll, setBack, send('logIn 1')], /set no cookie/],
  ['ends only what began before now by the clock', endsByTheClock, [send('logIn 1'), setBack, endAll, visit], /a login that had ended/],
  ['forgets all but eight older tokens', forgetsTokens, [remembered, rotate], /false alarm/]
] as const

const sites = [
  ['ends nothing', endsNothing, [send('logIn 1'), send('endThis')], /a login that had ended/],
  ['loses cookies', dropsCookies, [send('logIn 1'), visit, visit], /a login was lost/],
  ['ends no logins once its clock was set back', endsNothingSetBack, [send('logIn 1'), setBack, endAll, visit], /a login that had ended/],
  ['mixes up cookies', mixesCookies, [send('logIn 1'), visit, send('visit', { who: 'second' })], /no cookie of the request was issued for/]
] as const

describe('The model', () => {
  for (const [title, spoil, moves, message] of stores) {
    it(`fails where a store ${title}, and only there`, async (t) => {
      stopClock(t)
      await replay(await inMemory.open(), session, plainTerms, moves)
      await assert.rejects(replay(spoilt(spoil), session, plainTerms, moves), message)
    })
  }

  for (const way of [withoutStore, inMemory]) {
    for (const [title, tamper, moves, message] of sites) {
      it(`fails where an application ${title}, with logins ${way.name}, and only there`, async (t) => {
        stopClock(t)
        const opened = await way.open()
        await replay(opened, session, plainTerms, moves)
        await assert.rejects(replay(opened, tampered(session, tamper), plainTerms, moves), message)
      })
    }
  }

  // Which promise of several is seen to be broken first depends on what is drawn.
  for (const [title, spoil] of stores) {
    it(`meets a sequence, among those that are drawn, by which it finds out a store that ${title}`, async (t) => {
      stopClock(t)
      const runs = { seed: fixedSeed, numRuns: 200, endOnFailure: true }
      await assert.rejects(explore(spoilt(spoil), session, runs), ({ cause }: Error) => cause instanceof assert.AssertionError)
    })
  }
})
