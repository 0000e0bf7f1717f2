-- Adds orders that users have. ARGV: the epoch, the incarnation, the users, as
-- many orders with a mark before each: h where it holds a unit, e where it ended. Behind
-- one that waits for payment stands the origin that it counts against.
local refusal = opening(ARGV[1], ARGV[2])
if refusal then
  return refusal
end

local key, n = buyers(ARGV[1]), (#ARGV - 2) / 2
local has, users, gone, waits = {}, {}, {}, {}
for from = 1, n, STEP do
  local to = math.min(from + STEP - 1, n)
  local had, over = redis.call('HMGET', key, unpack(ARGV, 2 + from, 2 + to)), {}
  for i = from, to do
    local user, order = ARGV[2 + i], ARGV[2 + n + i]
    if not has[user] then
      users[#users + 1] = user
      has[user] = had[i - from + 1] or NONE
    end
    if string.byte(order) == 104 then
      has[user] = has[user] .. string.sub(order, 2, 1 + ORDER)
    else
      has[user] = addPast(has[user], 1)
      over[#over + 1] = string.sub(order, 2, 1 + ORDER)
    end
    if #order > 1 + ORDER then
      local origin = string.sub(order, 2 + ORDER)
      waits[origin] = (waits[origin] or 0) + 1
    end
  end
  if #over > 0 then
    gone[#gone + 1] = over
  end
end
reach(key, ended(ARGV[1]))
if next(waits) then
  reach(unpaid(ARGV[1]))
end
redis.call('HINCRBY', gate, 'signs', 1)
set(key, users, has)
for origin, n in pairs(waits) do
  redis.call('HINCRBY', unpaid(ARGV[1]), origin, n)
end
for _, over in ipairs(gone) do
  redis.call('SADD', ended(ARGV[1]), unpack(over))
end
return {'ok'}
