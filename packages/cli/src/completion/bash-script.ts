/**
 * Completes shardrock in bash 3.2 and up, without any package. Nothing that was typed, and no file's name, is ever evaluated:
 * Tab must not run `$(…)`. Words are parted at blanks only, since bash parts them at `=` and `:` too, and replaces
 * what follows the last of these.
 */
export const bashScript = `# bash completion for shardrock: eval "$(shardrock completion bash)"
__shardrock_complete() {
  local typed=\${COMP_LINE:0:COMP_POINT} words=() current="" before="" line value quoted
  read -r -a words <<< "$typed"
  case $typed in *[[:blank:]]) words+=("") ;; esac
  current=\${words[\${#words[@]} - 1]}
  case $current in *[=:]*) before=\${current%"\${current##*[=:]}"} ;; esac
  COMPREPLY=()
  while IFS= read -r line; do
    value=\${line%%$'\\t'*}
    case $value in
      :* | "") continue ;;
      "$before"*) value=\${value#"$before"} ;;
    esac
    case $value in "\${current#"$before"}"*) ;; *) continue ;; esac
    printf -v quoted %q "$value"
    COMPREPLY+=("$quoted")
    case $value in */) compopt -o nospace 2> /dev/null ;; esac
  done < <(shardrock complete -- "\${words[@]:1}" 2> /dev/null)
}
complete -F __shardrock_complete shardrock
`;
