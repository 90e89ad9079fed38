#!/bin/sh
# import_corpus.sh - files as they arrive: each of import_corpus/manifest.tsv does what the manifest says, and a bad one
# leaves not a single row more. Then single cells and whole files beyond the corpus. All data is invented.
. "$(dirname "$0")/../lib.sh"
C=$ROOT/tests/cli/import_corpus
TAB=$(printf '\t')
HEAD=unit_code,unit_name,province,meeting_date,membership,attendance,minutes,topic

# --- the units, and the large files that are made here ---------------------------------------------------------
{
	echo "code,name,kind,parent,members"
	i=1
	while [ $i -le 20 ]; do
		printf 'HN-%03d,Chi bộ %d,chi_bo_co_so,HN,30\n' $i $i
		i=$((i + 1))
	done
	echo "HN,Hà Nội,tinh,,"
} >units.csv
run 0 --db empty.db init || { not_ok "init" "$ERR"; finish; }
exits "units come in, the parent after its cells" 0 --db empty.db import units units.csv
is "twenty-one units are on record" 21 "$(sqlite3 empty.db 'SELECT count(*) FROM unit')"

row() { printf 'HN-%03d,Chi bộ %d,Hà Nội,%s,%s,%s,1,Sinh hoạt thường kỳ\n' "$1" "$1" "$2" "$3" "$4"; }
awk -v head="$HEAD" 'BEGIN { print head
	for (i = 0; i < 2000; i++) printf "HN-%03d,Chi bộ %d,Hà Nội,2024-%02d-15,30,x,1,Sinh hoạt\n", i % 12 + 1, i % 12 + 1, i % 12 + 1 }' >many_errors.csv
awk -v head="$HEAD" 'BEGIN { print head
	for (i = 0; i < 3000; i++) printf "HN-%03d,Chi bộ %d,Hà Nội,%04d-%02d-%02d,30,28,1,Sinh hoạt\n", i % 12 + 1, i % 12 + 1, 2000 + i / 300, i % 300 / 25 + 1, i % 25 + 1
	print "HN-001,Chi bộ 1,Hà Nội,2024-01-15,30,-9,1,Sinh hoạt" }' >error_last_row.csv
fill() { head -c "$1" /dev/zero | tr '\0' "$2"; }
{ echo "$HEAD"; printf 'HN-001,Chi bộ 1,Hà Nội,2024-01-15,30,28,1,'; fill 1000000 x; echo; } >str_megafield.csv
fill 500000 a >str_one_long_line.csv
{ printf %s "$HEAD"; fill 20000 c | sed 's/c/,c/g'; echo; row 1 2024-01-15 30 28; } >str_many_columns.csv
json() { printf '[{"unit_code": "HN-001", "unit_name": "Chi bộ 1", "province": "Hà Nội", "meeting_date": "2024-01-15", "membership": 30, "attendance": %s, "minutes": true, "topic": "%s"}]' "$1" "$2"; }
json "$(fill 100000 1)" x >json_mega_number.json
json 28 "$(fill 1000000 x)" >json_mega_string.json 2>/dev/null

# --- the manifest ---------------------------------------------------------------------------------------------------
# check NAME FILE MUST ROWS PLACE WORDS: on a fresh copy of the record, or on $DB when it is set
check() {
	db=${DB:-work.db}
	[ -n "$DB" ] || cp empty.db work.db
	before=$(sqlite3 "$db" 'SELECT count(*) FROM meeting')
	case $3 in error) want=1 ;; *) want=0 ;; esac
	if ! run $want --db "$db" import meetings "$2"; then
		not_ok "$1" "exit code $RC, wanted $want" "$OUT" "$(printf %s "$ERR" | head -c 2000)"
		return
	fi
	rows=$(($(sqlite3 "$db" 'SELECT count(*) FROM meeting') - before))
	all=$(printf '%s\n%s' "$OUT" "$ERR" | tr '\n' ' ')
	why=
	[ "$rows" = "$4" ] || why="$rows rows, wanted $4"
	if [ "$5" != - ]; then
		at=":${5%:}:"
		case $all in *"${2##*/}$at"*) ;; *) why="$why; not at ${2##*/}$at" ;; esac
	fi
	words=$6
	while [ "$words" != - ] && [ -n "$words" ]; do
		word=${words%%; *}
		case $all in *"$word"*) ;; *) why="$why; no \"$word\"" ;; esac
		case $words in *"; "*) words=${words#*; } ;; *) words= ;; esac
	done
	if [ -z "$why" ]; then ok "$1"; else not_ok "$1" "$why" "$(printf %s "$all" | head -c 1500)"; fi
}
sed 1d "$C/manifest.tsv" >manifest
while IFS=$TAB read -r file must rows place words what; do
	path=$C/$file
	[ -e "$path" ] || path=$T/$file
	[ -e "$path" ] || { not_ok "$file" "is nowhere"; continue; }
	case $file in
	dup_reimport_1.csv) cp empty.db again.db; DB=again.db ;;
	dup_reimport_2.csv) DB=again.db ;;
	*) DB= ;;
	esac
	check "$file: $what" "$path" "$must" "$rows" "$place" "$words"
done <manifest
DB=

# --- cells that the corpus does not hold ----------------------------------------------------------------------------
# cell COLUMN TEXT MUST WORDS: the good row with one cell replaced, quoted
cell() {
	n=$((n + 1))
	set -- "$1" "$2" "$3" "$4" "$(printf %s "$2" | sed 's/"/""/g')"
	{
		echo "$HEAD"
		row 1 2024-01-15 30 28
		c=1
		for v in HN-002 "Chi bộ 2" "Hà Nội" 2024-02-15 30 28 1 "Sinh hoạt"; do
			[ $c = 1 ] || printf ,
			if [ $c = "$1" ]; then printf '"%s"' "$5"; else printf %s "$v"; fi
			c=$((c + 1))
		done
		echo
	} >cell$n.csv
	case $3 in error) check "column $1 \"$2\" is refused" "$T/cell$n.csv" error 0 "3:$1" "$4" ;;
	*) check "column $1 \"$2\" is taken" "$T/cell$n.csv" ok 2 - - ;; esac
}
n=0
NBSP=$(printf '\302\240')
cell 5 1.185 error "membership; not guessed"
cell 5 "1 185" error "not guessed"
cell 5 "1${NBSP}185" error "not guessed"
cell 5 "1'185" error "not guessed"
cell 6 ２８ error "full-width digits"
cell 6 ٢٨ error "Arabic digits"
cell 6 28,5 error "not a whole number"
cell 6 28.0 ok -
cell 6 "  28${NBSP}" ok -
cell 6 "   " error "attendance empty"
cell 6 '?' ok -
cell 6 -0 error "minus sign"
cell 6 0x1C error hexadecimal
cell 6 28/30 error "two numbers"
cell 6 '#N/A' error "spreadsheet's error"
cell 6 =A1 error formula
cell 6 "'28" error apostrophe
cell 6 true error "is not a number"
cell 7 có ok -
cell 7 Không ok -
cell 7 x ok -
cell 7 TRUE ok -
cell 7 "" ok -
cell 7 2 error "minutes; neither yes nor no"
cell 7 - error "neither yes nor no"
cell 4 15-02-2024 error "another form"
cell 4 15.02.2024 error "another form"
cell 4 2024/02/15 error "another form"
cell 4 20240215 error "without marks"
cell 4 "2024-02-15 00:00:00" error "time of day"
cell 4 2024-02-30 error "calendar does not have"
cell 4 0024-02-15 error "year"
cell 4 "" error "meeting_date empty"
cell 4 2024-2-5 error "another form"
cell 1 "HN-002 " ok -
cell 1 "HN–002" error "not a unit code"
cell 1 HN-02 error "nearest is HN-0"
cell 1 HN error "is no cell"
cell 2 "chi bo 2" ok -
cell 2 "Chi bộ 3" error 'is not the name of HN-002: that is "Chi bộ 2"'
cell 3 "Thành phố Hà Nội" ok -
cell 3 HN ok -
cell 3 "Hải Phòng" error "unknown province"
cell 8 "$(fill 201 a)" error "topic; too long: 201 characters"
cell 8 "$(fill 200 a)" ok -
cell 8 "$(printf 'a\033[31mb')" error "control character"
cell 8 "$(printf 'a\342\200\213b')" error "zero-width"

# --- whole files --------------------------------------------------------------------------------------------------------
file() { n=$((n + 1)); cat >file$n.csv; check "$1" "$T/file$n.csv" "$2" "$3" "$4" "$5"; }
printf '%s\n' "$HEAD" | file "a header alone imports nothing and says so" warn 0 1 "no rows"
printf '%s' "$HEAD" | file "a header alone without a line end" warn 0 1 "no rows"
{ echo "$HEAD"; row 1 2024-01-15 30 28; printf %s "$(row 2 2024-01-15 30 28)"; } | file "no line end after the last row" ok 2 - -
{ echo "\"unit_code\",\"meeting_date\""; echo '"HN-001","2024-01-15"'; } | file "quoted headings" ok 1 - -
{ printf 'unit_code\tmeeting_date\tmembership\n'; printf 'HN-001\t2024-01-15\t30\n'; } | file "tabs" ok 1 - -
{ echo "unit_code,meeting_date,"; echo "HN-001,2024-01-15,"; } | file "an empty last column" ok 1 - -
{ echo "unit_code,meeting_date,"; echo "HN-001,2024-01-15,x"; } | file "a cell without a heading" error 0 2:3 "without a heading"
{ echo "unit_code,meeting_date"; echo "HN-001,2024-01-15,,"; } | file "empty cells beyond the last column" ok 1 - -
{ echo "STT,Mã đơn vị,Ngày sinh hoạt,Tổng số đảng viên"; echo "1,HN-001,15/01/2024,30"; } | file "a numbered list with Vietnamese headings" ok 1 - -
{ echo "unit_code,meeting_date,present,attendance"; echo "HN-001,2024-01-15,3,3"; } | file "two headings for one fact" error 0 1:4 "attendance; same thing as column 3"
{ echo "unit_code,membership"; echo "HN-001,30"; } | file "no column for the day" error 0 1 "no column held_on"
{ echo "unit_code,meeting_date,atendance"; echo "HN-001,2024-01-15,30"; } | file "a heading misspelt" error 0 1:3 "atendance; the nearest is present"
{ echo "HN-001,Chi bộ 1,2024-01-15,30"; echo "HN-002,Chi bộ 2,2024-01-15,30"; } | file "no header at all" error 0 1 "no header"
{ echo "unit_code,meeting_date,membership"; printf 'HN-001,2024-01-15,3\0000\n'; } | file "a NUL byte" error 0 2:3 NUL
{ echo "unit_code,meeting_date,membership"; echo "HN-001,2024-01-15,30"; echo "HN-001,2024-01-15,31"; } | file "one meeting with two counts" error 0 3 "same as line 2"
{ echo "unit_code,meeting_date,kind"; echo "HN-001,2024-01-15,thường kỳ"; echo "HN-001,2024-01-15,chuyên đề"; } | file "two kinds on one day are two meetings" ok 2 - -
{ echo "unit_code,meeting_date,kind"; echo "HN-001,2024-01-15,đột xuất"; } | file "no such kind" error 0 2:3 "no kind of meeting"
{ echo "unit_code,meeting_date,members,absent_excused,present"; echo "HN-001,2024-01-15,10,5,6"; } | file "counts that do not add up" error 0 2 members
{ printf '\357\273\277sep=;\r\n'; printf 'unit_code;meeting_date;membership\r\nHN-001;15/01/2024;30\r\n'; } | file "mark, sep and CRLF together" ok 1 - -
printf '\376\377\000u\000n\000i\000t\000,\000h\000e\000l\000d\000_\000o\000n\000\n\000H\000N\000-\0000\0000\0001\000,\0002\0000\0002\0004\000-\0000\0001\000-\0001\0005' |
	file "UTF-16 big-endian" ok 1 - -
printf '   \n\n  \n' | file "blank lines only" error 0 1 empty
printf '{"unit_code": "HN-001"' | file "JSON under a wrong name" error 0 1 list

{ echo "$HEAD"; row 1 2024-01-15 30 28; echo "$HEAD"; row 2 2024-01-15 30 28; } | file "two files put together" error 0 3 "the header stands here again"
{ echo "$HEAD"; row 1 2024-01-15 30 28; echo "Tổng cộng,,,,30,28,,"; } | file "a row of totals" error 0 3:1 "row of totals"
printf 'M\267 \256\254n v\336,Ng\265y h\344p\nHN-001,2024-01-15\n' | file "TCVN3 in the headings" error 0 1:1 "encoding; TCVN3"
{ echo "$HEAD"; row 1 2024-01-15 30 28 | sed 's/Sinh hoạt/Sinh hoáº¡t/'; } | file "a broken topic is kept with a warning" warn 1 2:8 "warning; looks like broken text"

jfile() { n=$((n + 1)); cat >file$n.json; check "$1" "$T/file$n.json" "$2" "$3" "$4" "$5"; }
R='"unit_code": "HN-001", "meeting_date": "2024-01-15"'
echo "[]" | jfile "an empty list imports nothing and says so" warn 0 1 "no rows"
echo "[{$R}, {\"unit\": \"HN-002\", \"held_on\": \"2024-01-15\", \"topic\": null}]" | jfile "keys by id or alias, null for none" ok 2 - -
echo "[{$R, \"membership\": 3e1}]" | jfile "an exponent" error 0 1 "3e1"
echo "[{$R, \"membership\": 30.5}]" | jfile "half a member" error 0 1 "not a whole number"
echo "[{$R, \"membership\": -0}]" | jfile "minus zero" error 0 1 "minus sign"
echo "[{$R, \"membership\": 30.000}]" | jfile "a point is never a thousands mark in JSON" ok 1 - -
echo "[{$R, \"membership\": true}]" | jfile "true for a count" error 0 1 "membership; where a number is wanted"
echo "[{$R, \"membership\": [30]}]" | jfile "a list for a count" error 0 1 "list or an object"
echo "[{$R, \"minutes\": \"có\"}, {\"unit\": \"HN-002\", \"held_on\": \"2024-01-15\", \"minutes\": 0}]" | jfile "yes and no in several ways" ok 2 - -
echo "[{$R, \"topic\": 5}]" | jfile "a number for a text" error 0 1 "topic; where a text is wanted"
echo "[{\"unit_code\": 1, \"meeting_date\": \"2024-01-15\"}]" | jfile "a number for a code" error 0 1 "unit_code; where a text is wanted"
echo "[{\"unit_code\": \"HN-001\", \"meeting_date\": 45306}]" | jfile "a number for a day" error 0 1 "day number"
echo "[{\"unit_code\": \"HN-001\"}]" | jfile "no day" error 0 1 "held_on empty"
echo "[{$R}, {$R}]" | jfile "one meeting twice" error 0 1 "record 2; same as line 1"
echo "[{$R}] // end" | jfile "a comment" error 0 1 "after the end"
printf '[%s{%s}]' "$(fill 5000 '[')" "$R" | jfile "deep nesting" error 0 1 "list"
printf '[{%s, "x": %s}]' "$R" "$(fill 5000 '[')" | jfile "deep nesting inside" error 0 1 "too deep"
printf '[{%s}' "$R" | jfile "cut off" error 0 1 "file ends"
printf '\377\376[\000]\000' | jfile "UTF-16 JSON" warn 0 1 "no rows"

# --- the same file again, dry runs, rejects ---------------------------------------------------------------------------
cp empty.db work.db
exits "a dry run is clean" 0 --db work.db import meetings --dry-run "$C/good.csv"
is "and keeps nothing" 0 "$(sqlite3 work.db 'SELECT count(*) FROM meeting')"
exits "the file comes in" 0 --db work.db import meetings "$C/good.csv"
sum=$(sqlite3 work.db .dump | cksum)
exits "the same file again" 0 --db work.db import meetings "$C/good.csv"
has "says that nothing changed" "$OUT$ERR" "already imported; nothing changed"
is "and changes nothing" "$sum" "$(sqlite3 work.db .dump | cksum)"
{ echo "$HEAD"; row 6 2024-01-15 30 28; row 7 2024-01-15 30 x; row 8 2024-01-15 30 28; row 9 2024-01-15 x x; } >mixed.csv
exits "with rejects, findings still" 1 --db work.db import meetings --rejects bad.csv mixed.csv
is "the good rows are kept" 7 "$(sqlite3 work.db 'SELECT count(*) FROM meeting')"
is "the bad rows and their header are written out" 3 "$(wc -l <bad.csv)"
has "with the reason first" "$(sed -n 2p bad.csv)" 'attendance: ""x"" is not a number'
exits "a file of rejects is never overwritten" 3 --db work.db import meetings --rejects bad.csv mixed.csv
sed 's/,x,/,27,/g; s/,x,/,27,/g' bad.csv >mended.csv
exits "mended, it comes back in" 0 --db work.db import meetings mended.csv
is "all rows are there" 9 "$(sqlite3 work.db 'SELECT count(*) FROM meeting')"
exits "no such file" 3 --db work.db import meetings nowhere.csv
finish
