/**
 * The scripts by which Redis does each change whole or not at all.
 *
 * @module
 */
import { hash } from 'node:crypto'

/** A script, and the digest by which a server that has seen it knows it. */
export interface Script { readonly text: string, readonly sha: string }

/**
 * What all scripts share. `KEYS[1]` holds when everybody's logins were ended, `ARGV[1]` the time. A record is kept as
 * `version begunAt keepUntil owner`, a line break, and JSON: JSON of any text can be written, but not every one can be
 * read by Redis. Lives are counted from the time of the process, so that the clock of Redis does not matter.
 */
const shared = `
local now = tonumber(ARGV[1])
local everyone = tonumber(redis.call('GET', KEYS[1]) or '0')

local function alive (key)
  local kept = redis.call('GET', key)
  if not kept then return nil end
  local version, begunAt, keepUntil = string.match(kept, '^(%S+) (%S+) (%S+) ')
  if tonumber(keepUntil) <= now or tonumber(begunAt) <= everyone then return nil end
  return kept, tonumber(version)
end

local function keep (key, owned, id, keepUntil, kept)
  local life = math.min(math.max(math.ceil((tonumber(keepUntil) - now) * 1000), 1), 9e15)
  local milliseconds = string.format('%.0f', life)
  redis.call('SET', key, kept, 'PX', milliseconds)
  redis.call('ZADD', owned, keepUntil, id)
  redis.call('ZREMRANGEBYSCORE', owned, '-inf', ARGV[1])
  if redis.call('PTTL', owned) < life then redis.call('PEXPIRE', owned, milliseconds) end
end
`

/** Keys: everyone, record, owned, mark. Arguments: now, id, keepUntil, record, begunAt. */
export const create = script(`
local mark = redis.call('HMGET', KEYS[4], 'at', 'exceptId', 'strictlyAt')
local endedAt = tonumber((mark[2] == ARGV[2] and mark[3] or mark[1]) or '0')
if tonumber(ARGV[5]) <= math.max(endedAt, everyone) then return 0 end
keep(KEYS[2], KEYS[3], ARGV[2], ARGV[3], ARGV[4])
return 1
`)

/** Keys: everyone, record, owned. Arguments: now, id, keepUntil, record, expected version. */
export const update = script(`
local kept, version = alive(KEYS[2])
if not kept or version ~= tonumber(ARGV[5]) then return 0 end
keep(KEYS[2], KEYS[3], ARGV[2], ARGV[3], ARGV[4])
return 1
`)

/** Keys: everyone, record, what every owned key begins with. Arguments: now, id. */
export const remove = script(`
local kept = redis.call('GET', KEYS[2])
if not kept then return 0 end
local lived = alive(KEYS[2]) and 1 or 0
redis.call('DEL', KEYS[2])
redis.call('ZREM', KEYS[3] .. string.match(kept, '^%S+ %S+ %S+ (%S*)'), ARGV[2])
return lived
`)

/** Keys: everyone, owned, mark, what every record's key begins with. Arguments: now, exceptId or nothing, life of the mark. */
export const removeAll = script(`
local ended = 0
for _, id in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
  if id ~= ARGV[2] then
    if alive(KEYS[4] .. id) then ended = ended + 1 end
    redis.call('DEL', KEYS[4] .. id)
    redis.call('ZREM', KEYS[2], id)
  end
end
local mark = redis.call('HMGET', KEYS[3], 'at', 'exceptId', 'strictlyAt')
local at = mark[1] and tonumber(mark[1]) > now and mark[1] or ARGV[1]
local strictlyAt = mark[1] and mark[2] ~= ARGV[2] and mark[1] or mark[3] or '0'
redis.call('HSET', KEYS[3], 'at', at, 'exceptId', ARGV[2], 'strictlyAt', strictlyAt)
redis.call('PEXPIRE', KEYS[3], ARGV[3])
return ended
`)

/** Keys: everyone. Arguments: now. Records that it ended are left to expire. */
export const removeEverybodys = script(`
if now > everyone then redis.call('SET', KEYS[1], ARGV[1]) end
return 0
`)

/** Keys: everyone, owned, what every record's key begins with. Arguments: now. */
export const list = script(`
local records = {}
for _, id in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
  local kept = alive(KEYS[3] .. id)
  if kept then table.insert(records, kept) else redis.call('ZREM', KEYS[2], id) end
end
return records
`)

function script (body: string): Script {
  const text = shared + body
  return { text, sha: hash('sha1', text) }
}
