# SPDX-License-Identifier: MIT
# fish completion for sshaudit. The build fills in what the program takes.

function __sshaudit_records
    sshaudit undo 2>/dev/null | string replace -r ' .*' ''
end

function __sshaudit_rules
%RULES%
end

complete -c sshaudit -f
%COMPLETIONS%
