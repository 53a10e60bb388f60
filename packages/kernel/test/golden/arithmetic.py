# Golden values of the kernel's arithmetic: mpmath 1.4.1 at 1400 bits. Writes arithmetic.json beside itself.
# Each case is [input, nearest double to the exact result of the double input]; doubles travel as hexadecimal words.
import json, random, struct
from pathlib import Path
from mpmath import mp, mpf

mp.prec = 1400  # log of 1 + 2^-80 and products of doubles need the room
random.seed(20260101)


def word(x):
    return struct.pack(">d", x).hex()


def double(exact):
    """Nearest double, subnormals included (mpmath itself has no subnormals; int(mpf) is exact)."""
    exact = mpf(exact)
    if exact == 0:
        return 0.0
    magnitude = abs(exact)
    if magnitude >= mpf(2) ** 1024:
        return float("inf") if exact > 0 else float("-inf")
    exponent = max(int(mp.floor(mp.log(magnitude, 2))) - 52, -1074)
    units = int(mp.nint(magnitude / mpf(2) ** exponent))
    value = units * 2.0**exponent if exponent > -1074 else units * 5e-324
    return value if exact > 0 else -value


def uniform(low, high, count):
    return [random.uniform(low, high) for _ in range(count)]


def sizes(low, high, count):
    return [2.0 ** random.uniform(low, high) for _ in range(count)]


signed = lambda values: [x * random.choice((-1, 1)) for x in values]


def tail_quantile(p):
    """Root of the normal distribution function by Newton's method on its logarithm."""
    negative = p < 0.5
    tail = p if negative else 1 - p
    x = mp.sqrt(-2 * mp.log(tail))
    for _ in range(100):
        q = mp.erfc(x / mp.sqrt(2)) / 2
        step = mp.log(q / tail) * q * mp.sqrt(2 * mp.pi) / mp.exp(-x * x / 2)
        x += step
        if abs(step) < mpf(10) ** -50:
            return -x if negative else x
    raise ArithmeticError(p)


cases = {
    "exp": (mp.exp, uniform(-745, 709, 150) + uniform(-2, 2, 150) + signed(sizes(-60, -1, 100)) + [709.7827, 709.782712893384, -708.5, -744.4, -744.9, -745.13, -745.14]),
    "log": (mp.log, sizes(-1074, 1023, 150) + uniform(0.5, 2, 200) + [1 + x for x in signed(sizes(-52, -4, 100))] + [5e-324, 1.7976931348623157e308]),
    "log1p": (mp.log1p, uniform(-0.999, 3, 150) + signed(sizes(-80, -1, 150)) + sizes(1, 1023, 50)),
    "expm1": (mp.expm1, uniform(-40, 40, 150) + signed(sizes(-80, -1, 150)) + uniform(40, 709, 50)),
    "sin": (mp.sin, uniform(-10, 10, 150) + uniform(-1e6, 1e6, 150) + signed(sizes(-40, 0, 50)) + [k * 1.5707963267948966 for k in range(-40, 41)]),
    "cos": (mp.cos, uniform(-10, 10, 150) + uniform(-1e6, 1e6, 150) + signed(sizes(-40, 0, 50)) + [k * 1.5707963267948966 for k in range(-40, 41)]),
    "normalDistribution": (mp.ncdf, uniform(-8, 8, 150) + uniform(-38.4, 0, 60) + signed(sizes(-30, -2, 40))),
    "normalQuantile": (lambda p: tail_quantile(p) if p != 0.5 else mpf(0), uniform(0, 1, 150) + sizes(-1000, -2, 100) + [1 - x for x in sizes(-50, -4, 60)] + [0.5, 0.075, 0.925]),
}
golden = {
    name: [[word(x), word(double(f(mpf(x))))] for x in inputs] for name, (f, inputs) in cases.items()
}
pairs = [(2.0 ** random.uniform(-20, 20), random.uniform(-30, 30)) for _ in range(200)]
pairs += [(random.uniform(0.5, 2), random.uniform(-5, 5)) for _ in range(100)]
pairs += [(random.uniform(-3, 3), float(random.randint(-70, 70))) for _ in range(100)]
golden["pow"] = [[word(x), word(y), word(double(mpf(x) ** mpf(y)))] for x, y in pairs]
target = Path(__file__).with_name("arithmetic.json")
target.write_text("{\n" + ",\n".join(f' "{name}": {json.dumps(rows, separators=(",", ":"))}' for name, rows in golden.items()) + "\n}\n")
