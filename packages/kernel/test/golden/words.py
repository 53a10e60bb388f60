# xoshiro128** 1.1, transcribed from the reference C of Blackman and Vigna (prng.di.unimi.it, public domain). Writes words.json.
import json
from pathlib import Path

MASK = 0xFFFFFFFF


def rotl(x, k):
    return ((x << k) | (x >> (32 - k))) & MASK


def words(s, count):
    s = list(s)
    out = []
    for _ in range(count):
        out.append(rotl(s[1] * 5 & MASK, 7) * 9 & MASK)
        t = s[1] << 9 & MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotl(s[3], 11)
    return out


states = [[1, 2, 3, 4], [0xDEADBEEF, 0x80000000, 0xFFFFFFFF, 7]]
golden = [{"state": state, "words": words(state, 1000)[:10] + words(state, 1000)[-2:]} for state in states]
Path(__file__).with_name("words.json").write_text(json.dumps(golden) + "\n")
