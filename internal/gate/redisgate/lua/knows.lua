-- Looks for an order. ARGV: the epoch, the user, the order.
local g, refusal = opened(ARGV[1])
if refusal then
  return refusal
end
local known = look(redis.call('HGET', buyers(g.epoch), ARGV[2]), ARGV[3])
return {'ok', known and 1 or 0}
