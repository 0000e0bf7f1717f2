-- wrk's script: POST {"user_id":"<random>"}, and the counts as one line of JSON at the end. An argument N > 0 means
-- products p0 to p<N-1> in turn, in place of the URL's own. A second one names a file of user,pass: its buyers ask in turn,
-- each by that proof. A third one N > 0 has them come from N addresses in turn, as a proxy tells it. All but the random ids is made once: the client should cost little, and as much memory with many
-- products as with one, for it shares its caches with the server.
local products, at = 0, 0
local head, middle = "", ""
local fronts = {}
local back = "\"}"
local proven = {}

local function post(path, user, proof, from)
  local headers = { ["Host"] = wrk.headers["Host"], ["Content-Type"] = "application/json" }
  headers["Authorization"] = proof and "Bearer " .. proof
  headers["X-Forwarded-For"] = from
  return wrk.format("POST", path, headers, "{\"user_id\":\"" .. user .. back)
end

function init(args)
  math.randomseed(os.time())
  products = tonumber(args[1] or "0")
  if args[2] and args[2] ~= "" then
    for line in io.lines(args[2]) do
      proven[#proven + 1] = post(nil, line:match("^([^,]*),(.*)$"))
    end
  end
  local function front(from)
    local whole = post(products > 0 and "/api/products/p@/orders" or nil, string.rep("0", 24), nil, from)
    return whole:sub(1, #whole - 24 - #back)
  end
  head, middle = front():match("^([^@]*)@?(.*)$")
  for i = 1, tonumber(args[3] or "0") do
    fronts[i] = front(string.format("10.0.%d.%d", math.floor(i / 256), i % 256))
  end
end

local function hex()
  return string.format("%08x", math.random(0, 0xffffffff))
end

function request()
  if #proven > 0 then
    at = at % #proven + 1
    return proven[at]
  end
  local front = head
  if #fronts > 0 then
    at = at % #fronts + 1
    front = fronts[at]
  elseif products > 0 then
    front, at = head .. at .. middle, (at + 1) % products
  end
  return front .. hex() .. hex() .. hex() .. back
end

function done(summary)
  local e = summary.errors
  io.write(string.format("JSON {\"answers\":%d,\"us\":%d,\"not_2xx\":%d,\"failed\":%d}\n",
    summary.requests, summary.duration, e.status, e.connect + e.read + e.write + e.timeout))
end
