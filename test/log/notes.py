"""Keys, signed notes, checkpoints and cosignatures, from the C2SP texts (signed-note, tlog-checkpoint, tlog-cosignature)
and docs/adr/0012 alone. Needs the Python standard library, and `openssl` for Ed25519 and SM2 signatures."""

import base64
import hashlib
import subprocess
import tempfile
from collections import namedtuple

URN = b"urn:uuid:850d9732-ddfa-480c-8fb2-2a24254e5439#"
ED25519_DER = bytes.fromhex("302a300506032b6570032100")
SM2_DER = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")

#: What stands before the public key -> hash of the suite, length of the public key, head of its DER, and of a
#: witness's key the first line of what it signs.
KINDS = {
    b"\x01": ("sha256", 32, ED25519_DER, None),
    b"\x04": ("sha256", 32, ED25519_DER, b"cosignature/v1"),
    b"\xff" + URN + b"note-sm2-sm3-v1": ("sm3", 65, SM2_DER, None),
    b"\xff" + URN + b"cosignature-sm2-sm3-v1": ("sm3", 65, SM2_DER, b"cosignature-sm2-sm3/v1"),
}

Key = namedtuple("Key", "name key_id hash_name der cosigns")


class Wrong(Exception):
    """Something is not believed."""


def demand(condition, what):
    if not condition:
        raise Wrong(what)


def unbase64(text):
    """RFC 4648, section 4, in its one canonical spelling."""
    raw = base64.b64decode(text, validate=True)
    demand(base64.b64encode(raw).decode() == text, "base64 that has another spelling")
    return raw


def decimal(text):
    demand(text.isascii() and text.isdigit() and (text == "0" or text[0] != "0"), "a malformed number")
    return int(text)


def parse_key(text):
    """name+key id+base64(type or identifier, public key)"""
    name, key_id, body = text.split("+", 2)
    raw = unbase64(body)
    computed = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    demand(computed.hex() == key_id, "the key id is not that of the key")
    for prefix, (hash_name, length, head, cosigns) in KINDS.items():
        if raw.startswith(prefix) and len(raw) == len(prefix) + length:
            return Key(name, computed, hash_name, head + raw[-length:], cosigns)
    raise Wrong("an unknown kind of key")


def der_integer(raw):
    raw = raw.lstrip(b"\0") or b"\0"
    raw = b"\0" + raw if raw[0] & 0x80 else raw
    return bytes([2, len(raw)]) + raw


def signature_holds(key, message, signature):
    with tempfile.TemporaryDirectory() as folder:
        def write(name, content):
            path = f"{folder}/{name}"
            with open(path, "wb") as file:
                file.write(content)
            return path

        public, text = write("key.der", key.der), write("message", message)
        command = ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", public, "-rawin", "-in", text]
        if key.hash_name == "sm3":
            body = der_integer(signature[:32]) + der_integer(signature[32:])
            signature = b"\x30" + bytes([len(body)]) + body
            command += ["-digest", "sm3", "-pkeyopt", "distid:1234567812345678"]
        command += ["-sigfile", write("signature", signature)]
        return subprocess.run(command, capture_output=True).returncode == 0


def split_note(note):
    """A signed note -> its text, and of each signature line the name and the bytes."""
    divide = note.rindex(b"\n\n")
    text, lines = note[: divide + 1], note[divide + 2 :].decode().split("\n")
    demand(len(lines) > 1 and lines.pop() == "", "a note that ends in the midst of a line")
    signatures = []
    for line in lines:
        demand(line.startswith("\u2014 "), "a malformed signature line")
        signer, body = line[2:].split(" ")
        signatures.append((signer, unbase64(body)))
    return text, signatures


def signed_by(key, text, signatures):
    """Whether a key has signed a note, and of a witness when: None, else POSIX seconds (0 of who is none)."""
    seen = None
    for signer, raw in signatures:
        if signer != key.name or raw[:4] != key.key_id:
            continue
        message, time, signature = text, 0, raw[4:]
        if key.cosigns:
            time, signature = int.from_bytes(raw[4:12], "big"), raw[12:]
            message = key.cosigns + b"\ntime " + str(time).encode() + b"\n" + text
        said = f"the cosignature of {key.name} is wrong" if key.cosigns else "the signature is wrong"
        demand(len(signature) == 64 and signature_holds(key, message, signature), said)
        seen = time
    return seen


def open_checkpoint(note, key, witnesses=()):
    """A checkpoint that the log's key has signed and each of the witnesses has cosigned -> size, root, cosigners' times."""
    text, signatures = split_note(note)
    demand(key.cosigns is None and signed_by(key, text, signatures) is not None, "the log's key has not signed")
    lines = text.decode().split("\n")
    demand(len(lines) >= 4 and lines[0] == key.name, "the checkpoint is of another log")
    times = {}
    for witness in witnesses:
        demand(witness.cosigns is not None, f"the key of {witness.name} is none of a witness")
        times[witness.name] = signed_by(witness, text, signatures)
        demand(times[witness.name] is not None, f"{witness.name} has not cosigned")
    root = unbase64(lines[2])
    demand(len(root) == 32, "a root that has not 32 bytes")
    return decimal(lines[1]), root, times
