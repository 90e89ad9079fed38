#!/bin/sh
# sign.sh - rules key, sign, verify; the policy of the commands that rate, and who had signed, as the record keeps it.
. "$(dirname "$0")/../lib.sh"
unset CHIBO_TRUST CHIBO_SIGNATURES
mkdir -p rules/an_phu/cases
echo 'return 1' >rules/an_phu/a.lua
echo 'return {}' >rules/an_phu/cases/a.lua
exits "a pair of keys is made" 0 rules key secret
pub=$OUT
is "the public key has 64 digits" 64 "${#pub}"
is "the secret key is for its owner only" 600 "$(stat -c %a secret)"
exits "a key is not overwritten" 3 rules key secret
exits "signing needs a key and a name" 2 --rules rules rules sign an_phu
exits "a folder is signed" 0 --rules rules rules sign an_phu --key secret --as "Phường An Phú"
is "everybody may read the signature" 644 "$(stat -c %a rules/an_phu/SIGNATURE)"
exits "it verifies without a trust list" 0 --rules rules rules verify an_phu --csv
has "the signer is told" "$OUT" "an_phu,unknown key,Phường An Phú,2,$pub"
exits "a trusted signature may be required" 1 --rules rules rules verify an_phu --require
has "the line says so" "$ERR" "1 folder has no trusted signature"
echo "$pub an_phu Đảng ủy phường An Phú" >trust
exits "with its key on the list it is trusted" 0 --rules rules rules verify rules/an_phu/ --require --trust trust --csv
has "the list's name counts" "$OUT" "an_phu,trusted,Đảng ủy phường An Phú,2"
CHIBO_TRUST=trust; export CHIBO_TRUST
exits "the environment names the list too" 0 --rules rules rules verify an_phu --require
echo "$pub Đảng ủy phường An Phú" >bad
exits "a line of a trust list says for which issuers" 2 --trust bad --rules rules rules verify an_phu
has "where and how is told" "$ERR" "bad:1: write: KEY ISSUERS NAME"
cp trust open; chmod 666 open
exits "a trust list that everybody may write is refused" 2 --trust open --rules rules rules verify an_phu
has "with how to mend it" "$ERR" "open: everybody may write this trust list; chmod o-w it"
printf 'return 2\n' >rules/an_phu/a.lua
exits "one changed byte is refused" 1 --rules rules rules verify an_phu
has "the line says which file" "$ERR" "rules/an_phu/a.lua: was changed after it was signed"
rm rules/an_phu/SIGNATURE
exits "an unsigned folder is told" 0 --rules rules rules verify an_phu --csv
has "as unsigned" "$OUT" "an_phu,unsigned"
exits "a policy is one of three words" 2 --signatures always runs
has "they are named" "$ERR" "--signatures 'always': ignore, warn or require"

# --- rating: a ward's pack over a central base, each signed by its own body ----------------------------------------
rm -rf rules
mkdir -p rules/central/cases rules/an_phu/cases
pack() { # FILE ID ISSUER FIELDS LINE
	cat >"rules/$1.lua" <<END
$5
return ruleset { id = "$2", title = "Quy định thử", issuer = "$3", status = "reconstructed", effective = { from = "2020-01-01" }, $4 }
END
}
levels='levels = { { "tot", 5, "Tốt" }, { "kem", 0, "Kém" } }'
echo 'return { m = 10 }' >rules/an_phu/_common.lua
pack central/goc central.goc trung_uong "criteria = { criterion { id = \"a\", max = 10, label = \"ví dụ\", score = bands(fact.present, { { 3, 10 } }, 0) } }, $levels"
pack an_phu/x an_phu.x an_phu 'base = "central.goc"' 'local c = require "_common"'
echo 'return { { name = "m", facts = { members = 9, present = 5 }, expect = { total = 10 } } }' >rules/an_phu/cases/x.lua
cp rules/an_phu/cases/x.lua rules/central/cases/goc.lua
printf 'code,name,kind,parent\nan_phu,Phường An Phú,xa,\nAP-1,Chi bộ 1,chi_bo_co_so,an_phu\nKH,Khác,xa,\nKH-1,Chi bộ 2,chi_bo_co_so,KH\n' >u.csv
printf 'unit,held_on,members,present\nAP-1,2024-01-15,9,5\n' >m.csv
CHIBO_DB=$T/r.db CHIBO_RULES=rules; export CHIBO_DB CHIBO_RULES
unset CHIBO_TRUST
exits "a record" 0 init
exits "units" 0 import units u.csv
exits "meetings" 0 import meetings m.csv
again() { exits "$1" "$2" evaluate --all $3; }
again "an unsigned pack rates without a word" 0
is "nothing is said" "" "$ERR"
exits "runs show it" 0 runs --csv
has "as unsigned" "$OUT" ",unsigned,"
again "under warn it rates" 0 "--signatures warn"
has "with a line" "$ERR" "rules/an_phu/x.lua: warning: an_phu.x is not signed; get it signed from its issuing body, or sign your own: chibo rules sign an_phu --key FILE --as NAME"
has "and one for the base" "$ERR" "rules/central/goc.lua: warning: a base of an_phu.x is not signed"
runs=$("$CHIBO" sql "select count(*) from v_run" --csv | tail -n 1)
again "require wants a trust list" 2 "--signatures require"
has "and says how" "$ERR" "--trust FILE, or CHIBO_TRUST"
echo '# none' >trust
CHIBO_TRUST=trust; export CHIBO_TRUST
again "under require an unsigned pack stops the run" 1 "--signatures require"
has "naming the file" "$ERR" "rules/an_phu/x.lua: an_phu.x is not signed"
has "the end says so" "$ERR" "nothing was stored: 1 ruleset was refused"
is "nothing was stored" "$runs" "$("$CHIBO" sql "select count(*) from v_run" --csv | tail -n 1)"
again "a dry run stops as well" 1 "--signatures require --dry-run"
exits "rank stops too" 1 rank --period 2024-Q1 --signatures require
is "and prints no rows" "" "$OUT"
exits "whatif stops too" 1 whatif an_phu.x --signatures require
exits "what rates nothing is not asked about" 0 rules list --signatures require

"$CHIBO" rules key ward >ward.pub; "$CHIBO" rules key centre >centre.pub
exits "the ward signs its folder" 0 rules sign an_phu --key ward --as "Phường An Phú"
printf '%s an_phu Đảng ủy phường An Phú\n' "$(cat ward.pub)" >trust
CHIBO_SIGNATURES=require; export CHIBO_SIGNATURES
again "its base must be signed as well" 1
has "the base is named" "$ERR" "rules/central/goc.lua: a base of an_phu.x is not signed"
exits "a ward may sign the centre's folder" 0 rules sign central --key ward --as "Trung ương"
again "but its key is not trusted for it" 1
has "the line says for whom it is" "$ERR" "rules/central/goc.lua: a base of an_phu.x is signed by \"Đảng ủy phường An Phú\", whose key is trusted only for an_phu, not for packs of trung_uong"
exits "verify does not take it either" 1 rules verify central --require
has "and names the pack" "$ERR" "rules/central/goc.lua: warning: is a pack of trung_uong; the key is trusted only for an_phu"
exits "the centre signs" 0 rules sign central --key centre --as "Văn phòng Trung ương"
again "with a key that nobody knows" 1
has "which is told" "$ERR" "is signed by \"Văn phòng Trung ương\" with key $(cut -c1-16 centre.pub)..., which is not on the trust list"
has "and what to add" "$ERR" "$(cat centre.pub) trung_uong NAME"
printf '%s trung_uong Văn phòng Trung ương Đảng\n' "$(cat centre.pub)" >>trust
again "with both keys on the list it rates" 0
is "without a word" "" "$ERR"
exits "the signers are kept" 0 sql "select ruleset, folder, state, signer, key from v_run_signature where run_id = (select max(id) from v_run)" --csv
is "for each folder" "ruleset,folder,state,signer,key
an_phu.x,an_phu,trusted,Đảng ủy phường An Phú,$(cat ward.pub)
an_phu.x,central,trusted,Văn phòng Trung ương Đảng,$(cat centre.pub)" "$(echo "$OUT" | tr -d '\r')"
exits "runs name them" 0 runs --csv
has "with the state" "$OUT" "Văn phòng Trung ương Đảng; Đảng ủy phường An Phú,trusted,"
last=$("$CHIBO" sql "select max(id) from v_run" --csv | tail -n 1 | tr -d '\r')
exits "replay tells who had signed" 0 replay "$last" --csv
has "each" "$ERR" "an_phu.x: folder central was signed by \"Văn phòng Trung ương Đảng\" (trusted, key $(cut -c1-16 centre.pub)...)"
has "and the state" "$OUT" ",trusted"
exits "the sheet tells it" 0 explain 1 --json
has "in JSON" "$OUT" '"signed_by": "Văn phòng Trung ương Đảng; Đảng ủy phường An Phú"'
exits "and on paper" 0 explain 1
has "in words" "$OUT" "Gói quy định khi chấm do Văn phòng Trung ương Đảng; Đảng ủy phường An Phú ký"
exits "rank goes on" 0 rank --period 2024-Q1
exits "whatif goes on" 0 whatif an_phu.x

# one byte of any file: the pack, a part, its cases, its base, the base's cases
for f in an_phu/x an_phu/_common an_phu/cases/x central/goc central/cases/goc; do
	cp rules/$f.lua keep
	printf ' ' >>rules/$f.lua
	exits "a byte more in $f.lua is refused" 1 evaluate --all
	has "$f.lua is named" "$ERR" "rules/$f.lua: was changed after it was signed"
	CHIBO_SIGNATURES=ignore
	exits "told even where signatures are ignored ($f)" 0 evaluate --all
	has "as a warning ($f)" "$ERR" "rules/$f.lua: warning: was changed after it was signed"
	exits "and kept ($f)" 0 runs --csv
	has "as broken ($f)" "$(echo "$OUT" | tail -n 1)" ",broken,"
	CHIBO_SIGNATURES=require
	cp keep rules/$f.lua
	exits "put back, $f.lua is taken" 0 evaluate --all
done
for f in an_phu/_new an_phu/cases/new central/_new central/cases/new; do
	echo 'return {}' >rules/$f.lua
	exits "an added $f.lua is refused" 1 evaluate --all
	has "$f.lua is named as added" "$ERR" "rules/$f.lua: was added after the folder was signed"
	rm rules/$f.lua
done
for f in an_phu/cases/x central/cases/goc; do
	mv rules/$f.lua keep
	exits "a removed $f.lua is refused" 1 evaluate --all
	has "$f.lua is named as gone" "$ERR" "rules/$f.lua: was signed and is gone"
	mv keep rules/$f.lua
done
exits "a signature of another folder is refused" 1 evaluate --all --trust trust --rules "$(cp -r rules moved && cp moved/central/SIGNATURE moved/an_phu/ && echo moved)"
has "as such" "$ERR" "the signature is of folder \"central\""
rm rules/an_phu/SIGNATURE
ln -s ../central/SIGNATURE rules/an_phu/SIGNATURE
exits "a signature through a link is refused" 1 evaluate --all
has "as a link" "$ERR" "rules/an_phu/SIGNATURE: is a link"
CHIBO_SIGNATURES=ignore
exits "it stops nobody who asks for no signatures" 0 evaluate --all
has "but is told" "$ERR" "rules/an_phu/SIGNATURE: warning: is a link"
rm rules/an_phu/SIGNATURE
CHIBO_SIGNATURES=require
exits "what is unchanged is not rated again, and not asked about" 0 evaluate
exits "the record is whole" 0 doctor
sqlite3 r.db "drop trigger run_signature_no_update; update run_signature set state='trusted' where state='broken'" 2>/dev/null
exits "a changed signature is found" 1 doctor
has "with the run" "$ERR" "the results of run"
finish
