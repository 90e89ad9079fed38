#!/bin/sh
# lint.sh BUILD_DIR - banned functions by symbol, the layout of the packs, and luacheck and scdoc (the man page) where they are installed.
cd "$(dirname "$0")/.." || exit 3
bad=0
for o in $(find "$1/engine" -name '*.o'); do
	list='gets|strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|atof|strncpy|strncat|asctime|ctime|gmtime|localtime|tmpnam|mktemp|rand|srand|system|popen'
	# repl.o: readline frees completions with free()
	case $o in
	*/base/alloc.o | */cli/repl.o) ;;
	*) list="$list|malloc|calloc|realloc|free|strdup|strndup|asprintf|vasprintf" ;;
	esac
	hit=$(nm -u "$o" | awk '{ print $2 }' | sed 's/@.*//' | grep -xE "$list")
	[ -z "$hit" ] || { echo "lint: $o calls" $hit >&2; bad=1; }
done
# the console without readline
${CC:-cc} -D_GNU_SOURCE '-DCB_VERSION="0"' -std=c11 -Wall -Wextra -Werror -Iengine -fsyntax-only engine/cli/repl.c || bad=1
if command -v luacheck >/dev/null; then luacheck -q --std lua54 scripts rules examples || bad=1; fi
if command -v scdoc >/dev/null; then scdoc <engine/cli/chibo.1.scd >/dev/null || bad=1; fi
if [ -x "$1/chibo" ]; then "$1/chibo" --rules rules rules fmt --check || bad=1; fi
[ $bad = 0 ] && echo "lint: clean"
exit $bad
