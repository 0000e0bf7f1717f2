-- wrk's script: POST {"user_id":"<random>"}, and the counts as one line of JSON at the end. An argument N > 0 means
-- products p0 to p<N-1> in turn, in place of the URL's own. All but the id, 24 hexadecimal digits, is made once: the
-- client should cost little.
local fronts, at = {}, 0
local back = "\"}"

local function front(path)
  local body = "{\"user_id\":\"" .. string.rep("0", 24) .. back
  local whole = wrk.format("POST", path, { ["Host"] = wrk.headers["Host"], ["Content-Type"] = "application/json" }, body)
  return whole:sub(1, #whole - 24 - #back)
end

function init(args)
  math.randomseed(os.time())
  local products = tonumber(args[1] or "0")
  if products == 0 then
    fronts[1] = front(nil)
  end
  for i = 1, products do
    fronts[i] = front("/api/products/p" .. (i - 1) .. "/orders")
  end
end

local function hex()
  return string.format("%08x", math.random(0, 0xffffffff))
end

function request()
  at = at % #fronts + 1
  return fronts[at] .. hex() .. hex() .. hex() .. back
end

function done(summary)
  local e = summary.errors
  io.write(string.format("JSON {\"answers\":%d,\"us\":%d,\"not_2xx\":%d,\"failed\":%d}\n",
    summary.requests, summary.duration, e.status, e.connect + e.read + e.write + e.timeout))
end
