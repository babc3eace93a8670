// Reports as other versions of NCCL and its plugins write them, reduced from public ones or
// composed after their sources: the transport of each, and what is left out.
#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

#include "harness/core/transport_words.h"
#include "tests/collectives/nccl/written_report.h"

using namespace assay::nccl;
using namespace assay::test;

namespace {

std::string field_report(const std::string& name) {
  std::ifstream file(std::string(ASSAY_NCCL_REPORTS) + "/field/" + name + ".txt");
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

struct Plugin {
  const char* says;  // before its connections
  const char* via;
  const char* kind;
  const char* nic;
};

constexpr const char* kOnePort =
    "NET/IB : Using [0]mlx5_0:1/IB [1]mlx5_1:1/IB [RO]; OOB eth0:10.0.0.1<0>";
constexpr const char* kTwoKinds =
    "NET/IB : Using [0]mlx5_0:1/RoCE [1]mlx5_1:1/RoCE [2]mlx5_10:1/RoCE [3]mlx5_16:1/IB/SHARP "
    "[RO]; OOB eth0:10.0.0.1<0>";
constexpr const char* kEfa =
    "NET/OFI Selected provider is efa, fabric is efa-direct (found 4 nics)";

const std::vector<Plugin> kPlugins = {
    {kOnePort, "NET/IB/1/GDRDMA", "ib_gdr", "mlx5_1:1"},
    {kOnePort, "NET/IB/1/GDRDMA(PCI)", "ib_gdr", "mlx5_1:1"},
    {kOnePort, "NET/IB/1(3)/GDRDMA(PCI)/Shared", "ib_gdr", "mlx5_1:1"},
    {kOnePort, "NET/IB/1/GDRDMA/Shared", "ib_gdr", "mlx5_1:1"},
    {kOnePort, "NET/IB/1/GDRDMA(C2C)/Shared/Rail", "ib_gdr", "mlx5_1:1"},  // of a later version
    {kOnePort, "NET/IB/1/GDRDMA/flush=None", "ib_gdr", "mlx5_1:1"},  // of receives, since 2.31
    {kOnePort, "NET/IB/1(3)/GDRDMA(PCI)/Shared/flush=Always", "ib_gdr", "mlx5_1:1"},
    {kOnePort, "NET/IB/1/Shared", "ib", "mlx5_1:1"},
    {kOnePort, "NET/IB-CAST/1/GDRDMA/flush=Always", "ib_gdr", "mlx5_1:1"},  // of RCCL
    {kOnePort, "NET/IBext_v8/1/GDRDMA", "ib_gdr", "mlx5_1:1"},
    {kOnePort, "NET/IBext_v11/0/GDRDMA", "ib_gdr", "mlx5_0:1"},
    {kOnePort, "NET/UCX/0", "ib", "mlx5_0:1"},
    {kTwoKinds, "NET/SPCX/2(8)/GDRDMA", "roce_gdr", "mlx5_10:1"},  // Spectrum-X of HPC-X
    {kTwoKinds, "NET/SPCX_v11/3/GDRDMA(PCI)", "ib_gdr", "mlx5_16:1"},
    {"NET/IB : Using [0]mlx5_0:1:0:3/RoCE [1]mlx5_1:1::4/RoCE [RO]; OOB eth0:10.0.0.1<0>",
     "NET/IB/1/GDRDMA", "roce_gdr", "mlx5_1:1"},
    {"NET/IB : Using [0]mlx5_2:1/IB/SHARP [1]mlx5_0:1/IB/SHARP [RO]; OOB ib0:10.0.0.1<0>",
     "NET/IBext_v10/0/GDRDMA", "ib_gdr", "mlx5_2:1"},
    {kEfa, "NET/AWS Libfabric/2/GDRDMA", "efa_gdr", "AWS Libfabric/2"},
    {kEfa, "NET/Libfabric/2/GDRDMA/Shared", "efa_gdr", "Libfabric/2"},
    {kEfa, "NET/OFI/0", "efa", "OFI/0"},
    {kEfa, "NET/Libfabric/2/GDRDMA/flush=None", "efa_gdr", "Libfabric/2"},
    {"NET/OFI Selected Provider is efa (found 4 nics)", "NET/AWS Libfabric/0/GDRDMA", "efa_gdr",
     "AWS Libfabric/0"},
    {"NET/OFI Selected provider is cxi, fabric is cxi (found 4 nics)", "NET/Libfabric/3/GDRDMA",
     "slingshot_gdr", "Libfabric/3"},
    {"NET/OFI Selected provider is tcp;ofi_rxm, fabric is 10.0.0.0/16 (found 1 nics)",
     "NET/Libfabric/0", "socket", "Libfabric/0"},
    {"Using network Libfabric", "NET/Libfabric/0/GDRDMA", "libfabric_gdr", "Libfabric/0"},
    {"NET/gIB : Initializing gIB v1.0.6", "NET/gIB/3/GDRDMA", "roce_gdr", "gIB/3"},
    {"NET/gIB : Using [0]mlx5_0:1/RoCE [1]mlx5_1:1/RoCE [RO]; OOB eth0:10.0.0.1<0>",
     "NET/gIB/1/GDRDMA", "roce_gdr", "mlx5_1:1"},
    {"Using network FasTrak", "NET/FasTrak/2(4)/GDRDMA/Shared", "fastrak_gdr", "FasTrak/2"},
    {"Using network GPUDirectTCPX_v7", "NET/GPUDirectTCPX_v7/0/GDRDMA", "gpudirecttcpx_gdr",
     "GPUDirectTCPX_v7/0"},
    {"GIN/Plugin: Assigned plugin Libfabric type 3 to comm", "NET/Socket/0", "socket", "Socket/0"},
    {"NET/Socket : Using [0]eth0:10.0.0.1<0> [1]eth1:fe80::1%eth1<0>", "NET/Socket/1", "socket",
     "eth1"},
};

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("the reports of the field give the transports that they should") {
    // The plugin's devices are its merged NICs in the order of the list, so 1 is the second.
    const TransportSeen merged = seen_in(field_report("nccl_01_merged_ports"));
    CHECK(merged.kind == "roce");
    CHECK(merged.nics == Names{"mlx5_0+mlx5_1"});
    CHECK(seen_in(field_report("nccl_02_efa_named_libfabric")).kind == "efa_gdr");
    for (const char* algorithm : {"RING", "TREE", ""}) {
      const TransportSeen seen = seen_in(field_report("nccl_04_collnet_gave_up"), algorithm);
      CHECK(seen.kind == "ib_gdr");
      CHECK(seen.nics == Names{"mlx5_0:1"});
    }
    const Report given_up = parse_report(field_report("nccl_04_collnet_gave_up"));
    CHECK(given_up.warnings ==
          Names{"Cannot initialize CollNet, using point-to-point network instead"});
    CHECK(seen_in(field_report("nccl_05_nvlink_pairs_and_shm")).kind == "nvlink+shm");
    const TransportSeen fell_back = seen_in(field_report("nccl_07_search_fell_back"));
    CHECK(fell_back.kind == "nvlink");
    CHECK(fell_back.degraded ==
          "Pattern 4, crossNic 2, nChannels 1, bw 0.100000/0.100000, type SYS/SYS, sameChannels 1");
    CHECK(seen_in(field_report("nccl_07_search_fell_back"), "TREE").degraded == "");
  }

  TEST_CASE("every plugin's connections have its word and its NIC") {
    for (const Plugin& plugin : kPlugins) {
      CAPTURE(plugin.says);
      CAPTURE(plugin.via);
      const TransportSeen seen = over(plugin.via, {plugin.says});
      CHECK(seen.kind == plugin.kind);
      CHECK(seen.nics == Names{plugin.nic});
    }
  }

  TEST_CASE("a plugin on verbs whose NICs are not listed has an unknown transport") {
    for (const char* via : {"NET/IBext_v10/0", "NET/UCX/0", "NET/SPCX/0/GDRDMA"}) {
      CAPTURE(via);
      CHECK(over(via, {"NET/IB : No device found."}).kind == "unknown");
    }
  }

  TEST_CASE("an interface's version is no part of a plugin's word and only behind one") {
    for (const auto& [name, word] : {std::pair{"Foo_v7", "foo"},
                                     {"Foo_v12", "foo"},
                                     {"Foo_v", "foo_v"},
                                     {"_v7", "_v7"},
                                     {"F_v7", "f"},
                                     {"Foo_v7x", "foo_v7x"},
                                     {"Foo_vx", "foo_vx"},
                                     {"Foo-Bar_v8", "foo_bar"},
                                     {"Foo7", "foo7"},
                                     {"Foo_v1_v2", "foo_v1"}}) {
      CAPTURE(std::string(name));
      CHECK(over(std::string("NET/") + name + "/0").kind == word);
    }
  }

  TEST_CASE("every word of the vocabulary is one that a report or Gloo gives") {
    std::set<std::string> given = {"tcp", "nvls"};  // Gloo's; the switch's, by algorithm
    for (const Plugin& plugin : kPlugins) given.insert(plugin.kind);
    for (const char* via : {"SHM/direct/direct", "P2P/CUMEM/read", "NET/IB/0", "NET/FasTrak/0",
                            "NET/GPUDirectTCPX/0"})
      given.insert(over(via, {kOnePort}).kind);
    for (const char* type : {"C2C", "PHB"})
      given.insert(over("P2P/IPC", {std::string("Pattern 4, crossNic 0, nChannels 2, bw "
                                                "12.000000/12.000000, type ") +
                                    type + "/PIX, sameChannels 1"})
                       .kind);
    given.insert(over("NET/IB/0", {"NET/IB : Using [0]mlx5_0:1/RoCE ; OOB e:10.0.0.1<0>"}).kind);
    given.insert(
        over("NET/Libfabric/0", {"NET/OFI Selected provider is cxi, fabric is cxi (found 4 nics)"})
            .kind);
    for (const char* suffix : {"", "/GDRDMA"})
      given.insert(
          seen_in(written({std::string("CollNet 00/0 : 0 [send] via COLLNET/SHARP/0") + suffix}),
                  "COLLNET_DIRECT")
              .kind);
    for (const assay::TransportWord& word : assay::kTransportWords) {
      CAPTURE(std::string(word.word));
      CHECK(given.contains(std::string(word.word)));
    }
  }

  TEST_CASE("merged ports are numbered by their place in the list") {
    const char* mixed =
        "NET/IB : Using [0]={[0] mlx5_0:1/IB, [1] mlx5_1:1/IB} [2]mlx5_4:1/IB [2]={[3] r0:1/RoCE, "
        "[4] r0:2/RoCE} [3]={[5] a:1/IB, [6] b:1/RoCE} ; OOB eth0:10.0.0.1<0>";
    CHECK(over("NET/IB/0/GDRDMA", {mixed}).nics == Names{"mlx5_0+mlx5_1"});
    CHECK(over("NET/IB/1/GDRDMA", {mixed}).nics == Names{"mlx5_4:1"});
    CHECK(over("NET/IB/2", {mixed}).nics == Names{"r0:1+r0:2"});
    CHECK(over("NET/IB/2", {mixed}).kind == "roce");
    CHECK(over("NET/IB/3", {mixed}).kind == "unknown");  // its ports are not of one kind
    CHECK(over("NET/IB/4", {mixed}).kind == "unknown");
    CHECK(over("NET/IB/0", {"NET/IB : Using [0]={[0] mlx5_0:1/IB, [1] ml"}).kind == "unknown");
  }

  TEST_CASE("merged ports of one card are told apart by their numbers where these are clear") {
    const auto seen = [](const char* name, const char* ports) {
      return over("NET/IB/4", {std::string("NET/IB : Using ") + ports + " [RO]; OOB e:10.0.0.1<0>",
                               "NET/IB : Made virtual device [0] name=mlx4_0 speed=40000 ndevs=1",
                               std::string("NET/IB : Made virtual device [4] name=") + name +
                                   " speed=80000 ndevs=2 rail=-1 plane=-1"});
    };
    const char* two = "[0]mlx4_0:1/RoCE [1]mlx4_0:2/RoCE [2]mlx4_1:1/IB [3]mlx4_1:2/RoCE";
    CHECK(seen("mlx4_0+mlx4_0", two).nics == Names{"mlx4_0:1+mlx4_0:2"});
    CHECK(seen("mlx4_0+mlx4_0", two).kind == "roce");
    CHECK(seen("mlx4_1+mlx4_1", two).kind == "unknown");  // their ports are not of one kind
    CHECK(seen("mlx4_1+mlx4_0", two).kind == "unknown");
    const char* more = "[0]mlx4_0:1/IB [1]mlx4_0:2/IB [2]mlx4_0:3/IB [3]mlx4_1:1/IB";
    CHECK(seen("mlx4_0+mlx4_0", more).nics == Names{"mlx4_0+mlx4_0"});  // two of three
    CHECK(seen("mlx4_0+mlx4_0", more).kind == "ib");
    CHECK(seen("mlx4_1+mlx4_0", more).nics == Names{"mlx4_1+mlx4_0"});
    CHECK(seen("mlx4_7+mlx4_8", more).kind == "unknown");  // not listed
    const char* three = "[0]mlx4_0:1/IB [1]mlx4_0:2/IB [2]mlx4_1:1/IB [3]mlx4_2:1/RoCE";
    CHECK(seen("mlx4_0+mlx4_0+mlx4_1", three).nics == Names{"mlx4_0:1+mlx4_0:2+mlx4_1:1"});
    CHECK(seen("mlx4_1+mlx4_2+mlx4_0", three).kind == "unknown");
  }

  TEST_CASE("a suffix that another line is torn into makes the transport unknown") {
    for (const char* via :
         {"NET/IB/0/GDRDMAn0:1:2 [0] NCCL INFO x", "NET/IB/0/GDRDMA/Sharedn0:1:3 x",
          "NET/IB/0/GDRDMAx", "NET/IB/0/Warp", "NET/IB/0(1/GDRDMA"}) {
      CAPTURE(via);
      CHECK(over(via, {kOnePort}).kind == "unknown");
    }
  }

  TEST_CASE("connections of sends do not count for a collective nor the other way round") {
    const std::string text =
        written({kOnePort, "Channel 00/0 : 0[0] -> 1[1] [send] via NET/IB/0/GDRDMA",
                 "Channel 00/1 : 0[0] -> 1[1] [send] via NET/Socket/0"});
    CHECK(seen_in(text, "RING").kind == "ib_gdr");
    CHECK(seen_in(text, "TREE").kind == "ib_gdr");
    CHECK(seen_in(text, "PAT").kind == "ib_gdr");
    CHECK(seen_in(text, kSendReceive).kind == "socket");
    CHECK(seen_in(text, "").kind == "ib_gdr+socket");
    const std::string rings = written({"Channel 00/0 : 0[0] -> 1[1] via P2P/CUMEM/read"});
    CHECK(seen_in(rings, kSendReceive).kind == "nvlink");  // those of sends come later
  }

  TEST_CASE("channels beyond those of collectives are of sends whatever their lines lack") {
    const auto text = [](const char* channel, const char* counts) {
      return written({"Ring 00 : 3 -> 0 -> 1", "Ring 01 : 3 -> 0 -> 1",
                      "Trees [0] 1/-1/-1->0->-1 [1] 1/-1/-1->0->-1",
                      "Channel 00/0 : 0[0] -> 1[1] via P2P/CUMEM/read",
                      "Channel 01/0 : 0[0] -> 1[1] via P2P/CUMEM/read",
                      std::string("Channel ") + channel + " : 0[0] -> 2[2] via SHM/direct/direct",
                      counts});
    };
    const char* two =
        "2 coll channels, 2 collnet channels, 0 nvls channels, 4 p2p channels, 2 p2p channels per "
        "peer";
    const char* three =
        "3 coll channels, 3 collnet channels, 0 nvls channels, 4 p2p channels, 2 p2p channels per "
        "peer";
    for (const char* algorithm : {"RING", "TREE"}) {
      CAPTURE(algorithm);
      CHECK(seen_in(text("02", two), algorithm).kind == "nvlink");
      CHECK(seen_in(text("03", two), algorithm).kind == "nvlink");
      CHECK(seen_in(text("02", three), algorithm).kind == "nvlink+shm");  // its ring is not told
      CHECK(seen_in(text("02", "no counts"), algorithm).kind == "nvlink+shm");
    }
    CHECK(seen_in(text("02", two), kSendReceive).kind == "nvlink+shm");
  }

  TEST_CASE("a line that NCCL cut ends before the word that it cut") {
    // Rank 1009 of 1,024, on 32 channels; a host's name makes the line as long as it is.
    const auto kind = [](std::size_t longer_by) {
      Names messages = {"Trees"};
      for (int channel = 0; channel < 32; ++channel) {
        const std::string number = std::to_string(channel);
        messages.front() += " [" + number + "] 1010/-1/-1->1009->1008";
        messages.push_back("Channel " + number + "/0 : 1009[1] -> 1008[0] via P2P/CUMEM/read");
      }
      const std::string end = ":1:2", head = end + " [0] NCCL INFO " + messages.front();
      std::string text = written(messages, std::string(1023 + longer_by - head.size(), 'h') + end);
      text.erase(text.find('\n') - longer_by, longer_by);
      return seen_in(text, "TREE").kind;
    };
    for (std::size_t longer_by = 0; longer_by < 40; ++longer_by) {
      CAPTURE(longer_by);
      CHECK(kind(longer_by) == "nvlink");
    }
  }

  TEST_CASE(
      "connections of the trees do not count for the rings nor those of the rings for trees") {
    const std::string text = written({kOnePort, "Ring 00 : 3 -> 0 -> 1", "Trees [0] 2/4/-1->0->-1",
                                      "Channel 00/0 : 0[0] -> 1[1] via P2P/CUMEM/read",
                                      "Channel 00/0 : 3[3] -> 0[0] [receive] via NET/IB/0/GDRDMA",
                                      "Channel 00/0 : 4[0] -> 0[0] [receive] via NET/Socket/0",
                                      "Channel 00 : 2[2] -> 0[0] via SHM/direct/direct"});
    CHECK(seen_in(text, "RING").kind == "ib_gdr+nvlink");
    CHECK(seen_in(text, "TREE").kind == "shm+socket");
  }

  TEST_CASE("an algorithm's own network counts and no other's") {
    const std::string text =
        written({kOnePort, "Channel 00/0 : 0[0] -> 1[1] via P2P/CUMEM/read",
                 "Channel 00/0 : 3[3] -> 0[0] [receive] via NET/Socket/0",
                 "CollNet 00/0 : 0 [send] via COLLNET/SHARP/1/GDRDMA",
                 "2 coll channels, 2 collnet channels, 16 nvls channels, 4 p2p channels, 2 p2p "
                 "channels per peer"});
    CHECK(seen_in(text, "RING").kind == "nvlink+socket");
    CHECK(seen_in(text, "COLLNET_CHAIN").kind == "collnet_gdr+nvlink");
    CHECK(seen_in(text, "COLLNET_CHAIN").nics == Names{"mlx5_1:1"});
    CHECK(seen_in(text, "NVLS").kind == "collnet_gdr+nvls");
    CHECK(seen_in(text, "NVLS_TREE").kind == "nvls+socket");
    CHECK(seen_in(text, kSendReceive).kind == "nvlink+socket");
    const std::string without = written({"Channel 00/0 : 0[0] -> 1[1] via P2P/CUMEM/read"});
    CHECK(seen_in(without, "COLLNET_DIRECT").why ==
          "CollNet was used, the report tells of no connection of it");
  }

  TEST_CASE("connections of another communicator do not count") {
    const std::string ours = written({"Channel 00/0 : 0[0] -> 1[1] via P2P/CUMEM/read"});
    const std::string theirs =
        written({"Channel 00 : 0[0] -> 1[1] via SHM/direct/direct"}, "n0:1:9", "0x7");
    CHECK(seen_in(ours + theirs).kind == "nvlink");
    CHECK(seen_in(theirs + ours).kind == "shm");
    CHECK(transport_seen(parse_report(theirs + ours, theirs.size()), "RING").kind == "nvlink");
    // A thread that goes from one communicator to the next, and then works for both.
    const std::string started =
        "n0:1:2 [0] NCCL INFO ncclCommInitRank comm 0x5 rank 0 nranks 4 cudaDev 0 nvmlDev 0 busId "
        "1b000 commId 0x9 - Init START\n";
    const std::string next =
        written({"Channel 00 : 0[0] -> 1[1] via SHM/direct/direct"}, "n0:1:2", "0x9");
    CHECK(seen_in(ours + started + next).kind == "nvlink");
    // An older communicator connects its sends while ours is made.
    const std::string late =
        "n0:1:9 [0] NCCL INFO Channel 00/0 : 2[2] -> 3[3] via P2P/MNNVL\n"
        "n0:1:9 [0] NCCL INFO Channel 01 : 2[2] -> 3[3] via SHM/direct\n";
    CHECK(transport_seen(parse_report(theirs + late + ours, theirs.size()), "RING").kind ==
          "nvlink");
  }

  TEST_CASE("what the process says once counts wherever it stands") {
    const std::string before = written(
        {kOnePort, kEfa, "Channel 00 : 0[0] -> 1[1] via SHM/direct/direct"}, "n0:1:9", "0x7");
    const auto kind = [&](const std::string& via) {
      const std::string ours = written({"Channel 00/0 : 0[0] -> 1[1] [send] via " + via});
      return transport_seen(parse_report(before + ours, before.size()), "RING").kind;
    };
    CHECK(kind("NET/IB/0/GDRDMA") == "ib_gdr");
    CHECK(kind("NET/Libfabric/0/GDRDMA") == "efa_gdr");
  }
}
