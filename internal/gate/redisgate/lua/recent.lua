-- Names the users of the orders from a seq on, where they are still kept by seq.
-- ARGV: the epoch, the seq.
local g, refusal = opened(ARGV[1])
if refusal then
  return refusal
end
local names = {}
if tonumber(ARGV[2]) <= tonumber(g.seq) then
  local batches = redis.call('XRANGE', recent(g.epoch), ARGV[2], '+')
  if not batches[1] or batches[1][1] ~= ARGV[2] .. '-0' then
    return {'ok', '0', ''}
  end
  for i, batch in ipairs(batches) do
    names[i] = batch[2][2]
  end
end
return {'ok', '1', table.concat(names, ' ')}
