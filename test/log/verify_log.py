#!/usr/bin/env python3
"""An independent verifier of a Yuanliu log, written from docs/adr/0011, 0012 and 0027, docs/design/proof-bundle.md and
the C2SP texts alone.

It uses nothing of the project but notes.py beside it: the Python standard library, and `openssl` for signatures.

    verify_log.py PREFIX VERIFIER_KEY                       checks the whole log served under PREFIX
    verify_log.py PREFIX VERIFIER_KEY PROOF OPENING         besides, a .tlog-proof file and an opening (JSON)
    verify_log.py bundle BUNDLE VERIFIER_KEY                checks a proof bundle (JSON) by itself, without any network

Each may end with `--witness KEY`, any number of times: each of these witnesses has to have cosigned the checkpoint.
PREFIX is an address such as https://trace.example.org/log. Exit code 0: everything holds; 1: what does not is said.
"""

import hashlib
import json
import sys
import urllib.error
import urllib.request
from datetime import datetime, timezone

from notes import Wrong, decimal, demand, open_checkpoint, parse_key, unbase64

LABELS = {1: b"yuanliu event v1\n", 2: b"yuanliu tombstone v1\n", 3: b"yuanliu statement v1\n"}


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


def check_log(prefix, key, witnesses=()):
    tree = Tree(key.hash_name)
    size, root, times = open_checkpoint(fetch(prefix, "checkpoint"), key, witnesses)
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
    return entries, times


def field(data):
    return len(data).to_bytes(2, "big") + data


def check_proof(proof, entry, key, witnesses=()):
    """A .tlog-proof file that holds an entry -> its index, size and root of the checkpoint."""
    tree = Tree(key.hash_name)
    head, checkpoint = proof.split(b"\n\n", 1)
    lines = head.decode().split("\n")
    demand(lines.pop(0) == "c2sp.org/tlog-proof@v1", "this is no proof file")
    extra, index = lines.pop(0), lines.pop(0)
    demand(extra.startswith("extra ") and index.startswith("index "), "this is no proof file")
    demand(unbase64(extra[6:]) == entry, "proof and opening have different entries")
    index = decimal(index[6:])
    size, root, _ = open_checkpoint(checkpoint, key, witnesses)
    path = [unbase64(line) for line in lines]
    demand(tree.root_of_proof(index, size, tree.leaf(entry), path) == root, "the proof does not lead to the root")
    return index, size, root


def check_record(proof, opening, key, entries, witnesses=()):
    entry = unbase64(opening["entry"])
    index, _, _ = check_proof(proof, entry, key, witnesses)
    demand(index < len(entries) and entries[index] == entry, "the log has another entry at this index")
    check_opening(entry, opening)


def check_opening(entry, opening):
    """docs/adr/0011: the opening must give each commitment of the entry."""
    kind, _, commitments = parse_entry(entry)
    context = opening.get("context")
    for name, commitment in commitments.items():
        def digest(data, name=name):
            return hashlib.new(name, data).digest()

        computed = digest(
            LABELS[kind]
            + field(unbase64(opening["salt"]))
            + field(digest(unbase64(opening["bytes"])))
            + field(opening["mediaType"].encode())
            + field(b"" if context is None else digest(context.encode()))
            + field(int(opening["receivedAt"]).to_bytes(8, "big"))
            + field(opening["reporter"].encode())
        )
        demand(computed == commitment, f"the event does not open the {name} commitment")


def check_bundle(bundle, key, witnesses=()):
    """docs/design/proof-bundle.md -> records, how many of them with their content, times of the witnesses."""
    demand(bundle["format"] == "yuanliu-proof-bundle/1", "an unknown format of bundle")
    tree = Tree(key.hash_name)
    demand(bundle["suite"].startswith(key.hash_name + "-"), "the suite is not that of the key")
    size, root, times = open_checkpoint(bundle["checkpoint"].encode(), key, witnesses)
    opened = 0
    for n, record in enumerate(bundle["records"]):
        entry = unbase64(record["entry"])
        path = [unbase64(sibling) for sibling in record["path"]]
        demand(parse_entry(entry)[0] == 1, f"record {n} is no event")
        computed = tree.root_of_proof(record["index"], size, tree.leaf(entry), path)
        demand(computed == root, f"record {n}: the proof does not lead to the root")
        if "opening" in record:
            check_opening(entry, record["opening"])
            opened += 1
    return len(bundle["records"]), opened, times


def cosigned(times):
    """What is said of the witnesses."""
    said = [f"{name} at {datetime.fromtimestamp(time, timezone.utc).isoformat()}" for name, time in times.items()]
    return "; cosigned by " + ", ".join(said) if said else ""


def main(arguments):
    try:
        arguments, witnesses = list(arguments), []
        while len(arguments) > 1 and arguments[-2] == "--witness":
            witnesses.insert(0, parse_key(arguments.pop()))
            arguments.pop()
        if arguments[0] == "bundle":
            with open(arguments[1], "rb") as file:
                count, opened, times = check_bundle(json.load(file), parse_key(arguments[2]), witnesses)
            print(f"{count} records hold, {opened} with their content{cosigned(times)}")
            return 0
        prefix, key_text = arguments[0], arguments[1]
        key = parse_key(key_text)
        entries, times = check_log(prefix, key, witnesses)
        if len(arguments) > 2:
            with open(arguments[2], "rb") as proof, open(arguments[3], "rb") as opening:
                check_record(proof.read(), json.load(opening), key, entries, witnesses)
    except (Wrong, ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError) as error:
        print(f"REFUSED: {error}")
        return 1
    print(f"{len(entries)} entries hold{cosigned(times)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
