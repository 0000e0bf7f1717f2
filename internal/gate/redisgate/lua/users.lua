-- Names some of the users who have an order. ARGV: the epoch, the cursor.
local g, refusal = opened(ARGV[1])
if refusal then
  return refusal
end
local page = redis.call('HSCAN', buyers(g.epoch), ARGV[2], 'COUNT', STEP)
local names = {}
for i = 1, #page[2], 2 do
  names[#names + 1] = page[2][i]
end
return {'ok', page[1], table.concat(names, ' ')}
