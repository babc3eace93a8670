// What joins two devices in NCCL's report, and what NCCL complains of in it.
#include <doctest/doctest.h>

#include "collectives/nccl/device_paths.h"
#include "tests/collectives/nccl/written_report.h"

using namespace assay::nccl;
using namespace assay::test;

TEST_SUITE("unit") {
  TEST_CASE("a rank has the GPU that a line names and by its bus where none does") {
    const std::string row = "GPU/0-1b000 :GPU/0-1b000 (0/5000.0/LOC) GPU/0-1c000 (1/240.0/NVL) ";
    assay::nccl::DevicePaths paths;
    REQUIRE(paths.read(row));
    REQUIRE(paths.read("GPU/0-1c000 :GPU/0-1b000 (1/240.0/NVL) GPU/0-1c000 (0/5000.0/LOC) "));
    paths.add_rank(0, "1b000");
    paths.add_rank(1, "1c000");
    CHECK(paths.between(0, 1)->type == "NVL");
    CHECK(paths.read("+ PCI[24.0] - GPU/bus (0)"));  // is no name of a GPU
    REQUIRE(paths.between(0, 1));
    CHECK(paths.between(0, 1)->type == "NVL");
    // As many as a node can have, and no more.
    assay::nccl::DevicePaths many;
    REQUIRE(many.read(row));
    for (int rank = 0; rank < 1025; ++rank)
      REQUIRE(many.read(std::string("+ PCI[24.0] - GPU/0-") + (rank < 1023 ? "1b000" : "1c000") +
                        " (" + std::to_string(rank) + ")"));
    CHECK(many.between(0, 1023));
    CHECK_FALSE(many.between(0, 1024));
  }

  TEST_CASE("a link between two devices is named by what joins them") {
    // Bridged pairs of two on PCIe: the ring's longest path is PHB.
    const Names tree = {
        "Pattern 4, crossNic 0, nChannels 2, bw 12.000000/12.000000, type PHB/PIX, sameChannels 1",
        "=== System : maxBw 240.0 totalBw 240.0 ===",
        "CPU/0-0 (1/1/2)",
        "+ PCI[24.0] - GPU/0-1b000 (0)",
        "              + NVL[240.0] - GPU/0-1c000",
        "+ PCI[24.0] - GPU/0-1c000 (1)",
        "+ PCI[24.0] - GPU/0-3b000 (2)",
        "GPU/0-1b000 :GPU/0-1b000 (0/5000.0/LOC) GPU/0-1c000 (1/240.0/NVL) GPU/0-3b000 "
        "(2/24.0/PHB) CPU/0-0 (1/24.0/PHB) NET/0-0 (3/12.5/PHB) ",
        "GPU/0-1c000 :GPU/0-1b000 (1/240.0/NVL) GPU/0-1c000 (0/5000.0/LOC) GPU/0-3b000 "
        "(2/24.0/PHB) CPU/0-0 (1/24.0/PHB) "};
    const auto kind_of = [&](const std::string& hop, Names messages) {
      messages.push_back("Channel 00/0 : " + hop + " via P2P/IPC");
      return seen_in(written(messages)).kind;
    };
    CHECK(kind_of("0[0] -> 1[1]", tree) == "nvlink");
    CHECK(kind_of("1[1] -> 2[2]", tree) == "pcie");
    CHECK(kind_of("2[2] -> 0[0]", tree) == "pcie");  // its row was cut: the pattern's longest path
    // As NCCL 2.18 writes it.
    const Names older = {
        "Pattern 4, crossNic 0, nChannels 2, bw 12.000000/12.000000, type SYS/PIX, sameChannels 1",
        "+ PCI[12.0] - GPU/7000 (0)", "+ PCI[12.0] - GPU/8000 (1)",
        "GPU/7000 :GPU/7000 (0/5000.000000/LOC) GPU/8000 (1/22.000000/NVB) "};
    CHECK(kind_of("0[0] -> 1[1]", older) == "nvlink");
  }

  TEST_CASE("a link is named by what joins its devices in the words of every version") {
    const std::string pattern =
        "Pattern 4, crossNic 0, nChannels 2, bw 12.000000/12.000000, type SYS/PIX, sameChannels 1";
    const auto kind_of = [&](const std::string& hop, Names messages) {
      messages.push_back(pattern);
      messages.push_back("Channel 00/0 : " + hop + " via P2P/CUMEM");
      std::string text;
      for (const char* state : {"START", "COMPLETE"}) {
        text +=
            std::string("n0:1:3 [1] NCCL INFO ncclCommInitRankConfig comm 0x3 rank 1 nranks 4 ") +
            "cudaDev 1 nvmlDev 1 busId bb000 commId 0x2 - Init " + state + "\n";
      }
      for (const std::string& message : messages) {
        text += "n0:1:2 [0] NCCL INFO " + message + "\n";
      }
      return seen_in(text + written({})).kind;
    };
    // 2.21 and 2.22 begin a row in the old way.
    const Names as_2_22 = {
        "+ PCI[24.0] - GPU/0-1b000 (0)", "+ PCI[24.0] - GPU/0-bb000 (1)",
        "GPU/1B000 :GPU/0-1b000 (0/5000.0/LOC) GPU/0-bb000 (2/240.0/NVL) CPU/0-0 (1/24.0/PHB) ",
        "GPU/BB000 :GPU/0-1b000 (2/240.0/NVL) GPU/0-bb000 (0/5000.0/LOC) CPU/0-0 (1/24.0/PHB) "};
    CHECK(kind_of("0[0] -> 1[1]", as_2_22) == "nvlink");
    CHECK(kind_of("1[1] -> 0[0]", as_2_22) == "nvlink");
    // The tree of 2.30 hangs a GPU below its device and leaves its rank out.
    const Names as_2_30 = {
        "+ PCI[24.0] - DEV/0-1b000 (1000010de2330)", "              + LOC[5000.0] - GPU/0-1b000",
        "              + NVL[240.0] - NVS/0-0",
        "GPU/0-1b000 :GPU/0-1b000 (0/5000.0/LOC) GPU/0-bb000 (4/240.0/NVL) DEV/0-1b000 "
        "(1/5000.0/LOC) ",
        "NET/0-0 :GPU/0-1b000 (4/24.0/PHB) GPU/0-bb000 (6/12.0/SYS) "};
    CHECK(kind_of("0[0] -> 1[1]", as_2_30) == "nvlink");
    CHECK(kind_of("1[1] -> 0[0]", as_2_30) == "pcie");  // no row of it: the pattern's longest path
    // Two nodes of one NVLink domain have the same bus ids: the rank's own is not clear.
    Names two_systems = as_2_30;
    two_systems.push_back("GPU/1-1b000 :GPU/0-1b000 (4/240.0/NVL) GPU/1-bb000 (4/240.0/NVL) ");
    CHECK(kind_of("0[0] -> 1[1]", two_systems) == "pcie");
  }

  TEST_CASE("a search that fell back is told in its own words and a slow link is not") {
    const auto degraded = [](const std::string& pattern, Names others = {},
                             const std::string& algorithm = "RING") {
      others.push_back("Pattern " + pattern + ", sameChannels 1");
      others.push_back("Channel 00/0 : 0[0] -> 1[1] via P2P/CUMEM/read");
      return !seen_in(written(others), algorithm).degraded.empty();
    };
    CHECK(degraded("4, crossNic 2, nChannels 1, bw 0.100000/0.100000, type SYS/SYS"));
    CHECK(degraded("4, crossNic 2, nChannels 1, bw 0.100000/0.000000, type SYS/DIS"));
    CHECK_FALSE(degraded("4, crossNic 2, nChannels 1, bw 0.120000/0.120000, type PHB/PHB"));
    CHECK_FALSE(degraded("5, crossNic 0, nChannels 0, bw 0.000000/0.000000, type NVL/PIX"));
    CHECK_FALSE(
        degraded("5, crossNic 0, nChannels 0, bw 0.000000/0.000000, type NVL/PIX", {}, "NVLS"));
    CHECK(degraded("1, crossNic 0, nChannels 1, bw 0.100000/0.100000, type SYS/SYS", {}, "TREE"));
    CHECK_FALSE(degraded("1, crossNic 0, nChannels 1, bw 0.100000/0.100000, type SYS/SYS"));
    const std::string direct = "6, crossNic 0, nChannels 1, bw 0.100000/0.100000, type SYS/SYS";
    CHECK(degraded(direct, {}, "COLLNET_DIRECT"));
    CHECK_FALSE(degraded(direct, {}, "PAT"));
    // A tenth of what the path allows, on one node and between nodes.
    const Names alone = {"comm 0x1 rank 0 nRanks 4 nNodes 1 localRanks 4 localRank 0 MNNVL 0",
                         "GPU/0-1 :GPU/0-2 (1/200.0/NVL) NET/0-0 (3/50.0/PIX) "};
    const Names two = {"comm 0x1 rank 0 nRanks 4 nNodes 2 localRanks 2 localRank 0 MNNVL 0",
                       "GPU/0-1 :GPU/0-2 (1/200.0/NVL) NET/0-0 (3/50.0/PIX) "};
    const std::string ring = "4, crossNic 0, nChannels 2, bw ";
    CHECK_FALSE(degraded(ring + "10.000000/10.000000, type NVL/PIX", alone));
    CHECK(degraded(ring + "9.000000/9.000000, type NVL/PIX", alone));
    CHECK_FALSE(degraded(ring + "9.000000/9.000000, type PHB/PIX", alone));
    CHECK_FALSE(degraded(ring + "9.000000/2.500000, type NVL/PIX", two));
    CHECK(degraded(ring + "9.000000/2.400000, type NVL/PIX", two));
  }

  TEST_CASE("what NCCL complains of is kept in its words once each") {
    const std::string warning =
        "n0:1:2 [0] graph/paths.cc:396 NCCL WARN P2P is disabled between NVLINK connected GPUs 0 "
        "and 1.\n";
    const Report report =
        parse_report(warning + warning +
                     written({"Could not find a path for pattern 4, falling back to simple order",
                              "NET/IB : mlx5_0:1 speed change detected: 400000 -> 200000 Mbps",
                              "NVLS multicast support is not available on dev 0"}));
    CHECK(report.warnings ==
          Names{"P2P is disabled between NVLINK connected GPUs 0 and 1.",
                "Could not find a path for pattern 4, falling back to simple order",
                "NET/IB : mlx5_0:1 speed change detected: 400000 -> 200000 Mbps"});
  }

  TEST_CASE("a network that could not be used is told where sockets were used for it") {
    const auto warnings = [](const char* plugin, const char* via, const char* before) {
      return parse_report(
                 written({before, std::string("Failed to initialize NET plugin ") + plugin,
                          "NET/Socket : Using [0]eth0:10.0.0.1<0>", "Initialized NET plugin Socket",
                          std::string("Channel 00/0 : 0[0] -> 1[1] [send] via ") + via}))
          .warnings;
    };
    const char* disabled = "NCCL_IB_DISABLE set by environment to 1.";
    const char* none = "NET/IB : No device found.";
    CHECK(warnings("Libfabric", "NET/Socket/0", none) ==
          Names{"Failed to initialize NET plugin Libfabric"});
    CHECK(warnings("IB", "NET/Socket/0", disabled) == Names{"Failed to initialize NET plugin IB"});
    CHECK(warnings("IB", "NET/Socket/0", none).empty());  // there is nothing to be used
    CHECK(warnings("IB", "P2P/CUMEM/read", disabled).empty());
    CHECK(warnings("Libfabric", "NET/IB/0/GDRDMA", disabled).empty());
  }
}
