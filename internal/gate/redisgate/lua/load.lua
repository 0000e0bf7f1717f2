-- Adds orders that users have. ARGV: the epoch, the incarnation, the users, as
-- many orders with their marks.
local refusal = opening(ARGV[1], ARGV[2])
if refusal then
  return refusal
end

local key, n = buyers(ARGV[1]), (#ARGV - 2) / 2
local fresh, changed = {}, {}
for from = 1, n, STEP do
  local to = math.min(from + STEP - 1, n)
  local has = redis.call('HMGET', key, unpack(ARGV, 2 + from, 2 + to))
  for i = from, to do
    local user = ARGV[2 + i]
    fresh[user] = (fresh[user] or has[i - from + 1] or '') .. ARGV[2 + n + i]
    changed[2 * i - 1], changed[2 * i] = user, fresh[user]
  end
end
set(key, changed)
redis.call('HINCRBY', gate, 'signs', 1)
return {'ok'}
