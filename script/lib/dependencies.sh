# Sourced by ./bassi and script/*: what a build needs from the system.
#
# need_dependencies [tests]   says what is missing and why, and installs it where it can; with `tests` also what
#                             they need beyond the build.
#
# Quiet, and without starting a program, when nothing is missing: it looks for the files themselves.
# It writes to standard error only and leaves standard input alone.

need_dependencies() {
    if ! command -v swift >/dev/null; then
        echo "bassi: needs the Swift toolchain, 6.2 or newer, to build; there is no 'swift' on the PATH." >&2
        echo "bassi: install it from https://www.swift.org/install and run this again." >&2
        return 69
    fi
    # The SDK of macOS brings SQLite and its header.
    [[ $OSTYPE == darwin* ]] && return 0

    local packages=() reasons=()
    if ! command -v pkg-config >/dev/null; then
        packages+=(pkg-config)
        reasons+=("pkg-config: the Swift package manager asks it where libraries of the system lie")
    fi
    if [[ ! -e /usr/include/sqlite3.h && ! -e /usr/local/include/sqlite3.h ]]; then
        packages+=(libsqlite3-dev)
        reasons+=("libsqlite3-dev: the default store keeps the events in SQLite and is built against its header")
    fi
    # The build does without it, what is built does not: where it is missing each command of a model is asked.
    if [[ ! -x /usr/bin/bwrap && ! -x /usr/local/bin/bwrap && ! -x /bin/bwrap ]]; then
        packages+=(bubblewrap)
        reasons+=("bubblewrap: commands that a model runs are confined by it, else each one has to be asked")
    fi
    if [[ ${1:-} == tests ]]; then
        local tool
        for tool in strace git rg:ripgrep; do
            if command -v "${tool%:*}" >/dev/null; then continue; fi
            packages+=("${tool#*:}")
            reasons+=("${tool#*:}: tests hold the program against it")
        done
    fi
    [[ ${#packages[@]} -eq 0 ]] && return 0
    install_packages
}

# Reads `packages` and `reasons` of its caller.
install_packages() {
    local reason root_by=()
    echo "bassi: the build, or what is built, needs what is not on this machine:" >&2
    for reason in "${reasons[@]}"; do echo "bassi:   $reason" >&2; done

    if ! command -v apt-get >/dev/null; then
        echo "bassi: there is no apt-get here; install these with the package manager of this system." >&2
        return 69
    fi
    if [[ $EUID -ne 0 ]]; then
        if ! command -v sudo >/dev/null; then
            echo "bassi: run this as root: apt-get install ${packages[*]}" >&2
            return 77
        fi
        root_by=(sudo)
    fi
    echo "bassi: installing ${packages[*]} with apt-get${root_by:+ (through sudo)}" >&2

    local install=("${root_by[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q
        --no-install-recommends "${packages[@]}")
    # A fresh container has no package lists, and an old machine has stale ones: only then fetch them.
    if ! "${install[@]}" </dev/null >&2; then
        "${root_by[@]}" apt-get update -q </dev/null >&2 && "${install[@]}" </dev/null >&2 || {
            echo "bassi: could not install ${packages[*]}" >&2
            return 69
        }
    fi
}
