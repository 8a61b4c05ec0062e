#!/usr/bin/env python3
"""An independent verifier of a Yuanliu log, written from docs/adr/0011, 0012 and 0027, docs/design/proof-bundle.md and
the C2SP texts alone.

It uses nothing of the project: the Python standard library, and `openssl` for Ed25519 and SM2 signatures.

    verify_log.py PREFIX VERIFIER_KEY                       checks the whole log served under PREFIX
    verify_log.py PREFIX VERIFIER_KEY PROOF OPENING         besides, a .tlog-proof file and an opening (JSON)
    verify_log.py bundle BUNDLE VERIFIER_KEY                checks a proof bundle (JSON) by itself, without any network

PREFIX is an address such as https://trace.example.org/log. Exit code 0: everything holds; 1: what does not is said.
"""

import base64
import hashlib
import json
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

SM2_IDENTIFIER = b"\xffurn:uuid:850d9732-ddfa-480c-8fb2-2a24254e5439#note-sm2-sm3-v1"


LABELS = {1: b"yuanliu event v1\n", 2: b"yuanliu tombstone v1\n", 3: b"yuanliu statement v1\n"}


class Wrong(Exception):
    """Something of the log is not believed."""


def demand(condition, what):
    if not condition:
        raise Wrong(what)


def parse_key(text):
    """name+key id+base64(type or identifier, public key) -> name, key id, hash name, DER of the public key."""
    name, key_id, body = text.split("+", 2)
    raw = base64.b64decode(body, validate=True)
    computed = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    demand(computed.hex() == key_id, "the key id is not that of the key")
    if raw[:1] == b"\x01" and len(raw) == 33:
        return name, computed, "sha256", bytes.fromhex("302a300506032b6570032100") + raw[1:]
    demand(raw.startswith(SM2_IDENTIFIER) and len(raw) == len(SM2_IDENTIFIER) + 65, "an unknown kind of key")
    head = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")
    return name, computed, "sm3", head + raw[-65:]


def der_integer(raw):
    raw = raw.lstrip(b"\0") or b"\0"
    raw = b"\0" + raw if raw[0] & 0x80 else raw
    return bytes([2, len(raw)]) + raw


def signature_holds(hash_name, public_der, message, signature):
    with tempfile.TemporaryDirectory() as folder:
        def write(name, content):
            path = f"{folder}/{name}"
            with open(path, "wb") as file:
                file.write(content)
            return path

        key = write("key.der", public_der)
        text = write("message", message)
        command = ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", key, "-rawin", "-in", text]
        if hash_name == "sm3":
            body = der_integer(signature[:32]) + der_integer(signature[32:])
            signature = b"\x30" + bytes([len(body)]) + body
            command += ["-digest", "sm3", "-pkeyopt", "distid:1234567812345678"]
        command += ["-sigfile", write("signature", signature)]
        return subprocess.run(command, capture_output=True).returncode == 0


class Tree:
    """RFC 9162, section 2.1, as it is written there."""

    def __init__(self, hash_name):
        self.hash_name = hash_name

    def hash(self, data):
        return hashlib.new(self.hash_name, data).digest()

    def leaf(self, entry):
        return self.hash(b"\0" + entry)

    def node(self, left, right):
        return self.hash(b"\1" + left + right)

    def root(self, leaves):
        if not leaves:
            return self.hash(b"")
        if len(leaves) == 1:
            return leaves[0]
        split = 1
        while split * 2 < len(leaves):
            split *= 2
        return self.node(self.root(leaves[:split]), self.root(leaves[split:]))

    def root_of_proof(self, index, size, leaf, path):
        """Root that an inclusion proof leads to (section 2.1.3.2)."""
        demand(0 <= index < size, "the index is beyond the tree")
        fn, sn, result = index, size - 1, leaf
        for sibling in path:
            demand(sn != 0, "the proof is too long")
            demand(len(sibling) == 32, "a hash of the proof has not 32 bytes")
            if fn & 1 or fn == sn:
                result = self.node(sibling, result)
                while not fn & 1 and fn != 0:
                    fn, sn = fn >> 1, sn >> 1
            else:
                result = self.node(result, sibling)
            fn, sn = fn >> 1, sn >> 1
        demand(sn == 0, "the proof is too short")
        return result


def open_checkpoint(note, key):
    """A signed note (C2SP signed-note, tlog-checkpoint) -> size, root."""
    name, key_id, hash_name, public = key
    divide = note.rindex(b"\n\n")
    text, signatures = note[: divide + 1], note[divide + 2 :].decode().splitlines()
    held = False
    for line in signatures:
        demand(line.startswith("\u2014 "), "a malformed signature line")
        signer, body = line[2:].split(" ")
        raw = base64.b64decode(body, validate=True)
        if signer != name or raw[:4] != key_id:
            continue
        demand(len(raw) == 68 and signature_holds(hash_name, public, text, raw[4:]), "the signature is wrong")
        held = True
    demand(held, "the log's key has not signed")
    origin, size, root = text.decode().splitlines()[:3]
    demand(origin == name, "the checkpoint is of another log")
    return int(size), base64.b64decode(root, validate=True)


def fetch(prefix, path):
    try:
        with urllib.request.urlopen(f"{prefix}/{path}") as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        raise Wrong(f"{path}: {error.code}") from error


def tile_path(level, index, width):
    digits = str(index)
    digits = digits.zfill((len(digits) + 2) // 3 * 3)
    groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
    path = "/".join(["x" + g for g in groups[:-1]] + groups[-1:])
    return f"tile/{level}/{path}" + ("" if width == 256 else f".p/{width}")


def split_bundle(bundle):
    entries = []
    while bundle:
        length = int.from_bytes(bundle[:2], "big")
        demand(len(bundle) >= 2 + length, "a cut entry")
        entries.append(bundle[2 : 2 + length])
        bundle = bundle[2 + length :]
    return entries


def parse_entry(entry):
    """docs/adr/0011, 0027 -> kind, position, commitments by hash name."""
    demand(entry[0] in (1, 2), "an unknown version of an entry")
    kind, bits = entry[1], entry[2]
    demand(kind in ((1, 2) if entry[0] == 1 else (3,)) and bits in (1, 2, 3), "a malformed entry")
    at = 20 if kind == 2 else 12
    commitments = {}
    for bit, name in ((1, "sha256"), (2, "sm3")):
        if bits & bit:
            commitments[name] = entry[at : at + 32]
            at += 32
    demand(len(entry) == at, "an entry of the wrong length")
    demand(entry[3] == 0 if kind == 1 else entry[3] in (1, 2, 3), "a wrong reason in an entry")
    return kind, int.from_bytes(entry[4:12], "big"), commitments


def check_log(prefix, key):
    tree = Tree(key[2])
    size, root = open_checkpoint(fetch(prefix, "checkpoint"), key)
    entries = []
    for n in range((size + 255) // 256):
        width = min(256, size - 256 * n)
        bundle = split_bundle(fetch(prefix, tile_path("entries", n, width)))
        demand(len(bundle) == width, f"bundle {n} has {len(bundle)} entries")
        entries += bundle
    position = 0
    for index, entry in enumerate(entries):
        _, at, _ = parse_entry(entry)
        demand(at > position, f"entry {index}: its position does not rise")
        position = at
    hashes = [tree.leaf(entry) for entry in entries]
    demand(tree.root(hashes) == root, "the entries do not give the root that was signed")
    level = 0
    while hashes:
        for n in range((len(hashes) + 255) // 256):
            some = hashes[256 * n : 256 * n + 256]
            path = tile_path(level, n, len(some))
            demand(fetch(prefix, path) == b"".join(some), f"{path} is not what its entries give")
        hashes = [tree.root(hashes[256 * n : 256 * n + 256]) for n in range(len(hashes) // 256)]
        level += 1
    return entries


def field(data):
    return len(data).to_bytes(2, "big") + data


def check_record(proof, opening, key, entries):
    tree = Tree(key[2])
    head, checkpoint = proof.split(b"\n\n", 1)
    lines = head.decode().splitlines()
    demand(lines.pop(0) == "c2sp.org/tlog-proof@v1", "this is no proof file")
    extra = base64.b64decode(lines.pop(0)[6:], validate=True)
    index = int(lines.pop(0)[6:])
    size, root = open_checkpoint(checkpoint, key)
    path = [base64.b64decode(line, validate=True) for line in lines]
    entry = base64.b64decode(opening["entry"], validate=True)
    demand(extra == entry, "proof and opening have different entries")
    demand(tree.root_of_proof(index, size, tree.leaf(entry), path) == root, "the proof does not lead to the root")
    demand(index < len(entries) and entries[index] == entry, "the log has another entry at this index")
    check_opening(entry, opening)


def check_opening(entry, opening):
    """docs/adr/0011: the opening must give each commitment of the entry."""
    kind, _, commitments = parse_entry(entry)
    context = opening["context"]
    for name, commitment in commitments.items():
        def digest(data, name=name):
            return hashlib.new(name, data).digest()

        computed = digest(
            LABELS[kind]
            + field(base64.b64decode(opening["salt"], validate=True))
            + field(digest(base64.b64decode(opening["bytes"], validate=True)))
            + field(opening["mediaType"].encode())
            + field(b"" if context is None else digest(context.encode()))
            + field(int(opening["receivedAt"]).to_bytes(8, "big"))
            + field(opening["reporter"].encode())
        )
        demand(computed == commitment, f"the event does not open the {name} commitment")


def check_bundle(bundle, key):
    """docs/design/proof-bundle.md -> records, how many of them with their content."""
    demand(bundle["format"] == "yuanliu-proof-bundle/1", "an unknown format of bundle")
    tree = Tree(key[2])
    demand(bundle["suite"].startswith(key[2] + "-"), "the suite is not that of the key")
    size, root = open_checkpoint(bundle["checkpoint"].encode(), key)
    opened = 0
    for n, record in enumerate(bundle["records"]):
        entry = base64.b64decode(record["entry"], validate=True)
        path = [base64.b64decode(sibling, validate=True) for sibling in record["path"]]
        demand(parse_entry(entry)[0] == 1, f"record {n} is no event")
        computed = tree.root_of_proof(record["index"], size, tree.leaf(entry), path)
        demand(computed == root, f"record {n}: the proof does not lead to the root")
        if "opening" in record:
            check_opening(entry, record["opening"])
            opened += 1
    return len(bundle["records"]), opened


def main(arguments):
    try:
        if arguments[0] == "bundle":
            with open(arguments[1], "rb") as file:
                count, opened = check_bundle(json.load(file), parse_key(arguments[2]))
            print(f"{count} records hold, {opened} with their content")
            return 0
        prefix, key_text = arguments[0], arguments[1]
        key = parse_key(key_text)
        entries = check_log(prefix, key)
        if len(arguments) > 2:
            with open(arguments[2], "rb") as proof, open(arguments[3], "rb") as opening:
                check_record(proof.read(), json.load(opening), key, entries)
    except (Wrong, ValueError, KeyError, TypeError, IndexError) as error:
        print(f"REFUSED: {error}")
        return 1
    print(f"{len(entries)} entries hold")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
