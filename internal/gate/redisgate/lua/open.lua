-- Opens the gate. ARGV: the epoch, the incarnation, then fields and values.
local refusal = opening(ARGV[1], ARGV[2])
if refusal then
  return refusal
end
redis.call('HSET', gate, 'seq', '0', unpack(ARGV, 3))
return {'ok'}
