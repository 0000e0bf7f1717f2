-- What every script begins with. KEYS are the gate and the outbox of one
-- product; the buyers of an epoch stand beside them, under the same hash tag.
--
-- Epochs are compared as the decimals that they are kept as. Other numbers are
-- Lua's, exact below 2^53, and are written with %d, for Lua alone would round
-- what has more than 14 digits.
--
-- A script looks first and writes last, and its first write is one that Redis
-- refuses where it has to refuse any: so it does all of its work, or none. In a Redis
-- Cluster a key may be on its way to another node; it would end a script in its middle.
local gate, outbox = KEYS[1], KEYS[2]

-- What a user has is two bytes, which count the orders that have ended, and then
-- the 16 of each order by which they hold a unit, oldest first. The orders that
-- have ended are a set beside it, so that no call costs more for who had many.
local NONE, IDS, ORDER, MOST_ENDED = '\0\0', 3, 16, 65535
local ORIGIN, NOWHERE = 16, string.rep(' ', 16) -- what a buyer's address is known by, and that of none
local STEP = 1000 -- Lua's stack carries some 8,000 arguments
local RECENT = 10000 -- so many admitted orders have their users kept by seq, or a batch less

-- beside is the name of what an epoch keeps beside the gate.
local function beside(epoch, what)
  return string.sub(gate, 1, -5) .. 'e' .. epoch .. ':' .. what
end

local function buyers(epoch) return beside(epoch, 'buyers') end
local function ended(epoch) return beside(epoch, 'ended') end
local function recent(epoch) return beside(epoch, 'recent') end

local function unpaid(epoch) return beside(epoch, 'unpaid') end

-- all are the keys of an epoch.
local function all(epoch) return buyers(epoch), ended(epoch), recent(epoch), unpaid(epoch) end

-- reach ends the script where one of the keys that it is to write is not here, but on
-- its way to another node, with all that stands beside it.
local function reach(...)
  for _, key in ipairs({...}) do
    redis.call('EXISTS', key)
  end
end

-- drop takes one key at a time: where they are on their way, only one may be missing.
local function drop(...)
  for _, key in ipairs({...}) do
    redis.call('UNLINK', key)
  end
end

-- id is the 40 digits behind a name. string.match would take five times as long.
local function id(info, name)
  local _, at = string.find(info, name, 1, true)
  return string.sub(info, at + 1, at + 40)
end

-- incarnation is another one on a replica, so that nobody takes a gate there for
-- the gate: one that was demoted keeps its own ids until it syncs.
local function incarnation()
  local server, replication = redis.call('INFO', 'server'), redis.call('INFO', 'replication')
  local is = id(server, '\nrun_id:') .. ':' .. id(replication, '\nmaster_replid:')
  return string.find(replication, '\nrole:master', 1, true) and is or is .. ':replica'
end

-- now is in microseconds.
local function now()
  local t = redis.call('TIME')
  return t[1] * 1000000 + t[2]
end

-- A gate that is for a group, or bounds what an address may hold unpaid, is open in another
-- word, so that a program of before, which knows neither, takes it to be shut.
local function read()
  local v = redis.call('HMGET', gate, 'state', 'epoch', 'incarnation', 'remaining', 'seq', 'returned',
    'limit', 'opens', 'closes', 'paused', 'closed', 'partition', 'waiting', 'signs', 'orders', 'group', 'unpaid')
  local grouped = v[1] == 'grouped'
  return {
    state = grouped and 'open' or v[1], group = grouped and v[16] or '',
    epoch = v[2], incarnation = v[3], remaining = v[4], seq = v[5], returned = v[6],
    limit = v[7], opens = v[8], closes = v[9], paused = v[10], closed = v[11], partition = v[12],
    waiting = tonumber(v[13] or 0), signs = v[14] or '0',
    orders = v[15], unpaid = grouped and v[17] or '0',
  }
end

-- opened is the gate, and the refusal where it is not open here and now, at this
-- epoch, if one is given. A gate that was shut under another incarnation is
-- fenced too: its opener cannot go on.
local function opened(epoch)
  local g = read()
  if not g.state then
    return g, {'missing'}
  end
  if g.incarnation ~= incarnation() then
    return g, {'fenced', g.epoch}
  end
  if g.state ~= 'open' then
    return g, {'shut', g.epoch, g.signs}
  end
  if epoch and epoch ~= g.epoch then
    return g, {'fenced', g.epoch}
  end
  return g
end

-- opening is the refusal where the gate is not shut at this epoch, under this
-- incarnation, which must be today's.
local function opening(epoch, here)
  local g = read()
  if not g.state then
    return {'missing'}
  end
  if g.state ~= 'opening' or g.epoch ~= epoch or g.incarnation ~= here or here ~= incarnation() then
    return {'fenced', g.epoch}
  end
end

local function view(g, at)
  return {'ok', g.epoch, at, g.remaining, g.seq, g.returned, g.limit, g.opens, g.closes, g.paused, g.closed, g.partition, g.orders,
    string.format('%d', g.waiting), g.group, g.unpaid}
end

-- place is where an order stands among those that a user holds; nil: nowhere.
local function place(has, order)
  local at = string.find(has, order, IDS, true)
  while at and (at - IDS) % ORDER ~= 0 do
    at = string.find(has, order, at + 1, true)
  end
  return at
end

local function held(has) return (#has - #NONE) / ORDER end

-- past is how many orders of a user have ended, and addPast what they have with n more of them.
local function past(has)
  local high, low = string.byte(has, 1, 2)
  return high * 256 + low
end

local function addPast(has, n)
  n = math.min(past(has) + n, MOST_ENDED)
  return string.char(math.floor(n / 256), n % 256) .. string.sub(has, IDS)
end

-- set writes what users have, by their names.
local function set(key, users, has)
  for from = 1, #users, STEP do
    local pairs = {}
    for i = from, math.min(from + STEP - 1, #users) do
      pairs[#pairs + 1] = users[i]
      pairs[#pairs + 1] = has[users[i]]
    end
    redis.call('HSET', key, unpack(pairs))
  end
end
