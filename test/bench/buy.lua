-- wrk's script for bench.py: POST {"user_id":"<random>"}, and the counts as one line of JSON at the end.
-- All but the id, 24 hexadecimal digits, is made once: the client should cost little.
local front
local back = "\"}"

function init()
  math.randomseed(os.time())
  local body = "{\"user_id\":\"" .. string.rep("0", 24) .. back
  local whole = wrk.format("POST", nil, { ["Host"] = wrk.headers["Host"], ["Content-Type"] = "application/json" }, body)
  front = whole:sub(1, #whole - 24 - #back)
end

local function hex()
  return string.format("%08x", math.random(0, 0xffffffff))
end

function request()
  return front .. hex() .. hex() .. hex() .. back
end

function done(summary)
  local e = summary.errors
  io.write(string.format("JSON {\"answers\":%d,\"us\":%d,\"not_2xx\":%d,\"failed\":%d}\n",
    summary.requests, summary.duration, e.status, e.connect + e.read + e.write + e.timeout))
end
