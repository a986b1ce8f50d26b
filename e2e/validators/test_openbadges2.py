"""The check can fail: a good badge passes, and each way of breaking it is noticed."""

import contextlib
import copy
import hashlib
import io
import json
import tempfile
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import openbadges2
import png
from openbadges_bakery import bake

CONTEXT = "https://w3id.org/openbadges/v2"
LEARNER = "learner@example.org"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><path d="M0 0h8v8z"/></svg>'


def hashed(identity, salt):
    return "sha256$" + hashlib.sha256((identity + salt).encode()).hexdigest()


def picture():
    file = io.BytesIO()
    png.Writer(8, 8, greyscale=True).write(file, [[0] * 8] * 8)
    return file.getvalue()


def baked(content, document):
    with tempfile.TemporaryFile() as file:
        return bake(io.BytesIO(content), json.dumps(document), file).read()


class Server(ThreadingHTTPServer):
    """Serves `pages`: path to status, type and body."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.origin = f"http://localhost:{self.server_port}"
        self.pages = {}

    def document(self, path, document, status=200):
        self.pages[path] = (status, "application/ld+json", json.dumps(document).encode())

    def picture(self, path, content, kind="image/png"):
        self.pages[path] = (200, kind, content)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        status, kind, body = self.server.pages.get(self.path, (404, "text/plain", b"nothing here"))
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class OpenBadges2(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        origin = self.server.origin
        self.url = f"{origin}/public/assertions/a"
        self.issuer = {
            "@context": CONTEXT, "type": "Issuer", "id": f"{origin}/public/issuers/i", "name": "جامعة النور",
            "url": "https://alnoor.example.edu", "email": "registry@alnoor.example.edu", "description": "…"}
        self.badge = {
            "@context": CONTEXT, "type": "BadgeClass", "id": f"{origin}/public/badges/b", "name": "Statistics",
            "description": "A course", "issuer": self.issuer["id"], "image": f"{origin}/public/badges/b/image",
            "criteria": {"narrative": "Pass the course"}, "alignment": [], "tags": ["data"]}
        self.assertion = {
            "@context": CONTEXT, "type": "Assertion", "id": self.url, "badge": self.badge["id"],
            "image": f"{self.url}/image", "verification": {"type": "HostedBadge"},
            "issuedOn": "2019-05-21T13:37:37.123456+00:00",
            "recipient": {"hashed": True, "type": "email", "identity": hashed(LEARNER, "s4lt"), "salt": "s4lt"}}

    def tearDown(self):
        self.server.shutdown()
        self.server.server_close()

    def publish(self):
        for document in (self.issuer, self.badge, self.assertion):
            self.server.document(document["id"].removeprefix(self.server.origin), document)
        self.server.picture("/public/badges/b/image", picture())
        self.server.picture("/public/assertions/a/image", baked(picture(), self.assertion))

    def check(self, *words):
        """The exit code, with what was said kept for the reader of a failure."""
        self.said = io.StringIO()
        with contextlib.redirect_stdout(self.said), contextlib.redirect_stderr(self.said):
            return openbadges2.main([self.url, *words])

    def refused(self, reason, *words):
        self.assertEqual(self.check(*words), 1, self.said.getvalue())
        self.assertIn(reason, self.said.getvalue())

    def test_a_good_badge_passes(self):
        self.publish()
        self.assertEqual(self.check("--recipient", LEARNER), 0, self.said.getvalue())
        self.assertEqual(self.said.getvalue().count(": valid, 0 errors, 0 warnings"), 2)

    def test_a_baked_svg_passes_beside_a_png(self):
        self.publish()
        png_of_it = self.server.pages["/public/assertions/a/image"][2]
        self.server.picture("/public/assertions/a/baked?type=png", png_of_it)
        self.server.picture("/public/assertions/a/image", baked(SVG, self.assertion), "image/svg+xml")
        self.assertEqual(self.check("--recipient", LEARNER), 0, self.said.getvalue())
        self.assertIn(f"SVG {self.url}/image: valid", self.said.getvalue())
        self.assertIn(f"PNG {self.url}/baked?type=png: valid", self.said.getvalue())

    def test_a_baked_file_is_read(self):
        self.publish()
        with tempfile.NamedTemporaryFile(suffix=".png") as file:
            file.write(baked(picture(), self.assertion))
            file.flush()
            self.assertEqual(self.check("--baked", file.name), 0, self.said.getvalue())

    def test_another_recipient_is_noticed(self):
        self.publish()
        self.refused("did not match assertion", "--recipient", "other@example.org")

    def test_a_wrong_recipient_hash_is_noticed(self):
        self.assertion["recipient"]["identity"] = hashed(LEARNER, "pepper")
        self.publish()
        self.refused("did not match assertion", "--recipient", LEARNER)

    def test_missing_members_are_noticed(self):
        kept = copy.deepcopy((self.issuer, self.badge, self.assertion))
        for which, member in [(0, "name"), (0, "url"), (0, "email"), (1, "criteria"), (1, "description"),
                              (1, "image"), (1, "issuer"), (2, "issuedOn"), (2, "verification"), (2, "badge")]:
            with self.subTest(member=member, of=kept[which]["type"]):
                self.issuer, self.badge, self.assertion = documents = copy.deepcopy(kept)
                del documents[which][member]
                self.publish()
                self.refused("FAILED")

    def test_empty_criteria_are_noticed(self):
        self.badge["criteria"] = {}
        self.publish()
        self.refused("has empty criteria")

    def test_a_time_without_zone_is_noticed(self):
        self.assertion["issuedOn"] = "2019-05-21T13:37:37"
        self.publish()
        self.refused("issuedOn")

    def test_an_expired_assertion_is_noticed(self):
        self.assertion["expires"] = "2020-05-21T13:37:37+00:00"
        self.publish()
        self.refused("expired on")

    def test_an_issuer_elsewhere_is_noticed(self):
        elsewhere = self.server.origin.replace("localhost", "127.0.0.1")
        self.issuer["id"] = self.badge["issuer"] = f"{elsewhere}/public/issuers/i"
        self.publish()
        self.server.document("/public/issuers/i", self.issuer)
        self.refused("not hosted in allowed origins")

    def test_an_older_version_is_noticed(self):
        for document in (self.issuer, self.badge, self.assertion):
            document["@context"] = "https://w3id.org/openbadges/v1"
        self.publish()
        self.refused("is no context that the validator ships")

    def test_a_picture_that_is_not_there_is_noticed(self):
        self.publish()
        del self.server.pages["/public/badges/b/image"]
        self.refused("/public/badges/b/image answers 404")

    def test_a_picture_without_badge_is_noticed(self):
        self.publish()
        self.server.picture("/public/assertions/a/image", picture())
        self.refused("holds no badge")

    def test_the_picture_of_another_badge_is_noticed(self):
        self.publish()
        other = {**self.assertion, "id": f"{self.server.origin}/public/assertions/other"}
        self.server.document("/public/assertions/other", other)
        self.server.picture("/public/assertions/a/image", baked(picture(), other))
        self.refused("is the badge")

    def test_an_svg_alone_is_not_a_baked_png(self):
        self.publish()
        self.server.picture("/public/assertions/a/image", baked(SVG, self.assertion), "image/svg+xml")
        self.refused("publishes no baked PNG")

    def test_a_revoked_assertion_is_not_valid(self):
        self.publish()
        stub = {"@context": CONTEXT, "type": "Assertion", "id": self.url, "revoked": True, "revocationReason": ""}
        self.server.document("/public/assertions/a", stub, 410)
        self.refused("is not valid")
        self.assertEqual(self.check("--revoked"), 0, self.said.getvalue())
        self.server.document("/public/assertions/a", stub)
        self.refused("answers 200, not 410", "--revoked")

    def test_a_whole_document_marked_as_revoked_is_noticed(self):
        self.publish()
        self.server.document("/public/assertions/a", {**self.assertion, "revoked": True}, 410)
        self.refused("the validator calls it valid", "--revoked")

    def test_a_living_assertion_is_not_revoked(self):
        self.publish()
        self.refused("does not say that it is revoked", "--revoked")

    def test_silence_is_told_from_a_bad_badge(self):
        self.server.shutdown()
        self.server.server_close()
        self.assertEqual(self.check(), 2, self.said.getvalue())


if __name__ == "__main__":
    unittest.main()
