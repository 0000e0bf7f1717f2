-- Looks at the oldest entries. ARGV: the least age in microseconds, the most entries.
local at, age, old = now(), tonumber(ARGV[1]), {}
for _, entry in ipairs(redis.call('XRANGE', outbox, '-', '+', 'COUNT', ARGV[2]) or {}) do
  if age <= 0 or at - entry[2][4] * 1000 >= age then
    old[#old + 1] = entry
  end
end
return {'ok', old}
