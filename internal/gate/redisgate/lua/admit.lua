-- Decides on a batch. ARGV: the most orders that may wait; of the try, until when in
-- microseconds, epoch, lane, number, and whether it fences; the groups of each request
-- (a line each, blanks around each name; nothing if nobody is in any), their origins (nothing
-- if nobody has one), the users, as many orders.
local HEAD = 8
local g, refusal = opened()
if refusal then
  return refusal
end
local at = now()
local lane, number = 'lane:' .. ARGV[4], tonumber(ARGV[5])
if at > tonumber(ARGV[2]) or ARGV[3] ~= '0' and ARGV[3] ~= g.epoch or
    number < tonumber(redis.call('HGET', gate, lane) or 0) then
  return {'late', at, g.epoch}
end
if g.waiting > tonumber(ARGV[1]) then
  if redis.call('XLEN', outbox) > 0 then
    return {'full', string.format('%d', g.waiting)}
  end
  g.waiting = 0 -- somebody has counted wrongly, and nothing that waits would ever put it right
end

local key = buyers(g.epoch)
local limit, most, remaining, seq = tonumber(g.limit), tonumber(g.orders), tonumber(g.remaining), tonumber(g.seq)

if most == 0 then
  most = math.huge
end

local everybody -- who holds no order gets this, whatever remains
if g.closed == '1' or g.closes ~= '' and at >= g.closes * 1000 then
  everybody = 'C'
elseif g.paused == '1' then
  everybody = 'P'
elseif g.opens ~= '' and at < g.opens * 1000 then
  everybody = 'N'
end

local eligible = {} -- by request, if that matters
if g.group ~= '' then
  local name = ' ' .. g.group .. ' '
  for groups in string.gmatch(ARGV[7], '([^\n]*)\n') do
    eligible[#eligible + 1] = string.find(groups, name, 1, true) ~= nil
  end
end

local bound, origins = tonumber(g.unpaid), ARGV[8] -- of an origin's orders that wait for payment
if bound == 0 then
  origins = ''
end

local function origin(i)
  local is = string.sub(origins, (i - 1) * ORIGIN + 1, i * ORIGIN)
  return is ~= '' and is ~= NOWHERE and is
end

local fresh = {} -- what the users have whom this batch has admitted
local decisions, entry, users, changed = {}, {}, {}, {}
local waits, more, sources = {}, {}, {} -- how many of an origin wait, whether they are more now, and where the entry's orders come from

local function decide(user, order, has, eligible, origin)
  local holds = held(has)
  if place(has, order) then
    return 'K'
  elseif holds >= limit then
    return 'L' .. string.sub(has, -ORDER)
  elseif holds + past(has) >= most then
    return 'O'
  elseif everybody then
    return everybody
  elseif remaining <= 0 then
    return 'S'
  elseif g.group ~= '' and not eligible then
    return 'G'
  elseif origin and waits[origin] >= bound then
    return 'H'
  end
  if origin then
    waits[origin], more[origin] = waits[origin] + 1, true
  end
  sources[#sources + 1] = origin or NOWHERE
  remaining, seq = remaining - 1, seq + 1
  entry[#entry + 1] = string.char(#user) .. user .. order
  users[#entry] = user
  if not fresh[user] then
    changed[#changed + 1] = user
  end
  fresh[user] = has .. order
  return 'A'
end

local n = (#ARGV - HEAD) / 2
for i = 1, n do
  local is = origin(i)
  if is and not waits[is] then
    waits[is] = tonumber(redis.call('HGET', unpaid(g.epoch), is) or 0) -- which also reaches it
  end
end
local gone = redis.call('EXISTS', ended(g.epoch)) == 1
for from = 1, n, STEP do
  local to = math.min(from + STEP - 1, n)
  local has = redis.call('HMGET', key, unpack(ARGV, HEAD + from, HEAD + to))
  local over = gone and redis.call('SMISMEMBER', ended(g.epoch), unpack(ARGV, HEAD + n + from, HEAD + n + to))
  for i = from, to do
    local user, at = ARGV[HEAD + i], i - from + 1
    if over and over[at] == 1 then
      decisions[i] = 'K'
    else
      decisions[i] = decide(user, ARGV[HEAD + n + i], fresh[user] or has[at] or NONE, eligible[i], origin(i))
    end
  end
end

if #entry > 0 then
  reach(recent(g.epoch)) -- the others were read
  local where = {}
  if origins ~= '' then
    where = {'origins', table.concat(sources)}
  end
  -- First, for it is the one that can be refused where nothing else is: by an
  -- entry of this id, which is then not known to be somebody else's.
  redis.call('XADD', outbox, string.format('%d-%d', g.epoch, g.seq + 1),
    'n', #entry, 'at', string.format('%d', math.floor(at / 1000)), 'orders', table.concat(entry), unpack(where))
  set(key, changed, fresh)
  for is in pairs(more) do
    redis.call('HSET', unpaid(g.epoch), is, waits[is])
  end
  redis.call('XADD', recent(g.epoch), 'MINID', '~', string.format('%d', math.max(seq - RECENT, 0)),
    string.format('%d', g.seq + 1),
    'users', table.concat(users, ' '))
  g.remaining, g.seq, g.waiting = remaining, seq, g.waiting + #entry
  redis.call('HSET', gate, 'remaining', string.format('%d', remaining), 'seq', string.format('%d', seq),
    'waiting', string.format('%d', g.waiting))
end

if ARGV[6] == '1' then
  redis.call('HSET', gate, lane, ARGV[5])
end

local answer = view(g, at)
answer[#answer + 1] = table.concat(decisions)
return answer
