-- Shuts the gate. ARGV: the epoch.
local g, epoch, here = read(), ARGV[1], incarnation()
if g.state then
  local ahead = tonumber(epoch) - tonumber(g.epoch)
  if ahead < 0 or ahead == 0 and g.state == 'open' then
    return {'fenced', g.epoch}
  end
end

-- What was loaded stays for the opener that won this epoch, unless its
-- incarnation is gone: then it can neither go on nor be sure of what it loaded.
if not g.state or g.epoch ~= epoch or g.incarnation ~= here then
  reach(all(epoch))
  if g.state then
    reach(all(g.epoch))
  end
  redis.call('HSET', gate, 'state', 'opening', 'epoch', epoch, 'incarnation', here)
  drop(all(epoch))
  if g.state and g.epoch ~= epoch then
    drop(all(g.epoch))
    for _, field in ipairs(redis.call('HKEYS', gate)) do
      if string.sub(field, 1, 5) == 'lane:' then
        redis.call('HDEL', gate, field)
      end
    end
  end
end
redis.call('HINCRBY', gate, 'signs', 1)
return {'ok', here, now()}
