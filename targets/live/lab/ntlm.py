"""A client's two messages of NTLM, with NTLMv2: MS-NLMP §2.2.1.1 and §2.2.1.3, §3.3.2.

Python's hashlib may lack MD4 (OpenSSL 3 keeps it in its legacy provider), so it stands here: RFC 1320 §3.
"""

import hmac
import os
import struct

UNICODE, REQUEST_TARGET, NTLM, ALWAYS_SIGN, TARGET_INFO = 0x1, 0x4, 0x200, 0x8000, 0x800000
FLAGS = UNICODE | REQUEST_TARGET | NTLM | ALWAYS_SIGN | TARGET_INFO
FILETIME_TO_UNIX_S = 11644473600
MASK = 0xFFFFFFFF


def md4(message):
    a, b, c, d = 0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476
    padded = message + b"\x80" + b"\0" * ((55 - len(message)) % 64) + struct.pack("<Q", 8 * len(message))
    rounds = [
        (lambda x, y, z: (x & y) | (~x & z), 0, [3, 7, 11, 19], range(16)),
        (lambda x, y, z: (x & y) | (x & z) | (y & z), 0x5A827999, [3, 5, 9, 13],
         [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15]),
        (lambda x, y, z: x ^ y ^ z, 0x6ED9EBA1, [3, 9, 11, 15],
         [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15]),
    ]
    for start in range(0, len(padded), 64):
        words = struct.unpack_from("<16I", padded, start)
        before = a, b, c, d
        for mix, constant, shifts, order in rounds:
            for i, index in enumerate(order):
                total = (a + mix(b, c, d) + words[index] + constant) & MASK
                shift = shifts[i % 4]
                a, b, c, d = d, ((total << shift) | (total >> (32 - shift))) & MASK, b, c
        a, b, c, d = ((x + y) & MASK for x, y in zip(before, (a, b, c, d), strict=True))
    return struct.pack("<4I", a, b, c, d)


def negotiate():
    return b"NTLMSSP\0" + struct.pack("<II", 1, FLAGS) + b"\0" * 16


def authenticate(challenge, user, password, domain=""):
    """The answer to a challenge message; ValueError where that is none."""
    if len(challenge) < 32 or challenge[:8] != b"NTLMSSP\0" or struct.unpack_from("<I", challenge, 8)[0] != 2:
        raise ValueError("not an NTLM challenge")
    target = b""
    if len(challenge) >= 48:
        length, _, start = struct.unpack_from("<HHI", challenge, 40)
        target = challenge[start:start + length]
    key = hmac.new(md4(password.encode("utf-16le")), (user.upper() + domain).encode("utf-16le"), "md5").digest()
    time = struct.pack("<Q", FILETIME_TO_UNIX_S * 10_000_000)
    blob = b"\x01\x01" + b"\0" * 6 + time + os.urandom(8) + b"\0" * 4 + target + b"\0" * 4
    proof = hmac.new(key, challenge[24:32] + blob, "md5").digest()
    fields = [b"\0" * 24, proof + blob, domain.encode("utf-16le"), user.encode("utf-16le"), b"", b""]
    message, at = b"NTLMSSP\0" + struct.pack("<I", 3), 64
    for field in fields:
        message += struct.pack("<HHI", len(field), len(field), at)
        at += len(field)
    return message + struct.pack("<I", FLAGS) + b"".join(fields)
