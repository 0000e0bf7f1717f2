-- Takes units that came free. ARGV: the epoch, then number, user and order of each.
local g, refusal = opened(ARGV[1])
if refusal then
  return refusal
end
local key, returned = buyers(g.epoch), tonumber(g.returned)
reach(key, ended(g.epoch))

local function finish(user, order)
  local has = redis.call('HGET', key, user)
  local at = has and place(has, order)
  if at then
    redis.call('HSET', key, user, addPast(string.sub(has, 1, at - 1) .. string.sub(has, at + ORDER), 1))
    redis.call('SADD', ended(g.epoch), order)
  end
end

for i = 2, #ARGV, 3 do
  if tonumber(ARGV[i]) == returned + 1 then
    returned = returned + 1
    finish(ARGV[i + 1], ARGV[i + 2])
  end
end

local taken = returned - g.returned
if taken > 0 then
  redis.call('HSET', gate, 'returned', string.format('%d', returned), 'remaining', string.format('%d', g.remaining + taken))
end
return {'ok', returned}
