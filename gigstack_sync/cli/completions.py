"""`gigstack completions`: scripts that have a shell complete commands, options and values."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import typer

from gigstack_sync.cli.session import session_of

_BASH: Final = r"""# gigstack in bash; load it with: source <(gigstack completions bash)
_gigstack_complete() {
    local line current=${COMP_WORDS[COMP_CWORD]}
    [[ $current == "=" ]] && current=
    COMPREPLY=()
    while IFS= read -r line; do
        case $line in
            :file | :folder)
                local action=-f
                [[ $line == :folder ]] && action=-d
                compopt -o filenames 2>/dev/null
                while IFS= read -r line; do
                    COMPREPLY+=("$line")
                done < <(compgen "$action" -- "$current")
                ;;
            *) COMPREPLY+=("${line%%$'\t'*}") ;;
        esac
    done < <(_GIGSTACK_COMPLETE=1 "$1" "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _gigstack_complete gigstack
"""
_ZSH: Final = r"""#compdef gigstack
# gigstack in zsh; source <(gigstack completions zsh), or save it as _gigstack in your $fpath
_gigstack() {
    local line
    local -a found lines
    lines=("${(@f)$(_GIGSTACK_COMPLETE=1 ${words[1]} "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    for line in "${(@)lines}"; do
        case $line in
            :file) _files ;;
            :folder) _files -/ ;;
            *$'\t'*) found+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}") ;;
            ?*) found+=("${line//:/\\:}") ;;
        esac
    done
    (( $#found )) && _describe gigstack found
}
if [[ $funcstack[1] == _gigstack ]]; then
    _gigstack "$@"
else
    compdef _gigstack gigstack
fi
"""
_FISH: Final = r"""# gigstack in fish; save it as ~/.config/fish/completions/gigstack.fish
function __gigstack_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in (_GIGSTACK_COMPLETE=1 $words[1] $words[2..-1] "$current" 2>/dev/null)
        switch $line
            case :file
                __fish_complete_path "$current"
            case :folder
                __fish_complete_directories "$current"
            case '*'
                echo $line
        end
    end
end
complete -c gigstack -f -a '(__gigstack_complete)'
"""
_SCRIPTS: Final = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


def completions(
    context: typer.Context,
    shell: Annotated[Literal["bash", "zsh", "fish"], typer.Argument(help="Which shell.")],
) -> None:
    """Print a script that completes commands, options, and values such as codes and profiles.

    $ gigstack completions bash
    $ gigstack completions fish > gigstack.fish
    """
    session = session_of(context)
    if session.json:
        session.emit({"shell": shell, "script": _SCRIPTS[shell]})
    else:
        print(_SCRIPTS[shell], end="")
