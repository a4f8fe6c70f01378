"""Anthropic's own client against the wire of Anthropic Messages."""

import anthropic

from harness import KEY, Server, check, require, require_fit, require_raises

TOOLS = [
    {"name": name, "description": "A tool.", "input_schema": {"type": "object", "properties": {}}}
    for name in ("read", "list")
]
ASK = {"model": "m", "max_tokens": 1000, "messages": [{"role": "user", "content": "Go."}]}
CALLS = [{"name": "read", "input": {"path": "é.txt"}}, {"name": "list", "input": {}}]


def client(server, key=KEY):
    return anthropic.Anthropic(base_url=server.anthropic, api_key=key, max_retries=0, timeout=60)


@check
def whole():
    """a whole message has its text, stop reason and usage"""
    usage = {"input_tokens": 3, "output_tokens": 5, "cache_read_tokens": 7, "cache_write_tokens": 9}
    with Server({"text": "Hello ü🦊.", "usage": usage}) as server:
        message = require_fit(client(server).messages.create(**ASK))
        require(message.content[0].text == "Hello ü🦊." and message.stop_reason == "end_turn", message)
        require(message.usage.input_tokens == 3 and message.usage.output_tokens == 5, message.usage)
        require(message.usage.cache_read_input_tokens == 7, message.usage)
        require(message.usage.cache_creation_input_tokens == 9, message.usage)


@check
def streamed():
    """a stream of thinking, text and parallel tools adds up, and each event fits its declaration"""
    with Server({"text": "I look.", "thinking": "Hm, well.", "tools": CALLS}) as server:
        with client(server).messages.stream(**ASK, tools=TOOLS) as stream:
            names = [event.type for event in stream]
            message = require_fit(stream.get_final_message())
        require("thinking" in names and "text" in names and "input_json" in names, names)
        require([block.type for block in message.content] == ["thinking", "text", "tool_use", "tool_use"], message)
        require(message.content[0].thinking == "Hm, well." and message.content[0].signature, message)
        require([block.input for block in message.content[2:]] == [{"path": "é.txt"}, {}], message)
        require(message.stop_reason == "tool_use", message)
    with Server({"text": "I look.", "thinking": "Hm, well.", "tools": CALLS}) as server:
        for event in client(server).messages.create(**ASK, tools=TOOLS, stream=True):
            require_fit(event)


@check
def loop():
    """a loop of two turns sends the client's own objects back"""
    first = {"text": "I look.", "thinking": "Hm.", "tools": CALLS}
    for streams in (False, True):
        with Server(first, {"text": "Done."}) as server:
            messages = list(ASK["messages"])
            ask = {**ASK, "messages": messages, "tools": TOOLS}
            if streams:
                with client(server).messages.stream(**ask) as stream:
                    answer = stream.get_final_message()
            else:
                answer = client(server).messages.create(**ask)
            messages.append({"role": "assistant", "content": answer.content})
            results = [
                {"type": "tool_result", "tool_use_id": block.id, "content": "ok"}
                for block in answer.content if block.type == "tool_use"
            ]
            messages.append({"role": "user", "content": results})
            require(client(server).messages.create(**ask).content[0].text == "Done.")


@check
def stops():
    """every stop reason arrives under its name"""
    words = {
        "end_turn": "end_turn", "max_tokens": "max_tokens", "stop_sequence": "stop_sequence", "refusal": "refusal",
        "pause_turn": "pause_turn", "context_exceeded": "model_context_window_exceeded",
    }
    for ours, theirs in words.items():
        with Server({"text": "Hi.", "stop_reason": ours}, {"text": "Hi.", "stop_reason": ours}) as server:
            require(require_fit(client(server).messages.create(**ASK)).stop_reason == theirs, ours)
            with client(server).messages.stream(**ASK) as stream:
                require(stream.get_final_message().stop_reason == theirs, ours)


ERRORS = [
    (400, "invalid_request_error", anthropic.BadRequestError),
    (401, "authentication_error", anthropic.AuthenticationError),
    (403, "permission_error", anthropic.PermissionDeniedError),
    (404, "not_found_error", anthropic.NotFoundError),
    (409, "conflict_error", anthropic.ConflictError),
    (422, "invalid_request_error", anthropic.UnprocessableEntityError),
    (429, "rate_limit_error", anthropic.RateLimitError),
    (500, "api_error", anthropic.InternalServerError),
]


@check
def errors():
    """errors become the client's classes, with the status, the message and the request's id"""
    for status, kind, expected in ERRORS:
        failure = {"status": status, "type": kind, "message": "So it is."}
        with Server({"error": failure}) as server:
            error = require_raises(expected, lambda: client(server).messages.create(**ASK), status)
            require("So it is." in str(error) and error.request_id == "req_0001", error, error.request_id)
            require(error.body["error"]["type"] == kind, error.body)
    for status, kind in ((413, "request_too_large"), (529, "overloaded_error")):
        with Server({"error": {"status": status, "type": kind, "message": "So it is."}}) as server:
            try:
                client(server).messages.create(**ASK)
                raise AssertionError("nothing was raised")
            except anthropic.APIStatusError as error:
                require(error.status_code == status, error)


@check
def refused():
    """what the service refuses, the server refuses"""
    with Server({"text": "-"}, options=("--models", "m"), refuses=True) as server:
        require_raises(anthropic.AuthenticationError, lambda: client(server, "wrong").messages.create(**ASK), 401)
        require_raises(anthropic.NotFoundError, lambda: client(server).messages.create(**{**ASK, "model": "n"}), 404)
        bad = {**ASK, "messages": [{"role": "assistant", "content": "Hi."}]}
        require_raises(anthropic.BadRequestError, lambda: client(server).messages.create(**bad), 400)


@check
def midstream():
    """an error in the middle of a stream is raised, and a reset connection too"""
    failure = {"type": "overloaded_error", "message": "Full.", "after": 2}
    with Server({"text": "One two three.", "error": failure}) as server:
        texts = []

        def read():
            for event in client(server).messages.create(**ASK, stream=True):
                if event.type == "content_block_delta":
                    texts.append(event.delta.text)

        try:
            read()
            raise AssertionError("nothing was raised")
        except anthropic.APIError as error:
            require("Full." in str(error) and texts == ["One", " two"], repr(error), texts)
    with Server({"text": "One two three.", "reset_after": 2}) as server:
        try:
            list(client(server).messages.create(**ASK, stream=True))
            raise AssertionError("nothing was raised")
        except AssertionError:
            raise
        except Exception as error:  # noqa: BLE001: the client passes on the error of its transport
            require("reset" in repr(error).lower() or "Error" in type(error).__name__, repr(error))


@check
def beside():
    """tokens are counted and models listed"""
    with Server(options=("--models", "m,n")) as server:
        count = client(server).messages.count_tokens(model="m", messages=ASK["messages"], tools=TOOLS)
        require(require_fit(count).input_tokens > 0, count)
        models = list(client(server).models.list())
        require([require_fit(model).id for model in models] == ["m", "n"], models)
