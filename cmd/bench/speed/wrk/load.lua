-- What wrk sends and says. The environment tells the number of connections, how many requests go out
-- in one write, how many keys they have in turn, and how many octets of content: arguments would reach the threads, but not the
-- state that done runs in.
--
-- Without a global function request, wrk builds its request once and never calls Lua again while
-- it loads, so the function exists only where requests are pipelined or have keys: wrk shares the
-- cores with the server that it measures.

local ffi = require("ffi")

ffi.cdef[[
typedef struct { uint64_t count, limit, min, max; uint64_t data[]; } histogram;
]]

local connections = tonumber(os.getenv("BENCH_CONNECTIONS"))
local depth = tonumber(os.getenv("BENCH_DEPTH"))
local keys = tonumber(os.getenv("BENCH_KEYS"))
local content = tonumber(os.getenv("BENCH_CONTENT"))

if content > 0 then
   wrk.method, wrk.body = "POST", string.rep("x", content)
end

function init()
   if depth > 1 then
      local burst = string.rep(wrk.format("GET"), depth)
      request = function() return burst end
   elseif keys > 0 then
      local asked, last = {}, 0
      for key = 1, keys do asked[key] = wrk.format("GET", wrk.path .. key) end
      request = function()
         last = last % keys + 1
         return asked[last]
      end
   end
end

-- wrk makes up latencies before it shows them: it takes the mean interval between two responses
-- of a connection for the pace that was meant, and adds a shorter latency for each interval that
-- a longer one exceeds it by. With pipelining, where it times bursts but counts responses, that
-- drowns what was measured, and a percentile can come out as zero. The made-up ones are taken
-- away again here, from the longest latency down, as they were added from the shortest up.
local function measured(summary, latency)
   local h = ffi.cast("histogram **", latency)[0]
   assert(h.min == latency.min and h.max == latency.max, "this wrk keeps its latencies otherwise")
   local shortest, longest = tonumber(h.min), tonumber(h.max)
   local each = math.floor(summary.requests / connections)
   if each == 0 then return h, shortest, longest end
   local interval = math.floor(summary.duration / each)
   for n = longest, 2 * interval, -1 do
      local count = h.data[n]
      if count > 0 then
         for m = n - interval, interval + 1, -interval do
            h.data[m] = h.data[m] - count
            h.count = h.count - count
         end
      end
   end
   return h, shortest, longest
end

-- percentiles returns the latencies that a half and 99 of 100 do not exceed.
local function percentiles(h, shortest, longest)
   local total, p50 = 0, nil
   local count = tonumber(h.count)
   for n = shortest, longest do
      total = total + tonumber(h.data[n])
      if not p50 and total >= count * 0.5 then p50 = n end
      if total >= count * 0.99 then return p50, n end
   end
   error("the latencies that wrk counted are not there")
end

function done(summary, latency)
   local e = summary.errors
   local h, shortest, longest = measured(summary, latency)
   local p50, p99 = percentiles(h, shortest, longest)
   io.write(string.format(
      "figures microseconds=%d requests=%d latencies=%d p50=%d p99=%d " ..
      "connect=%d read=%d write=%d timeout=%d status=%d\n",
      summary.duration, summary.requests, tonumber(h.count), p50, p99,
      e.connect, e.read, e.write, e.timeout, e.status))
end
