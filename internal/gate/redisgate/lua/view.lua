-- The gate's view of itself.
local g, refusal = opened()
return refusal or view(g, now())
