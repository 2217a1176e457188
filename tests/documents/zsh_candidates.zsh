# SPDX-License-Identifier: MIT
# What an interactive zsh offers behind LINE: zsh -f zsh_candidates.zsh DIRECTORY LINE
# DIRECTORY has _sshaudit. A pseudo terminal, since there is no completion without the line editor.
emulate zsh
zmodload zsh/zpty

scratch=$(mktemp -d) || exit 2
cat >$scratch/setup <<SETUP
PROMPT= RPROMPT=
fpath=($1 \$fpath)
autoload -Uz compinit && compinit -u -D
# What looks up matches for itself is let through; the rest is noted.
compadd() {
  if [[ -n \${(M)@[1,(i)(-|--)]:#-[OAD]} ]]; then
    builtin compadd "\$@"
    return
  fi
  local -a matches
  builtin compadd -A matches "\$@"
  print -rl -- \$matches >>$scratch/matches
  builtin compadd "\$@"
}
collect() { _main_complete; : >$scratch/done }
zle -C collect list-choices collect
bindkey '^I' collect
: >$scratch/ready
SETUP

# What the shell shows is of no interest, but somebody has to take it.
drain_until() {
  local shown
  until [[ -e $1 ]]; do
    zpty -r -t shell shown || sleep 0.02
  done
}

zpty -b shell exec zsh -f -i || exit 2
trap 'rm -rf -- "$scratch"' EXIT  # here, so that the other shell does not have it
zpty -w shell "source $scratch/setup"
drain_until $scratch/ready
zpty -n -w shell "$2"$'\t'
drain_until $scratch/done
zpty -d shell
[[ -e $scratch/matches ]] && cat $scratch/matches
exit 0
