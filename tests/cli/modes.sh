#!/bin/sh
# modes.sh - who may read what chibo makes, whatever the umask lets through: the record and what passes by, its owner only;
# what --output leaves, its group too.
. "$(dirname "$0")/../lib.sh"
mode() { stat -c %a "$1"; }
printf 'code,name,kind,parent\nAP,Phường,xa,\nAP-1,Chi bộ 1,chi_bo_co_so,AP\n' >u.csv
printf 'unit,held_on,members,present\nAP-1,2024-01-15,9,5\nAP-1,2024-02-15,9,50\n' >m.csv
for mask in 022 000; do
	umask $mask
	CHIBO_DB=$T/r$mask.db; export CHIBO_DB
	exits "$mask: a record" 0 init
	is "$mask: is its owner's" 600 "$(mode r$mask.db)"
	exits "$mask: units" 0 import units u.csv
	exits "$mask: meetings" 1 import meetings m.csv --rejects rejects$mask.csv
	is "$mask: rejected rows are their owner's" 600 "$(mode rejects$mask.csv)"
	exits "$mask: a backup" 0 backup copy$mask.db
	is "$mask: is its owner's" 600 "$(mode copy$mask.db)"
	exits "$mask: an export" 0 export units -o units$mask.csv
	is "$mask: is for the group to read" 640 "$(mode units$mask.csv)"
	exits "$mask: a report" 0 report month 2024-01 --html -o report$mask.html
	is "$mask: too" 640 "$(mode report$mask.html)"
	chmod 604 units$mask.csv
	exits "$mask: the export again" 0 export units -o units$mask.csv
	is "$mask: keeps what the owner chose" 604 "$(mode units$mask.csv)"
	exits "$mask: a pair of keys" 0 rules key key$mask
	is "$mask: the secret one is its owner's" 600 "$(mode key$mask)"
	exits "$mask: the answer of a console's line" 0 query "units:csv 'answer$mask.csv'"
	is "$mask: is for the group to read" 640 "$(mode answer$mask.csv)"
	# while it is written, nobody else reads it: an endless query, killed
	"$CHIBO" sql "with recursive n(i) as (select 1 union all select i+1 from n) select i from n" --csv -o slow$mask.csv >/dev/null 2>&1 &
	pid=$!
	while [ ! -e slow$mask.csv.part ] && kill -0 $pid 2>/dev/null; do :; done
	is "$mask: a file that is being written is its owner's" 600 "$(mode slow$mask.csv.part)"
	kill -9 $pid
	wait $pid 2>/dev/null
	is "$mask: and has no name yet" "" "$(ls slow$mask.csv 2>/dev/null)"
done
umask 077
exits "a stricter umask is kept" 0 export units -o strict.csv
is "as it is" 600 "$(mode strict.csv)"
finish
