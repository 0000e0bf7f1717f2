-- Removes the gate. ARGV: the epoch. How many orders wait outlives it, with them.
local g = read()
if not g.state then
  return {'ok'}
end
if g.epoch ~= ARGV[1] then
  return {'fenced', g.epoch}
end
redis.call('UNLINK', gate, all(g.epoch))
if redis.call('XLEN', outbox) > 0 then
  redis.call('HSET', gate, 'waiting', string.format('%d', g.waiting))
else
  redis.call('UNLINK', outbox)
end
return {'ok'}
