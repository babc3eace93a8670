"""Counts instructions of sm_80 and sm_90 device code in an object of nvcc, where there is no disassembler.

An instruction is 16 bytes; its opcode is the low 12 bits of the first. Opcodes were found by
compiling a line of each in CUDA 13.0.
"""
import dataclasses
import struct
import subprocess

BRA, MEMBAR, ERRBAR, TRAP = 0x947, 0x992, 0x9AB, 0x95C
PREFETCH = 0x9B9  # UTMACCTL, which is prefetch.tensormap
WAITS = frozenset({0xB1D, 0x9C7})  # BAR and UCGABAR_ARV: for the block, for the cluster
# What multiplies, and in the steady loop too: on sm_90 one of HGMMA, IGMMA and QGMMA, which are wgmma; on sm_80 HMMA or
# IMMA, which are mma.sync, or FFMA in a kernel without them. There LDGSTS, which is cp.async, is in the loop as well: an
# inner loop over what a step has brought holds products alone.
STEADY = {90: ((frozenset({0x9F0, 0x9F1, 0x9F3}),),),
          80: ((frozenset({0x23C, 0x237}), frozenset({0xFAE})), (frozenset({0x223}), frozenset({0xFAE})))}
INSTRUCTION_BYTES = 16
FATBIN_MAGIC, ELF_MAGIC, ZSTD_MAGIC = 0xBA55ED50, b"\x7fELF", b"\x28\xb5\x2f\xfd"


class Unreadable(Exception):
    """Device code is there and cannot be counted."""


@dataclasses.dataclass
class Loop:
    """The innermost loop that copies and multiplies."""
    instructions: int
    branches: int
    barriers: int


@dataclasses.dataclass
class Kernel:
    name: str
    instructions: int
    branches: int
    barriers: int
    traps: int
    early_prefetches: int  # of descriptors, before threads first wait for each other
    loop: Loop | None


def decompressed(frame):
    """What nvcc's --compress-mode=size has made small."""
    try:
        done = subprocess.run(["zstd", "-dcq"], input=frame, capture_output=True, check=False)
    except FileNotFoundError:
        raise Unreadable("its device code is compressed: install zstd") from None
    if done.returncode != 0 or not done.stdout.startswith(ELF_MAGIC):
        raise Unreadable(f"its device code cannot be decompressed: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def cubins(object_code):
    """Every cubin of the fat binaries of an object."""
    at = 0
    while (at := object_code.find(struct.pack("<I", FATBIN_MAGIC), at)) >= 0:
        _, _, header, size = struct.unpack_from("<IHHQ", object_code, at)
        entry, end = at + header, at + header + size
        while entry < end:
            kind, _, entry_header, entry_size, frame_size = struct.unpack_from("<HHIQI", object_code, entry)
            code = object_code[entry + entry_header:entry + entry_header + entry_size]
            if kind == 2 and code.startswith(ZSTD_MAGIC):
                code = decompressed(code[:frame_size])
            if kind == 2 and not code.startswith(ELF_MAGIC):
                raise Unreadable("its device code is compressed in a way that is not known")
            if kind == 2:
                yield code
            entry += entry_header + entry_size
        at = end


def texts(cubin):
    """(kernel, its machine code) of every kernel."""
    sections_at, = struct.unpack_from("<Q", cubin, 0x28)
    count, names_index = struct.unpack_from("<HH", cubin, 0x3C)
    heads = [struct.unpack_from("<IIQQQQ", cubin, sections_at + 64 * i) for i in range(count)]
    names_at = heads[names_index][4]
    for name_at, _, _, _, offset, size in heads:
        name = cubin[names_at + name_at:cubin.index(b"\0", names_at + name_at)].decode()
        if name.startswith(".text."):
            yield name.removeprefix(".text."), cubin[offset:offset + size]


def architecture_of(cubin):
    """The second byte of an ELF's flags."""
    return cubin[0x31]


def branch_target(architecture, index, low, high):
    """Where a BRA at `index` goes: its distance, in words of 4 bytes, is from bit 34 on; on sm_90 its low byte is in
    bits 16-23."""
    words, bits = low >> 34 | (high & 0x3FFFF) << 30, 48
    if architecture == 90:
        words, bits = words << 8 | low >> 16 & 0xFF, 56
    if words >> bits - 1:
        words -= 1 << bits
    return index + 1 + words * 4 // INSTRUCTION_BYTES


def count(architecture, name, code):
    pairs = list(struct.iter_unpack("<QQ", code))
    opcodes = [low & 0xFFF for low, _ in pairs]

    def loop_of(first, last):
        body = opcodes[first:last + 1]
        return Loop(len(body), body.count(BRA), body.count(MEMBAR) + body.count(ERRBAR))

    needed = next((sets for sets in STEADY[architecture] if sets[0].intersection(opcodes)), ())
    loops = [(branch_target(architecture, i, *pair), i) for i, pair in enumerate(pairs) if opcodes[i] == BRA]
    loops = [(first, last) for first, last in loops
             if needed and 0 <= first <= last and all(any_of.intersection(opcodes[first:last + 1]) for any_of in needed)]
    innermost = min(loops, key=lambda ends: ends[1] - ends[0], default=None)
    whole = loop_of(0, len(opcodes) - 1)
    first_wait = next((i for i, opcode in enumerate(opcodes) if opcode in WAITS), len(opcodes))
    return Kernel(name, whole.instructions, whole.branches, whole.barriers, opcodes.count(TRAP),
                  opcodes[:first_wait].count(PREFETCH), loop_of(*innermost) if innermost else None)


def kernels_of(path):
    """Every kernel for sm_80 or sm_90 in an object."""
    for cubin in cubins(path.read_bytes()):
        architecture = architecture_of(cubin)
        if architecture in STEADY:
            for name, code in texts(cubin):
                yield count(architecture, name, code)
