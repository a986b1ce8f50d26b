#!/usr/bin/env python3
"""Asks the reference validator of Open Badges 2.0 about a hosted assertion and its baked picture.

The validator (1EdTech's package `openbadges`) fetches assertion, badge class, issuer and pictures
with its own HTTP client. Only JSON-LD contexts of w3id.org are not fetched: the validator ships
them, and they are taken from there. What it overlooks is looked at here: an issuer without e-mail,
empty criteria, pictures that are not there, a picture with another badge, the status of a revoked one.

Ends with 0 when everything is as it should be, 1 when something is not, 2 when nobody could be asked.
"""

import argparse
import functools
import io
import json
import logging
import re
import socket
import sys

import requests
from openbadges.verifier import verifier
from openbadges.verifier.openbadges_context import OPENBADGES_CONTEXT_V2_DICT, OPENBADGES_CONTEXT_V2_URI
from openbadges_bakery import unbake
from requests.adapters import BaseAdapter

SHIPPED = {OPENBADGES_CONTEXT_V2_URI: OPENBADGES_CONTEXT_V2_DICT}
PICTURES = ("image/png", "image/svg+xml")


class ShippedContexts(BaseAdapter):
    """Answers for w3id.org with what the validator ships, and with nothing else."""

    def send(self, request, **_):
        if request.url not in SHIPPED:
            raise requests.ConnectionError(f"{request.url} is no context that the validator ships")
        answer = requests.Response()
        answer.status_code, answer.url, answer.request = 200, request.url, request
        answer.headers["Content-Type"] = "application/ld+json"
        answer.raw = io.BytesIO(json.dumps(SHIPPED[request.url]).encode())
        return answer

    def close(self):
        pass


def prepare():
    """Hands the validator its contexts, and keeps it from waiting for ever."""
    contexts = requests.Session()
    contexts.mount("https://w3id.org/", ShippedContexts())
    loader = functools.partial(verifier.CachableDocumentLoader, session=contexts)
    verifier.CachableDocumentLoader = loader
    logging.disable(logging.CRITICAL)
    socket.setdefaulttimeout(30)


def ask(given, recipient=None):
    """The validator's answer on a URL or on what a picture holds."""
    profile = {"email": recipient} if recipient else None
    return verifier.verify(given, profile, use_cache=False, cache_backend=None)


def judge(what, answer, recipient=None):
    """Prints the validator's messages and yields what speaks against the badge."""
    report = answer["report"]
    for message in report["messages"]:
        node = f" ({message['node_id']})" if "node_id" in message else ""
        print(f"  {message['messageLevel']:<8}{message['name']}: {message['result']}{node}")
    print(f"{what}: {'valid' if report['valid'] else 'NOT VALID'}, "
          f"{report['errorCount']} errors, {report['warningCount']} warnings")
    if not report["valid"] or report["errorCount"]:
        yield f"{what} is not valid"
    if report.get("openBadgesVersion") != "2.0":
        yield f"{what} is read as version {report.get('openBadgesVersion')}"
    if recipient and report.get("recipientProfile") != {"email": recipient}:
        yield f"{what} was not found to be {recipient}'s"


def fetch_picture(url):
    """A picture that is served as one, or why it is none."""
    answer = requests.get(url, headers={"Accept": "image/png, image/svg+xml"})
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip()
    if answer.status_code != 200 or kind not in PICTURES:
        return None, f"{url} answers {answer.status_code} {kind or 'without a type'}, not a picture"
    return answer.content, None


def read_picture(content):
    """What is baked into a picture."""
    text = unbake(io.BytesIO(content))
    # The reader hands out bytes where it found the address in an SVG.
    return text.decode() if isinstance(text, bytes) else text


def names(text):
    """The assertion that baked data names."""
    try:
        return json.loads(text).get("id")
    except (ValueError, AttributeError):
        return text


def check_baked(where, content, assertion, recipient):
    """Yields what speaks against a picture as this assertion's badge."""
    try:
        text = read_picture(content)
    except Exception as error:  # The reader has no errors of its own: anything may come.
        yield f"{where} cannot be read: {error!r}"
        return
    if not text:
        yield f"{where} holds no badge"
        return
    if names(text) != assertion:
        yield f"{where} is the badge {names(text)}, not {assertion}"
    kind = "PNG" if content.startswith(b"\x89PNG") else "SVG"
    yield from judge(f"{kind} {where}", ask(text, recipient), recipient)


def image_of(node):
    """The address of a node's picture, unless the picture is written out in it."""
    image = node.get("image")
    image = image.get("id") if isinstance(image, dict) else image
    return None if image is None or image.startswith("data:") else image


def overlooked(node):
    """Yields what the standard asks of a document and the validator lets pass."""
    kinds = node.get("type") or []
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if {"Issuer", "Profile"}.intersection(kinds) and not node.get("email"):
        yield f"{node.get('id')} has no e-mail address"
    if "BadgeClass" in kinds and not node.get("criteria"):
        yield f"{node.get('id')} has empty criteria"
    if image_of(node):
        _, fault = fetch_picture(image_of(node))
        if fault:
            yield fault


def baked_pictures(assertion, node):
    """Addresses where baked pictures of this assertion are published."""
    if image_of(node):
        yield image_of(node)
    # Badgr's way to a baked picture; `type` is ours, for badges that are drawn as SVG.
    if requests.get(f"{assertion}/baked?type=png").status_code == 200:
        yield f"{assertion}/baked?type=png"


def check_valid(assertion, recipient, baked):
    """Yields what speaks against an assertion that should be valid."""
    answer = ask(assertion, recipient)
    yield from judge(assertion, answer, recipient)
    nodes = {node.get("id"): node for node in answer["graph"]}
    for node in nodes.values():
        yield from overlooked(node)
    if baked:
        with open(baked, "rb") as file:
            yield from check_baked(baked, file.read(), assertion, recipient)
        return
    pngs = 0
    for url in baked_pictures(assertion, nodes.get(assertion, {})):
        content, fault = fetch_picture(url)
        if content is None:
            yield fault
            continue
        pngs += content.startswith(b"\x89PNG")
        yield from check_baked(url, content, assertion, recipient)
    if not pngs:
        yield f"{assertion} publishes no baked PNG"


def check_revoked(assertion):
    """Yields what speaks against an assertion that should be revoked, and known to be."""
    answer = requests.get(assertion, headers={"Accept": "application/ld+json"})
    if answer.status_code != 410:
        yield f"{assertion} answers {answer.status_code}, not 410"
    try:
        stub = answer.json()
    except ValueError:
        stub = None
    if not isinstance(stub, dict) or stub.get("revoked") is not True or stub.get("id") != assertion:
        yield f"{assertion} does not say that it is revoked"
    if not any(judge(assertion, ask(assertion))):
        yield f"{assertion} is revoked, and the validator calls it valid"


def main(words=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("assertion", help="the address of a hosted assertion")
    parser.add_argument("--recipient", metavar="EMAIL", help="whose badge it must be")
    parser.add_argument("--baked", metavar="FILE", help="a baked picture, in place of the published ones")
    parser.add_argument("--revoked", action="store_true", help="it must be revoked, and not valid")
    arguments = parser.parse_args(words)
    if not re.match("https?://", arguments.assertion):
        parser.error("the assertion is not an http(s) address")
    prepare()
    try:
        requests.get(arguments.assertion)
        faults = check_revoked(arguments.assertion) if arguments.revoked else check_valid(
            arguments.assertion, arguments.recipient, arguments.baked)
        faults = list(faults)
    except (requests.ConnectionError, OSError) as error:
        print(f"cannot ask: {error}", file=sys.stderr)
        return 2
    for fault in faults:
        print(f"FAILED  {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
