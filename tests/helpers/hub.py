"""A stand-in of the hub's HTTP interface for datasets, as huggingface_hub uses it to make a repository and commit to it."""

import base64
import hashlib
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NDJSON = "application/x-ndjson"


class Hub:
    """Repositories by name, each with `private` and its `files`; requests are kept as (method, path, token).

    Attributes:
        lfs: names that are uploaded by git-lfs, as the hub asks for large files.
        broken: whether uploads by git-lfs fail.
        refuse: status to answer every request with; None answers as the hub does.
    """

    def __init__(self, lfs=(), refuse=None):
        self.broken = False
        self.repos, self.requests, self.lfs, self.refuse, self.objects = {}, [], lfs, refuse, {}

    def answer(self, method, path, body):
        if self.refuse:
            return self.refuse, {"error": "no"}
        if path == "/api/repos/create":
            asked = json.loads(body)
            name = f"{asked['organization']}/{asked['name']}" if "organization" in asked else asked["name"]
            if name in self.repos:
                return 409, {"error": "You already created this dataset repo", "url": f"{self.url}/datasets/{name}"}
            private = asked.get("visibility") == "private" or bool(
                asked.get("private")
            )  # which one depends on the version
            self.repos[name] = {"private": private, "files": {}, "type": asked["type"]}
            return 200, {"url": f"{self.url}/datasets/{name}"}
        if path == "/api/validate-yaml":
            return 200, {"errors": [], "warnings": []}
        if path.startswith("/lfs/") and self.broken:
            return 403, {"error": "expired"}
        if path.startswith("/lfs/"):
            self.objects[path.rpartition("/")[2]] = body
            return 200, {}
        if path.endswith("/info/lfs/objects/batch"):
            found = [
                {**item, "actions": {"upload": {"href": f"{self.url}/lfs/{item['oid']}"}}}
                for item in json.loads(body)["objects"]
            ]
            return 200, {"transfer": "basic", "objects": found}
        name = "/".join(path.split("/")[3:5])
        if name not in self.repos:
            return 404, {"error": "Repository not found"}
        if path.endswith("/preupload/main"):
            files = [
                {"path": file["path"], "uploadMode": "lfs" if file["path"] in self.lfs else "regular", "shouldIgnore": False}
                for file in json.loads(body)["files"]
            ]  # fmt: skip
            return 200, {"files": files}
        if path.endswith("/commit/main"):
            return 200, self._commit(name, [json.loads(line) for line in body.splitlines()])
        return 200, {"id": name, "private": self.repos[name]["private"], "sha": "0" * 40, "siblings": []}

    def _commit(self, name, lines):
        for line in lines:
            value = line["value"]
            if line["key"] == "file":
                self.repos[name]["files"][value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                content = self.objects[value["oid"]]
                assert hashlib.sha256(content).hexdigest() == value["oid"]
                self.repos[name]["files"][value["path"]] = content
        return {"commitOid": "1" * 40, "commitUrl": f"{self.url}/datasets/{name}/commit/{'1' * 40}", "success": True}


@contextmanager
def hub_server(**options):
    """Serve while the block runs."""
    hub = Hub(**options)

    class Handler(BaseHTTPRequestHandler):
        def respond(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            hub.requests.append((self.command, self.path, self.headers.get("Authorization")))
            status, reply = hub.answer(self.command, self.path.partition("?")[0], body)
            content = json.dumps(reply).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_HEAD = respond

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    hub.url = f"http://127.0.0.1:{server.server_port}"
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
