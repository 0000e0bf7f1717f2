-- The gate's view of itself, and its outbox.
local g, refusal = opened()
if refusal then
  return refusal
end
local answer = view(g, now())
answer[#answer + 1] = redis.call('XRANGE', outbox, '-', '+')
return answer
