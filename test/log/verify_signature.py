#!/usr/bin/env python3
"""Whether a subject's signature of an event counts, by the signed log alone: docs/adr/0021 and 0027.

    verify_signature.py LOG_KEY SUBJECT_KEY EVIDENCE

LOG_KEY is the verifier key of the log, SUBJECT_KEY that of the subject, both from somewhere else than the platform.
EVIDENCE is a JSON file:

    event        {"id", "prehash", "declaration"}: the event's id; the text over which its event hash is taken (CBV 2.0
                 section 8.9, by any tool that computes event hashes); only of an error declaration, RFC 8785 JSON of it
    signature    one of the answer of GET /api/events/{id}/signatures
    registered   GET /api/log/statements/{position} of the registration of the key
    signed       that of the note
    revoked      that of the revocation, where the key is revoked

Exit code 0: the holder of the key signed the event while the key was registered, and before it was revoked; what is not
given as `revoked` is not known. 1: what does not hold is said. Uses notes.py and verify_log.py, nothing of the project.
"""

import json
import sys
from datetime import datetime

from notes import URN, Wrong, decimal, demand, parse_key, signed_by, split_note, unbase64
from verify_log import Tree, check_opening, check_proof

SAYS = {"registered": 1, "revoked": 2, "signed": 3}
SKEW = 600


def check_event(event, signature, key):
    """docs/adr/0021 -> the time that the signer claims, in seconds."""
    tree = Tree(key.hash_name)
    text, signatures = split_note(signature["note"].encode())
    demand(key.cosigns is None and len(signatures) == 1, "a note with other than one signature")
    demand(signed_by(key, text, signatures) is not None, "the subject's key has not signed")
    first, time, events, root, end = text.decode().split("\n")
    demand(first == URN.decode() + "event-signature-v1" and end == "", "the note signs no events")
    demand(time.startswith("time ") and events.startswith("events "), "the note signs no events")
    lines = [event["id"], tree.hash(event["prehash"].encode()).hex()]
    if "declaration" in event:
        lines.append(tree.hash(event["declaration"].encode()).hex())
    leaf = tree.leaf("".join(line + "\n" for line in lines).encode())
    path = [unbase64(sibling) for sibling in signature["path"]]
    computed = tree.root_of_proof(signature["index"], decimal(events[7:]), leaf, path)
    demand(computed == unbase64(root), "the note does not cover the event")
    return decimal(time[5:])


def check_statement(name, statement, key):
    """docs/adr/0027 -> index, position, size and root of the checkpoint, what it binds."""
    entry = unbase64(statement["entry"])
    demand(entry[:2] == b"\x02\x03" and entry[3] == SAYS[name], f"{name}: the entry says something else")
    try:
        place = check_proof(statement["proof"].encode(), entry, key)
        check_opening(entry, statement)
    except Wrong as error:
        raise Wrong(f"{name}: {error}") from error
    return (*place, int.from_bytes(entry[4:12], "big"), unbase64(statement["bytes"]))


def microseconds(text):
    return round(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000) * 1000


def check(evidence, log_key, subject_text):
    key = parse_key(subject_text)
    demand(evidence["signature"]["key"] == subject_text, "the signature is said to be of another key")
    claimed = check_event(evidence["event"], evidence["signature"], key)
    names = [name for name in ("registered", "signed", "revoked") if evidence.get(name) is not None]
    demand(names[:2] == ["registered", "signed"], "the statements of registration and note are both needed")
    found = {name: check_statement(name, evidence[name], log_key) for name in names}

    said = json.loads(found["registered"][4])
    demand(said["key"] == subject_text, "another key was registered")
    organisation = said["organisation"]
    demand((key.name + "/").startswith(organisation + "/"), "the name of the key is not that of the organisation")
    demand(all(evidence[name]["reporter"] == organisation for name in names), "statements on several organisations")
    demand(found["signed"][4] == evidence["signature"]["note"].encode(), "the log received another note")
    if "revoked" in found:
        demand(json.loads(found["revoked"][4])["key"] == subject_text, "another key was revoked")

    since, until = microseconds(said["validFrom"]), said["validUntil"]
    until = float("inf") if until is None else microseconds(until)
    demand(since <= int(evidence["signed"]["receivedAt"]) < until, "the note came outside the validity of the key")
    skew = SKEW * 1_000_000
    demand(since - skew <= claimed * 1_000_000 < until + skew, "the claimed time is outside the validity of the key")

    for before, after in zip(names, names[1:]):
        in_order = found[before][0] < found[after][0] and found[before][3] < found[after][3]
        demand(in_order, f"in the log, {after} does not come after {before}")
    roots = {}
    for _, size, root, _, _ in found.values():
        demand(roots.setdefault(size, root) == root, "two checkpoints of one size have different roots")
    demand(len(roots) == 1, "the statements are proved under several checkpoints: fetch them again, together")
    return f"{organisation} ({said['kind']}) signed the event" + (", before the key was revoked" if "revoked" in found else "")


def main(arguments):
    try:
        with open(arguments[2], "rb") as file:
            print(check(json.load(file), parse_key(arguments[0]), arguments[1]))
        return 0
    except (Wrong, ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError) as error:
        print(f"REFUSED: {error}")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
