#!/bin/sh
# readme.sh - the guides tell the truth: every "$ command" in its console blocks is run, in order, on the record that
# the demo leaves, and prints what stands there.
. "$(dirname "$0")/../lib.sh"
mkdir examples && cp -r "$ROOT/examples/questions" examples/ && cp -r "$ROOT/rules" rules
sh "$ROOT/examples/demo.sh" "$CHIBO" "$T/examples/out" >demo.out 2>demo.err || { not_ok "the demo runs" "$(tail -5 demo.err)"; finish; }
CHIBO_DB=examples/out/vi_du.db CHIBO_RULES=rules PATH=$(dirname "$CHIBO"):$PATH
export CHIBO_DB CHIBO_RULES PATH
cat >walk.py <<'PY'
import re, subprocess, sys
text = open(sys.argv[1], encoding="utf-8").read()
bad = n = 0
for block in re.findall(r"^```console\n(.*?)^```", text, re.M | re.S):
    for cmd, want in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.M):
        got = subprocess.run(["sh", "-c", cmd], stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
        out = "".join(l.rstrip() + "\n" for l in got.stdout.decode().splitlines())
        n += 1
        if out == want:
            print("ok the guide: " + cmd)
        else:
            bad = 1
            print("not ok the guide: " + cmd + "\n    wanted:\n" + want + "    got:\n" + out + got.stderr.decode())
print("%s the guide has a tour" % ("ok" if n > 8 else "not ok"))
sys.exit(bad or n <= 8)
PY
python3 walk.py "$ROOT/README.md" || FAILED=1
python3 walk.py "$ROOT/scripts/README.md" || FAILED=1
for link in $(sed -n 's/.*](\([A-Za-z/]*\.md\)).*/\1/p' "$ROOT/README.md" | sort -u); do
	[ -e "$ROOT/$link" ] && ok "$link is there" || not_ok "$link is there"
done
finish
