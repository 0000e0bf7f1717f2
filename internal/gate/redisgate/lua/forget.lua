-- Drops entries. ARGV: their ids.
local orders = 0
for _, id in ipairs(ARGV) do
  local entry = redis.call('XRANGE', outbox, id, id)[1]
  if entry then
    orders = orders + entry[2][2]
    redis.call('XDEL', outbox, id)
  end
end
if orders > 0 then
  redis.call('HINCRBY', gate, 'waiting', -orders)
  if redis.call('XLEN', outbox) == 0 and redis.call('HEXISTS', gate, 'state') == 0 then
    redis.call('UNLINK', gate, outbox)
  end
end
return {'ok'}
