"""A server on this machine that answers as it is told, and keeps what it was asked."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from perdure.outgoing.addresses import Guard

Answering = Callable[["Asked"], None]


class Asked(BaseHTTPRequestHandler):
    """One request as it came; `give` answers it."""

    protocol_version = "HTTP/1.1"
    site: "Site"

    def give(self, status=200, content=b"", **headers):
        """Send a whole answer; `content_type="a/b"` is the header `content-type`."""
        self.send_response(status)
        for name, value in {"content_length": len(content), **headers}.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        self.wfile.write(content)

    def answer(self):
        size = int(self.headers.get("content-length", 0))
        self.content = self.rfile.read(size)
        self.site.asked.append(self)
        self.site.answering(self)

    do_GET = do_POST = do_PUT = answer  # noqa: N815 - the library's names

    def log_message(self, *_words):
        """Say nothing."""


@dataclass
class Site:
    """Where it listens, what it was asked, and an event that ends what it keeps waiting."""

    answering: Answering
    port: int = 0
    asked: list[Asked] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def url(self, path="/", host="127.0.0.1"):
        return f"http://{host}:{self.port}{path}"

    @property
    def paths(self):
        return [request.path for request in self.asked]


@contextmanager
def serving(answering: Answering) -> Iterator[Site]:
    """Answer on a port of this machine until the block ends."""
    site = Site(answering)
    handler = type("Handler", (Asked,), {"site": site})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        site.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield site
        finally:
            site.over.set()
            server.shutdown()
            thread.join()


def local(*allowed, **names):
    """Return a guard that allows this machine; `a_test="10.0.0.1"` names addresses of hosts."""
    known = {name.replace("_", "."): address for name, address in names.items()}
    return Guard(allowed or ("127.0.0.1",), resolver=lambda host, port: [known.get(host, host)])
