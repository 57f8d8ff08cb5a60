#!/usr/bin/env bash
# bcoin 1.0.2, getblocktemplate: what `expires` counts.
#
# Run: a template of a fresh regtest node in memory, on Node.js 18 or later.
# Guess: `expires` is what BIP 23 says, "how many seconds (beginning from when the server sent the response)
# this work is valid for, at most": some tens of seconds, or minutes.
# Seen: it is a moment in unix time, the same as `maxtime`, two hours after `curtime`. Who adds it to the time
# of the answer keeps a template for half a century; who has it as a limit of a header's time is right by luck.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill "$node" 2>/dev/null || true; rm -rf "$folder"' EXIT
node=
cd "$folder"
echo '{"dependencies": {"bcoin": "1.0.2"}, "overrides": {"leveldown": "5.6.0"}}' > package.json
npm install --ignore-scripts --no-audit --no-fund --loglevel=error > /dev/null
port=$((20000 + RANDOM % 10000))
NODE_BACKEND=js node node_modules/bcoin/bin/node --network=regtest --memory=true --no-wallet=true --listen=false \
  --http-host=127.0.0.1 --http-port="$port" --api-key=finding --max-outbound=1 --workers=false --log-level=error \
  > /dev/null 2>&1 &
node=$!
python3 - "$port" <<'PYTHON'
import base64
import json
import sys
import time
import urllib.request

body = json.dumps({"method": "getblocktemplate", "params": [{"rules": ["segwit"]}], "id": 1}).encode()
login = base64.b64encode(b"x:finding").decode()
request = urllib.request.Request(
    f"http://127.0.0.1:{sys.argv[1]}/", body, {"Authorization": f"Basic {login}"}
)
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
for _ in range(120):
    try:
        template = json.load(opener.open(request, timeout=10))["result"]
        break
    except OSError:
        time.sleep(0.5)
else:
    raise SystemExit("the node does not answer")
curtime, maxtime, expires = (template[key] for key in ("curtime", "maxtime", "expires"))
print(f"curtime {curtime}, maxtime {maxtime}, expires {expires}: {expires - curtime} s after curtime")
assert expires == maxtime == curtime + 7200, "bcoin has changed"
PYTHON
