-- The gate's view of itself, its outbox, and how many orders of each origin wait for payment.
local g, refusal = opened()
if refusal then
  return refusal
end
local answer = view(g, now())
answer[#answer + 1] = redis.call('XRANGE', outbox, '-', '+')
answer[#answer + 1] = g.unpaid ~= '0' and redis.call('HGETALL', unpaid(g.epoch)) or {}
return answer
