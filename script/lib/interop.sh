# Sourced by script/test: the official clients of the providers, in Python, against the scripted model server.
#
# run_interop   puts the newest `anthropic` and `openai` into a Python environment of their own, outside of this
#               tree, and runs Tests/Interop with them. BASSI_INTEROP_VENV names another place for it.

run_interop() {
    need_python
    local venv=${BASSI_INTEROP_VENV:-${XDG_CACHE_HOME:-$HOME/.cache}/bassi/interop}
    if [[ ! -x $venv/bin/python ]]; then
        mkdir -p "$(dirname "$venv")"
        python3 -m venv "$venv"
    fi
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --upgrade anthropic openai

    local build=(--scratch-path .build-net --product bassi-model-server)
    swift build "${build[@]}" -j 2
    # No bytecode beside the sources, and no key or proxy of this machine: the clients would take them.
    env -u ANTHROPIC_API_KEY -u ANTHROPIC_AUTH_TOKEN -u ANTHROPIC_BASE_URL -u OPENAI_API_KEY -u OPENAI_BASE_URL \
        -u HTTP_PROXY -u http_proxy -u ALL_PROXY -u all_proxy NO_PROXY=127.0.0.1 no_proxy=127.0.0.1 \
        PYTHONDONTWRITEBYTECODE=1 BASSI_MODEL_SERVER="$(swift build "${build[@]}" --show-bin-path)/bassi-model-server" \
        "$venv/bin/python" Tests/Interop/run.py
}

# Reads nothing; fills `packages` and `reasons` for install_packages (dependencies.sh).
need_python() {
    local packages=() reasons=()
    if ! command -v python3 >/dev/null; then
        packages+=(python3)
        reasons+=("python3: the official clients of the providers are run with it")
    fi
    if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
        packages+=(python3-venv)
        reasons+=("python3-venv: they are kept in an environment of their own")
    fi
    [[ ${#packages[@]} -eq 0 ]] && return 0
    install_packages
}
