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
  if redis.call('XLEN', outbox) == 0 then
    if redis.call('HEXISTS', gate, 'state') == 0 then
      redis.call('UNLINK', gate, outbox)
    else
      redis.call('HSET', gate, 'waiting', '0') -- whatever it was: a wrong count does not last
    end
  end
end
return {'ok'}
