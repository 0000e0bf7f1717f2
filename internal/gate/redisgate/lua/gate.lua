-- What every script begins with. KEYS are the gate and the outbox of one
-- product; the buyers of an epoch stand beside them, under the same hash tag.
--
-- Epochs are compared as the decimals that they are kept as. Other numbers are
-- Lua's, exact below 2^53, and are written with %d, for Lua alone would round
-- what has more than 14 digits.
--
-- A script looks first and writes last, and its first write is one that Redis
-- refuses where it has to refuse any: so it does all of its work, or none.
local gate, outbox = KEYS[1], KEYS[2]

-- A user's orders are kept oldest first, each as one of these and its 16 bytes.
local HELD, ENDED, ORDER = 'h', 'e', 17
local STEP = 1000 -- Lua's stack carries some 8,000 arguments
local RECENT = 10000 -- so many admitted orders have their users kept by seq, or a batch less

local function buyers(epoch)
  return string.sub(gate, 1, -5) .. 'e' .. epoch .. ':buyers'
end

local function recent(epoch)
  return string.sub(gate, 1, -5) .. 'e' .. epoch .. ':recent'
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

local function read()
  local v = redis.call('HMGET', gate, 'state', 'epoch', 'incarnation', 'remaining', 'seq', 'returned',
    'limit', 'opens', 'closes', 'paused', 'closed', 'partition', 'waiting', 'signs')
  return {
    state = v[1], epoch = v[2], incarnation = v[3], remaining = v[4], seq = v[5], returned = v[6],
    limit = v[7], opens = v[8], closes = v[9], paused = v[10], closed = v[11], partition = v[12],
    waiting = tonumber(v[13] or 0), signs = v[14] or '0',
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
  return {'ok', g.epoch, at, g.remaining, g.seq, g.returned, g.limit, g.opens, g.closes, g.paused, g.closed, g.partition}
end

-- look searches the orders of a user for one: whether it is there, how many are
-- held, and the newest of those.
local function look(orders, order)
  local held, newest = 0, nil
  for at = 1, orders and #orders or 0, ORDER do
    local id = string.sub(orders, at + 1, at + ORDER - 1)
    if id == order then
      return true
    end
    if string.sub(orders, at, at) == HELD then
      held, newest = held + 1, id
    end
  end
  return false, held, newest
end

-- set writes pairs of users and their orders.
local function set(key, values)
  for from = 1, #values, 2 * STEP do
    redis.call('HSET', key, unpack(values, from, math.min(from + 2 * STEP - 1, #values)))
  end
end

