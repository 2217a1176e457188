# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# bash completion for sshaudit. The build fills in what the program takes.

_sshaudit_words() {
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur")
}

_sshaudit_files() {  # -f or -d; behind what is there already
  compopt -o filenames 2>/dev/null
  mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen "$1" -- "$cur")
}

_sshaudit_users() {
  mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -u -- "$cur")
}

_sshaudit_records() {
  _sshaudit_words "$(sshaudit undo 2>/dev/null | while read -r record _; do printf '%s ' "$record"; done)"
}

_sshaudit_rules() {
  _sshaudit_words '%RULES%'
}

_sshaudit() {
  local cur=${COMP_WORDS[COMP_CWORD]} verb='' option='' operand='' word
  # Up to the word that is being typed: the verb, and the option whose value comes next. "=" is a word of its own.
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    [[ $word == = ]] && continue
    if [[ -n $option ]]; then
      option=
      continue
    fi
    [[ " %WITH_VALUE% " == *" $word "* ]] && option=$word
    [[ $word == -* ]] && continue
    if [[ -z $verb$operand && " %VERBS% " == *" $word "* ]]; then verb=$word; else operand=$word; fi
  done
  COMPREPLY=()
  [[ $cur == = ]] && cur=
  if [[ -n $option ]]; then
    case $verb:$option in
%VALUES%
    esac
    return
  fi
  if [[ $cur == -* ]]; then
    case $verb in
%OPTIONS%
    esac
    return
  fi
  case $verb in
%OPERANDS%
    *)
      [[ -n $operand ]] || _sshaudit_words '%VERBS%'
      _sshaudit_users
      ;;
  esac
}

complete -F _sshaudit sshaudit
