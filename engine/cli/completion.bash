# bash completion for chibo: source this file, or install it as $PREFIX/share/bash-completion/completions/chibo.
# Commands and options are read from the program itself, so this file never falls behind it.
_chibo() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} prog=${COMP_WORDS[0]} cmd='' i word
	COMPREPLY=()
	case $prev in
	--db | --output | -o | --rejects | --trust | --key) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
	--rules) mapfile -t COMPREPLY < <(compgen -d -- "$cur"); return ;;
	--signatures) mapfile -t COMPREPLY < <(compgen -W 'ignore warn require' -- "$cur"); return ;;
	--within) mapfile -t COMPREPLY < <(compgen -W 'all parent cluster block province' -- "$cur"); return ;;
	--by) mapfile -t COMPREPLY < <(compgen -W 'cluster cell_type unit unit_kind kind' -- "$cur"); return ;;
	--duty) mapfile -t COMPREPLY < <(compgen -W 'month thematic attendance planned on_time duration minutes documents report notes reason' -- "$cur"); return ;;
	esac
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		case $word in
		--db | --rules | --output | -o | --signatures | --trust) ((i++)) ;;
		-*) ;;
		*) if [ -z "$cmd" ]; then cmd=$word; elif [ "$cmd" = rules ]; then cmd="rules $word"; break; else break; fi ;;
		esac
	done
	if [[ $cur == -* ]]; then
		# shellcheck disable=SC2086 # "rules check" is two words
		mapfile -t COMPREPLY < <(compgen -W "$("$prog" $cmd --help 2>/dev/null | sed -n 's/^  \(--[a-z-]*\).*/\1/p')" -- "$cur")
		return
	fi
	case $cmd in
	'') mapfile -t COMPREPLY < <(compgen -W "$("$prog" --help 2>/dev/null | sed -n 's/^  \([a-z]*\)[ a-z]*  .*/\1/p' | sort -u)" -- "$cur") ;;
	rules) mapfile -t COMPREPLY < <(compgen -W "$("$prog" rules --help 2>/dev/null | sed -n 's/^  rules \([a-z]*\).*/\1/p')" -- "$cur") ;;
	import | template) mapfile -t COMPREPLY < <(compgen -W 'units meetings assessments visits months' -- "$cur"; compgen -f -- "$cur") ;;
	report) mapfile -t COMPREPLY < <(compgen -W 'month quarter half nine-months year' -- "$cur") ;;
	export) mapfile -t COMPREPLY < <(compgen -W 'results criteria units meetings assessments visits months' -- "$cur") ;;
	'rules show' | 'rules form' | 'rules watch' | whatif) mapfile -t COMPREPLY < <(compgen -W "$("$prog" rules list --csv 2>/dev/null | sed -n '2,$s/,.*//p')" -- "$cur") ;;
	*) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
	esac
}
complete -F _chibo chibo
