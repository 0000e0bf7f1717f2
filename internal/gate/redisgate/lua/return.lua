-- Takes what orders give back. ARGV: the epoch, then number, user, order and origin of each,
-- and whether it was paid, and keeps its unit.
local g, refusal = opened(ARGV[1])
if refusal then
  return refusal
end
local key, returned = buyers(g.epoch), tonumber(g.returned)
reach(key, ended(g.epoch))
if g.unpaid ~= '0' then
  reach(unpaid(g.epoch))
end

local function finish(user, order)
  local has = redis.call('HGET', key, user)
  local at = has and place(has, order)
  if at then
    redis.call('HSET', key, user, addPast(string.sub(has, 1, at - 1) .. string.sub(has, at + ORDER), 1))
    redis.call('SADD', ended(g.epoch), order)
  end
end

-- leave has one fewer order of an origin wait for payment, if that is bounded.
local function leave(origin)
  if origin ~= '' and g.unpaid ~= '0' and redis.call('HINCRBY', unpaid(g.epoch), origin, -1) <= 0 then
    redis.call('HDEL', unpaid(g.epoch), origin)
  end
end

local free = 0
for i = 2, #ARGV, 5 do
  if tonumber(ARGV[i]) == returned + 1 then
    returned = returned + 1
    leave(ARGV[i + 3])
    if ARGV[i + 4] == '0' then
      free = free + 1
      finish(ARGV[i + 1], ARGV[i + 2])
    end
  end
end

if returned > tonumber(g.returned) then
  redis.call('HSET', gate, 'returned', string.format('%d', returned), 'remaining', string.format('%d', g.remaining + free))
end
return {'ok', returned}
