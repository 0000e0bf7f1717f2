-- Removes the gate. ARGV: the epoch. How many orders wait outlives it, with them.
local g = read()
if not g.state then
  return {'ok'}
end
if g.epoch ~= ARGV[1] then
  return {'fenced', g.epoch}
end
reach(all(g.epoch))
if redis.call('XLEN', outbox) > 0 then
  redis.call('HSET', gate, 'waiting', string.format('%d', g.waiting))
  for _, field in ipairs(redis.call('HKEYS', gate)) do
    if field ~= 'waiting' then
      redis.call('HDEL', gate, field)
    end
  end
else
  drop(gate, outbox)
end
drop(all(g.epoch))
return {'ok'}
