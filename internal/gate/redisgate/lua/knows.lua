-- Looks for an order. ARGV: the epoch, the user, the order.
local g, refusal = opened(ARGV[1])
if refusal then
  return refusal
end
local known = place(redis.call('HGET', buyers(g.epoch), ARGV[2]) or NONE, ARGV[3])
return {'ok', known and 1 or redis.call('SISMEMBER', ended(g.epoch), ARGV[3])}
