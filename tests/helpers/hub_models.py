"""A stand-in of the hub's HTTP interface for the files of models, as huggingface_hub downloads them one by one."""

import hashlib
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMIT = "c0ffee" + "0" * 34


@contextmanager
def model_hub(models, refuse=None):
    """Serve the folders of models by their ids while the block runs.

    Args:
        models: id -> folder.
        refuse: status and error code of the hub for every request; None answers as the hub does.

    Yields:
        The address, and the requests so far, as (path, token).
    """
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def respond(self):
            asked.append((self.path, self.headers.get("Authorization")))
            owner, name, _resolve, _revision, file = self.path.strip("/").split("/", 4)
            folder = models.get(f"{owner}/{name}")
            if refuse or folder is None:
                return self._say(*(refuse or (404, "RepoNotFound")), b"")
            if not (folder / file).is_file():
                return self._say(404, "EntryNotFound", b"")
            return self._say(200, None, (folder / file).read_bytes())

        def _say(self, status, code, content):
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("X-Repo-Commit", COMMIT)
            self.send_header("ETag", f'"{hashlib.sha1(content).hexdigest()}"')
            if code:
                self.send_header("X-Error-Code", code)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(content)

        do_GET = do_HEAD = respond

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
