#!/bin/sh
# sign.sh - rules key, sign, verify through the command line.
. "$(dirname "$0")/../lib.sh"
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
exits "it verifies without a trust list" 0 --rules rules rules verify an_phu --csv
has "the signer is told" "$OUT" "an_phu,unknown key,Phường An Phú,2,$pub"
exits "a trusted signature may be required" 1 --rules rules rules verify an_phu --require
has "the line says so" "$ERR" "1 folder has no trusted signature"
echo "$pub Đảng ủy phường An Phú" >trust
exits "with its key on the list it is trusted" 0 --rules rules rules verify rules/an_phu/ --require --trust trust --csv
has "the list's name counts" "$OUT" "an_phu,trusted,Đảng ủy phường An Phú,2"
CHIBO_TRUST=trust; export CHIBO_TRUST
exits "the environment names the list too" 0 --rules rules rules verify an_phu --require
printf 'return 2\n' >rules/an_phu/a.lua
exits "one changed byte is refused" 1 --rules rules rules verify an_phu
has "the line says which file" "$ERR" "rules/an_phu/a.lua: was changed after it was signed"
rm rules/an_phu/SIGNATURE
exits "an unsigned folder is told" 0 --rules rules rules verify an_phu --csv
has "as unsigned" "$OUT" "an_phu,unsigned"
finish
