"""scripts/check-ptxas on made objects: what it counts in device code, and the limits that it holds kernels to."""
import pathlib
import struct
import subprocess
import tempfile
import unittest

from tests.scripts.checkout import REPOSITORY

BRA, MEMBAR, TRAP, NOP = 0x947, 0x992, 0x95C, 0x918
PREFETCH, BLOCK_WAIT, CLUSTER_WAIT = 0x9B9, 0xB1D, 0x9C7
HGMMA, HMMA, IMMA, FFMA, LDGSTS = 0x9F0, 0x23C, 0x237, 0x223, 0xFAE
GEMM = "_ZN5assay4sm904gemmEv"
FORWARD, PACKED = (f"_ZN5assay9attention4sm907forwardINS1_7ForwardILb{packed}EEEEv" for packed in (0, 1))
FP8 = "_ZN5assay9attention4sm907forwardINS1_7ForwardINS_6device4E4m3ELb0EEEEv"
BACKWARD, ORDERED = (f"_ZN5assay9attention4sm908backwardINS1_8BackwardILb{ordered}EEEEv" for ordered in (0, 1))
ROWS = "_ZN5assay9attention4sm9012prepare_rowsEv"
LATENT = "_ZN5assay9attention4sm9013latent_decodeEv"
COMBINE = "_ZN5assay9attention4sm9014combine_latentEv"
DECODE = "_ZN5assay9attention4sm806decodeEv"
PORTABLE = "_ZN5assay9attention4sm807forwardINS1_7ForwardILb0EEEEv"
FILL = "_ZN5assay9on_device10fill_arrayENS0_4FillE"
AMPERE_GEMM, AMPERE_INT8 = (f"_ZN5assay4sm804gemmINS0_8Operands{types}EEEvNS0_9ArgumentsE" for types in ("INS_6device4Bf16E", "Iaii"))
AMPERE_F32 = "_ZN5assay4sm808gemm_f32ENS0_9ArgumentsE"
LOG = """ptxas info    : Compiling entry function '{name}' for 'sm_90a'
    0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
"""
USED = "ptxas info    : Used {registers} registers, used 1 barriers, 408 bytes cmem[0]\n"


def instruction(opcode):
    return struct.pack("<QQ", opcode, 0)


def branch(distance, architecture=90):
    """By `distance` instructions from the next one on."""
    words = distance * 4 & (1 << 56) - 1
    if architecture == 90:
        return struct.pack("<QQ", BRA | (words & 0xFF) << 16 | (words >> 8 & (1 << 30) - 1) << 34, words >> 38)
    return struct.pack("<QQ", BRA | (words & (1 << 30) - 1) << 34, words >> 30 & 0x3FFFF)


def cubin(kernel, code, architecture=90):
    """An ELF file with one section of code and the section of names."""
    names = b"\0.text." + kernel.encode() + b"\0.shstrtab\0"
    header = bytearray(64)
    header[:4] = b"\x7fELF"
    header[0x31] = architecture
    struct.pack_into("<Q", header, 0x28, 64 + len(code) + len(names))
    struct.pack_into("<HH", header, 0x3C, 2, 1)
    sections = b"".join(struct.pack("<IIQQQQIIQQ", name, 1, 0, 0, offset, size, 0, 0, 1, 0)
                        for name, offset, size in ((1, 64, len(code)), (8 + len(kernel), 64 + len(code), len(names))))
    return bytes(header) + code + names + sections


def made_object(code, compressed_size=0):
    entry = struct.pack("<HHIQI", 2, 0x101, 64, len(code), compressed_size).ljust(64, b"\0") + code
    return b"host code " + struct.pack("<IHHQ", 0xBA55ED50, 1, 16, len(entry)) + entry + b" more"


def kernel(before=10, in_loop=(), after=(), begin=[PREFETCH] * 7):
    """Some instructions, those of `begin` among them, then a loop with products."""
    body = instruction(HGMMA) + b"".join(map(instruction, in_loop))
    loop = body + branch(-len(body) // 16 - 1)
    return b"".join(map(instruction, begin)) + instruction(NOP) * (before - len(begin)) + loop + b"".join(map(instruction, after))


def ampere_kernel(in_step=0, product=HMMA, branches=0):
    """A loop that copies, around one of products; `in_step` instructions are in it beside those five."""
    inner = instruction(product) + instruction(NOP)
    inner += branch(-len(inner) // 16 - 1, 80)
    step = instruction(LDGSTS) + inner + instruction(NOP) * in_step
    return step + branch(-len(step) // 16 - 1, 80) + instruction(BRA) * branches


class DeviceCode(unittest.TestCase):
    def judge(self, code, wrap=made_object, name=GEMM, architecture=90, used=USED.format(registers=14)):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "kernel.cu.o.ptxas").write_text(LOG.format(name=name) + used)
            pathlib.Path(folder, "kernel.cu.o").write_bytes(wrap(cubin(name, code, architecture)))
            done = subprocess.run([REPOSITORY / "scripts/check-ptxas", folder], capture_output=True, text=True)
        return done.returncode, done.stdout

    def test_a_kernel_within_the_limits_passes_and_its_counts_are_printed(self):
        status, said = self.judge(kernel(in_loop=[NOP, BRA]))
        self.assertEqual(status, 0, said)
        self.assertIn("most instructions in the steady loop of any GEMM kernel for sm_90: 4, limit", said)
        self.assertIn("most branches in the steady loop of any GEMM kernel for sm_90: 2, limit", said)
        self.assertIn("most memory barriers in the steady loop of any GEMM kernel for sm_90: 0, limit 0", said)
        self.assertIn("most instructions of any GEMM kernel for sm_90: 14, limit", said)

    def test_a_memory_barrier_in_the_loop_that_multiplies_is_a_fault_and_one_outside_is_not(self):
        status, said = self.judge(kernel(in_loop=[MEMBAR]))
        self.assertEqual(status, 1)
        self.assertIn(f"{GEMM}: 1 memory barriers in the steady loop, at most 0", said)
        self.assertEqual(self.judge(kernel(after=[MEMBAR]))[0], 0)

    def test_a_chain_of_branches_and_a_long_kernel_are_faults(self):
        status, said = self.judge(kernel(after=[BRA] * 128))
        self.assertEqual(status, 1)
        self.assertIn("129 branches, at most 80", said)
        status, said = self.judge(kernel(before=3000))
        self.assertEqual(status, 1)
        self.assertIn("3002 instructions, at most 3000", said)

    def test_kernels_of_other_namespaces_and_architectures_have_no_limits(self):
        self.assertEqual(self.judge(kernel(before=3000), name="_ZN5assay5otherEv")[0], 0)
        older = lambda _: made_object(cubin(GEMM, kernel(before=3000), architecture=86))
        self.assertEqual(self.judge(b"", wrap=older)[0], 0)

    def test_each_attention_kernel_has_limits_of_its_own(self):
        within = {FORWARD: [NOP] * 900, FP8: [NOP] * 700, PACKED: [NOP] * 900, BACKWARD: [NOP] * 500 + [MEMBAR] * 3, ORDERED: [NOP] * 500 + [MEMBAR] * 6,
                  LATENT: [NOP] * 170}
        for name, body in within.items():
            status, said = self.judge(kernel(in_loop=body), name=name)
            self.assertEqual(status, 0, said)
            for fault in ([MEMBAR] * 4 if name != ORDERED else [MEMBAR], [BRA] * 20, [NOP] * 200):
                status, said = self.judge(kernel(in_loop=body + fault), name=name)
                self.assertEqual(status, 1, (name, said))
                self.assertIn("in the steady loop, at most", said)
        self.assertEqual(self.judge(instruction(NOP) * 500, name=ROWS)[0], 0)
        self.assertIn("501 instructions, at most 500", self.judge(instruction(NOP) * 501, name=ROWS)[1])
        self.assertIn("1151 instructions, at most 1150", self.judge(instruction(NOP) * 1151, name=COMBINE)[1])

    def test_the_steady_loop_of_an_ampere_kernel_copies_and_multiplies(self):
        status, said = self.judge(ampere_kernel(795), name=DECODE, architecture=80)
        self.assertEqual(status, 0, said)
        self.assertIn("most instructions in the steady loop of any attention decode kernel for sm_80: 800, limit 800", said)
        self.assertEqual(self.judge(ampere_kernel(796), name=DECODE, architecture=80)[0], 1)
        status, said = self.judge(ampere_kernel(1445), name=PORTABLE, architecture=80)
        self.assertEqual(status, 0, said)
        self.assertIn("steady loop of any attention forward kernel for sm_80: 1450, limit 1450", said)
        self.assertEqual(self.judge(ampere_kernel(1446), name=PORTABLE, architecture=80)[0], 1)

    def test_each_portable_gemm_kernel_has_limits_of_its_own(self):
        for name, product, in_loop, branches, what in ((AMPERE_GEMM, HMMA, 190, 8, "GEMM"), (AMPERE_INT8, IMMA, 180, 7, "int8 GEMM"),
                                                       (AMPERE_F32, FFMA, 240, 9, "f32 GEMM")):
            status, said = self.judge(ampere_kernel(in_loop - 5, product, branches - 2), name=name, architecture=80)
            self.assertEqual(status, 0, said)
            self.assertIn(f"most instructions in the steady loop of any {what} kernel for sm_80: {in_loop}, limit {in_loop}", said)
            self.assertIn(f"most branches of any {what} kernel for sm_80: {branches}, limit {branches}", said)
            self.assertEqual(self.judge(ampere_kernel(in_loop - 4, product), name=name, architecture=80)[0], 1)
            status, said = self.judge(ampere_kernel(0, product, branches - 1), name=name, architecture=80)
            self.assertEqual(status, 1)
            self.assertIn(f"{branches + 1} branches, at most {branches}", said)

    def test_a_loop_without_products_of_tensor_cores_is_not_the_steady_one_of_a_kernel_that_has_them(self):
        status, said = self.judge(instruction(HMMA) + ampere_kernel(0, FFMA), name=AMPERE_GEMM, architecture=80)
        self.assertEqual(status, 1)
        self.assertIn(f"{AMPERE_GEMM}: no steady loop was found", said)

    def test_a_kernel_with_more_registers_than_its_launch_bounds_leave_is_a_fault(self):
        status, said = self.judge(kernel(), used=USED.format(registers=168))
        self.assertEqual(status, 0, said)
        self.assertIn("most registers of any GEMM kernel for sm_90: 168, limit 168", said)
        status, said = self.judge(kernel(), used=USED.format(registers=169))
        self.assertEqual(status, 1)
        self.assertIn(f"{GEMM}: 169 registers, at most 168", said)
        status, said = self.judge(instruction(NOP), name=ROWS, used=USED.format(registers=33))
        self.assertEqual(status, 1)
        self.assertIn(f"{ROWS}: 33 registers, at most 32", said)

    def test_descriptors_whose_fetch_begins_after_threads_have_waited_are_a_fault(self):
        for name, needed in ((GEMM, 3), (FORWARD, 4), (FP8, 4), (PACKED, 4), (BACKWARD, 7), (LATENT, 2)):
            for wait in (BLOCK_WAIT, CLUSTER_WAIT):
                status, said = self.judge(kernel(begin=[PREFETCH] * needed + [wait]), name=name)
                self.assertEqual(status, 0, said)
                status, said = self.judge(kernel(begin=[PREFETCH] * (needed - 1) + [wait, PREFETCH]), name=name)
                self.assertEqual(status, 1)
                self.assertIn(f"{name}: begins to fetch {needed - 1} of {needed} descriptors", said)

    def test_a_log_without_registers_is_no_proof(self):
        status, said = self.judge(kernel(), used="")
        self.assertEqual(status, 1)
        self.assertIn(f"{GEMM}: the log does not say how many registers it has", said)

    def test_a_kernel_of_operands_that_reads_what_only_the_host_has_is_a_fault(self):
        self.assertEqual(self.judge(instruction(NOP) * 1600, name=FILL, architecture=80)[0], 0)
        status, said = self.judge(instruction(NOP) + instruction(TRAP), name=FILL, architecture=80)
        self.assertEqual(status, 1)
        self.assertIn(f"{FILL}: ends itself", said)

    def test_a_kernel_whose_steady_loop_is_not_found_is_no_proof(self):
        for name, architecture in ((GEMM, 90), (FORWARD, 90), (DECODE, 80), (AMPERE_GEMM, 80), (AMPERE_F32, 80)):
            status, said = self.judge(instruction(NOP), name=name, architecture=architecture)
            self.assertEqual(status, 1)
            self.assertIn(f"{name}: no steady loop was found", said)

    def test_compressed_device_code_is_counted(self):
        def compressed(code):
            frame = subprocess.run(["zstd", "-19", "-q"], input=code, capture_output=True, check=True).stdout
            return made_object(frame + bytes(-len(frame) % 8 or 8), len(frame))
        self.assertEqual(self.judge(kernel(in_loop=[NOP] * 198), wrap=compressed)[0], 0)
        status, said = self.judge(kernel(in_loop=[NOP] * 199), wrap=compressed)
        self.assertEqual(status, 1)
        self.assertIn("instructions in the steady loop, at most", said)

    def test_device_code_that_cannot_be_decompressed_is_no_proof(self):
        for code in (b"\x28\xb5\x2f\xfd" + bytes(60), b"\x04\x22\x4d\x18" + bytes(60)):
            status, said = self.judge(b"", wrap=lambda _: made_object(code, 64))
            self.assertEqual(status, 2)
            self.assertIn("compressed", said)


if __name__ == "__main__":
    unittest.main()
