/**
 * The scripts by which Redis does each change whole or not at all.
 *
 * A login is alive only while three keys agree: its record, the index of its owner, which must hold its id, and the
 * token of everybody, which the record names. Whichever of them is lost, the login has ended. A login that ended is
 * not brought back by the keys that the next login makes: a new index does not hold its id, and a new token is another.
 *
 * No script goes through a list of any length: what takes many steps is done by many calls.
 *
 * @module
 */
import { hash } from 'node:crypto'

/** A script, and the digest by which a server that has seen it knows it. */
export interface Script { readonly text: string, readonly sha: string }

/**
 * What all scripts share. `KEYS[1]` holds the token of everybody, `time/random`: when everybody's logins were last
 * ended, and what makes it another one each time. `ARGV[1]` is the time: lives are counted from the time of the
 * process, so that the clock of Redis does not matter. A record is kept as `token version keepUntil owner`, a line
 * break, and JSON: JSON of any text can be written, but not every one can be read by Redis.
 *
 * An index is a sorted set of the ids of an owner's logins by their end. Beside them `ended` tells when all were last
 * ended, as a negative number: the same is in the mark of the owner, of which only one may be lost.
 */
const shared = `
local now = tonumber(ARGV[1])
local everyone = redis.call('GET', KEYS[1])
local ended = 'all ended at'

local function valid (key)
  local kept = redis.call('GET', key)
  if not kept then return nil end
  local token, version, keepUntil, owner = string.match(kept, '^(%S+) (%S+) (%S+) (%S*)')
  if token ~= everyone or tonumber(keepUntil) <= now then return nil end
  return kept, tonumber(version), owner
end

local function alive (key, indexes, id)
  local kept, version, owner = valid(key)
  if not kept or not redis.call('ZSCORE', indexes .. owner, id) then return nil end
  return kept, version, indexes .. owner
end

local function keep (key, index, id, keepUntil, kept)
  local life = math.min(math.max(math.ceil((tonumber(keepUntil) - now) * 1000), 1), 9e15)
  local milliseconds = string.format('%.0f', life)
  redis.call('SET', key, everyone .. ' ' .. kept, 'PX', milliseconds)
  redis.call('ZADD', index, keepUntil, id)
  local expired = redis.call('ZRANGEBYSCORE', index, '0', ARGV[1], 'LIMIT', '0', '100')
  if #expired > 0 then redis.call('ZREM', index, unpack(expired)) end
  if redis.call('PTTL', index) < life then redis.call('PEXPIRE', index, milliseconds) end
end

local function everyoneEndedAt (mark)
  local known = everyone and string.match(everyone, '^[^/]*') or '0'
  local marked = redis.call('GET', mark) or '0'
  return tonumber(marked) > tonumber(known) and marked or known
end

local function ownerEndedAt (mark, index)
  local at, exceptId, strictlyAt = unpack(redis.call('HMGET', mark, 'at', 'exceptId', 'strictlyAt'))
  if at then return at, exceptId, strictlyAt end
  local score = redis.call('ZSCORE', index, ended)
  local known = score and string.sub(score, 2) or '0'
  return known, nil, known
end
`

/** Keys: everyone, record, what every index begins with. Arguments: now, id. */
export const find = script(`
return (alive(KEYS[2], KEYS[3], ARGV[2]))
`)

/** Keys: everyone, record, index, mark, everybody's mark. Arguments: now, id, keepUntil, record, begunAt, random. */
export const create = script(`
local at, exceptId, strictlyAt = ownerEndedAt(KEYS[4], KEYS[3])
if exceptId == ARGV[2] then at = strictlyAt end
local everyoneAt = everyoneEndedAt(KEYS[5])
if tonumber(ARGV[5]) <= math.max(tonumber(at), tonumber(everyoneAt)) then return 0 end
if not everyone then
  everyone = everyoneAt .. '/' .. ARGV[6]
  redis.call('SET', KEYS[1], everyone)
end
keep(KEYS[2], KEYS[3], ARGV[2], ARGV[3], ARGV[4])
return 1
`)

/** Keys: everyone, record, what every index begins with. Arguments: now, id, keepUntil, record, expected version. */
export const update = script(`
local kept, version, index = alive(KEYS[2], KEYS[3], ARGV[2])
if not kept or version ~= tonumber(ARGV[5]) then return 0 end
keep(KEYS[2], index, ARGV[2], ARGV[3], ARGV[4])
return 1
`)

/** Keys: everyone, record, what every index begins with. Arguments: now, id. */
export const remove = script(`
local kept, version, index = alive(KEYS[2], KEYS[3], ARGV[2])
redis.call('DEL', KEYS[2])
if not kept then return 0 end
redis.call('ZREM', index, ARGV[2])
return 1
`)

/**
 * Puts the index of an owner aside, which ends the logins in it: 1 if there was one. Keys: everyone, index, mark, the
 * index aside. Arguments: now, exceptId or nothing, life of the mark.
 */
export const removeAll = script(`
local at, exceptId, strictlyAt = ownerEndedAt(KEYS[3], KEYS[2])
if exceptId ~= ARGV[2] then strictlyAt = at end
if tonumber(at) < now then at = ARGV[1] end
redis.call('HSET', KEYS[3], 'at', at, 'exceptId', ARGV[2], 'strictlyAt', strictlyAt)
redis.call('PEXPIRE', KEYS[3], ARGV[3])
local excepted = redis.call('ZSCORE', KEYS[2], ARGV[2])
local life = math.max(redis.call('PTTL', KEYS[2]), tonumber(ARGV[3]))
local aside = redis.call('EXISTS', KEYS[2])
if aside == 1 then redis.call('RENAME', KEYS[2], KEYS[4]) end
if excepted then
  redis.call('ZADD', KEYS[2], excepted, ARGV[2])
  redis.call('ZREM', KEYS[4], ARGV[2])
end
redis.call('ZADD', KEYS[2], '-' .. at, ended)
redis.call('PEXPIRE', KEYS[2], string.format('%.0f', life))
return aside
`)

/**
 * Deletes some of the logins in an index that was put aside: gives how many of them had not ended before, and how many
 * entries it took. Keys: everyone, index, the index aside, what every record's key begins with. Arguments: now, how
 * many.
 */
export const deleteSome = script(`
local lived = 0
local taken = redis.call('ZPOPMIN', KEYS[3], ARGV[2])
for place = 1, #taken, 2 do
  local id = taken[place]
  if not redis.call('ZSCORE', KEYS[2], id) then
    if valid(KEYS[4] .. id) then lived = lived + 1 end
    redis.call('DEL', KEYS[4] .. id)
  end
end
return { lived, #taken / 2 }
`)

/**
 * Another token of everybody ends every login. Keys: everyone, everybody's mark. Arguments: now, random, life of the
 * mark.
 */
export const removeEverybodys = script(`
local at = everyoneEndedAt(KEYS[2])
if tonumber(at) < now then at = ARGV[1] end
redis.call('SET', KEYS[1], at .. '/' .. ARGV[2])
redis.call('SET', KEYS[2], at, 'PX', ARGV[3])
return 0
`)

/**
 * Some of the records in an index, which is gone through by many calls: gives where the next one goes on, '0' after
 * the last, and the records. Keys: everyone, index, what every record's key begins with. Arguments: now, where to go
 * on, how many.
 */
export const list = script(`
local found = redis.call('ZSCAN', KEYS[2], ARGV[2], 'COUNT', ARGV[3])
local records = {}
for place = 1, #found[2], 2 do
  local id = found[2][place]
  local kept = valid(KEYS[3] .. id)
  if kept then table.insert(records, kept) elseif id ~= ended then redis.call('ZREM', KEYS[2], id) end
end
return { found[1], records }
`)

function script (body: string): Script {
  const text = shared + body
  return { text, sha: hash('sha1', text) }
}
