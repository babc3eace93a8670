// NCCL's reports of several fabrics: the transport that each shows, and what makes it unknown.
#include "collectives/nccl/graph_report.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

#include "collectives/nccl/transport_seen.h"
#include "collectives/nccl/used_connections.h"

using namespace assay::nccl;
using Names = std::vector<std::string>;

namespace {

std::string text_of(const std::string& name) {
  std::ifstream file(std::string(ASSAY_NCCL_REPORTS) + "/" + name + ".txt", std::ios::binary);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

Report report_of(const std::string& name) { return parse_report(text_of(name)); }

struct Expected {
  const char* report;
  const char* algorithm;
  const char* kind;
  Names nics;
  int channels;
};

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("the reports of several fabrics give their transports") {
    const Names rails = {"mlx5_0:1", "mlx5_1:1"};
    for (const Expected& expected : std::vector<Expected>{
             {"h100_nvls", "NVLS", "nvls", {}, 16},
             {"h100_nvls", "RING", "nvlink", {}, 2},
             {"h100_nvls", "TREE", "nvlink", {}, 2},
             {"h100_nvls_interleaved", "RING", "nvlink", {}, 2},
             {"a100_nvswitch", "RING", "nvlink", {}, 2},
             {"pcie_p2p", "RING", "pcie", {}, 2},
             {"shm", "RING", "shm", {}, 2},
             {"nvlink_with_one_shm_hop", "RING", "nvlink+shm", {}, 1},
             {"ib_gdr", "RING", "ib_gdr+nvlink", rails, 2},
             {"ib_gdr", "TREE", "ib_gdr+nvlink", rails, 2},
             {"ib_without_gdr", "RING", "ib+nvlink", rails, 2},
             {"hpcx_ib_sharp", "COLLNET_CHAIN", "collnet_gdr+nvlink", rails, 2},
             {"roce_gdr_merged_nics",
              "RING",
              "nvlink+roce_gdr",
              {"mlx5_0+mlx5_1", "mlx5_2+mlx5_3"},
              2},
             {"socket", "RING", "nvlink+socket", {"eth0", "eth1"}, 2},
             {"efa", "RING", "efa_gdr+nvlink", {"AWS Libfabric/0", "AWS Libfabric/4"}, 2},
             {"nvls_tree_ib", "NVLS_TREE", "ib_gdr+nvls", rails, 16},
             {"mnnvl", "RING", "nvlink", {}, 2},
         }) {
      CAPTURE(expected.report);
      CAPTURE(expected.algorithm);
      const TransportSeen seen = transport_seen(report_of(expected.report), expected.algorithm);
      CHECK(seen.kind == expected.kind);
      CHECK(seen.why == "");
      CHECK(seen.nics == expected.nics);
      CHECK(seen.channels == expected.channels);
    }
  }

  TEST_CASE("a report tells its version and networks and rings and trees") {
    const Report h100 = report_of("h100_nvls");
    CHECK(h100.version == "2.28.9+cuda13.0");
    CHECK(h100.networks == Names{"IB"});
    CHECK(h100.nics.at("IB").size() == 8);
    CHECK(h100.nics.at("IB").at(5).name == "mlx5_9:1");
    CHECK(h100.previous_in_ring.at(1).at(5) == 4);
    CHECK(h100.next_in_ring.at(0).at(7) == 0);
    CHECK(h100.parent_in_tree.at(1).at(0) == -1);
    CHECK(h100.parent_in_tree.at(1).at(5) == 4);
    CHECK(h100.ranks == 8);
    CHECK(h100.ranks_complete == 8);
    CHECK(h100.nodes == 1);
    CHECK(h100.nvls_channels == 16);
    CHECK(h100.patterns.size() == 24);
    CHECK(report_of("ib_gdr").nodes == 2);
    CHECK(report_of("a100_nvswitch").version == "2.18.6+cuda12.1");
    CHECK(report_of("a100_nvswitch").nvls_channels == 0);
    CHECK(report_of("hpcx_ib_sharp").networks == Names{"IBext"});
  }

  TEST_CASE("a connection in words that are not known makes the transport unknown") {
    const TransportSeen seen = transport_seen(report_of("future_transport"), "RING");
    CHECK(seen.kind == "unknown");
    CHECK(seen.why == "not known: channel 0 from rank 15 to rank 0 via NET/IB/0/Warp");
    for (const char* planted : {
             "h:1:2 [0] NCCL INFO Channel 00/0 : 0[0] -> 1[1] via QUANTUM",
             "h:1:2 [0] NCCL INFO Channel 00/0 : 0[0] -> 1[1] via P2P/CUMEM/quick",
             "h:1:2 [0] NCCL INFO Channel 00/0 : 0[0] -> 1[1] via NET/IB/x",
             "h:1:2 [0] NCCL INFO Channel 00/0 : 0[0] -> 1[1] [both] via SHM/direct/direct",
             "h:1:2 [0] NCCL INFO Ring 00 : 7 -> 0 [receive] via NET/Socket/0",
             "h:1:2 [0] NCCL INFO Channel 00/0 : 0[0] -> 1[h:1:2 [0] NCCL INFO Channel 01/0 : 0[0] "
             "-> 1[1] via P2P/CUMEM",
             "h:1:2 [0] NCCL INFO Channel 00/0 : 0[0] -> 1[1] via P2P/CUMEMh:1:2 [0] NCCL INFO x",
         }) {
      CAPTURE(planted);
      const std::string text = text_of("h100_nvls");
      CHECK(transport_seen(parse_report(text + planted + "\n"), "RING").kind == "unknown");
    }
    const std::string aside = "h:1:2 [0] NCCL INFO GPU 1 / HCA 3 connected via C2C link\n";
    CHECK(transport_seen(parse_report(text_of("h100_nvls") + aside), "RING").kind == "nvlink");
  }

  TEST_CASE("the communicator that RCCL names behind each connection is no part of it") {
    const auto with_end = [](const std::string& end) {
      std::istringstream lines(text_of("a100_nvswitch"));
      std::string text;
      for (std::string line; std::getline(lines, line);)
        text += line + (line.find(" via ") == std::string::npos ? "" : end) + '\n';
      return transport_seen(parse_report(text), "RING").kind;
    };
    CHECK(with_end("") == "nvlink");
    CHECK(with_end(" comm 0x7f1a2b nRanks 08") == "nvlink");
    CHECK(with_end(" comm 0x7f1a2b nRanks") == "unknown");
    CHECK(with_end(" comm 0x7f1a2b nRanks 08 more") == "unknown");
  }

  TEST_CASE("colours are no part of a report") {
    const std::string plain = text_of("a100_nvswitch"), all = plain + plain;
    std::string coloured = all;
    replace_all(coloured, "NCCL INFO", "\x1b[1;32mNCCL INFO\x1b[0m");
    replace_all(coloured, "\n", "\x1b(B\x1b[m\n");
    std::string first = plain;
    replace_all(first, "NCCL INFO", "\x1b[1;32mNCCL INFO\x1b[0m");
    replace_all(first, "\n", "\x1b(B\x1b[m\n");
    for (const std::size_t begin : {std::size_t{0}, plain.size()}) {
      const Report expected = parse_report(all, begin);
      const Report report = parse_report(coloured, begin == 0 ? 0 : first.size());
      CHECK(transport_seen(report, "RING").kind == "nvlink");
      CHECK(report.connections.size() == expected.connections.size());
      CHECK(report.version == expected.version);
    }
  }

  TEST_CASE("a report that is cut short makes the transport unknown and says so") {
    CHECK(transport_seen(report_of("cut_inside_a_line"), "RING").why ==
          "the report ends inside a line");
    CHECK(transport_seen(report_of("cut_between_lines"), "RING").why ==
          "the report ends before the communicator is complete: 0 of 1 ranks");
    CHECK(transport_seen({}, "RING").why == "the report tells of no communicator");
  }

  TEST_CASE(
      "a communicator is complete when as many ranks say so as began it here and one at least") {
    struct Row {
      int started, complete;
      const char* why;
    };
    const std::string before = "the report ends before the communicator is complete: ";
    for (const Row& row :
         {Row{0, 0, "0 of 0 ranks"}, Row{1, 0, "0 of 1 ranks"}, Row{2, 1, "1 of 2 ranks"},
          Row{8, 7, "7 of 8 ranks"}, Row{1, 1, ""}, Row{8, 8, ""}, Row{0, 1, ""}, Row{0, 8, ""}}) {
      CAPTURE(row.started);
      CAPTURE(row.complete);
      Report report;
      report.ranks = 8;
      report.ranks_started = row.started;
      report.ranks_complete = row.complete;
      const std::string why = row.why;
      CHECK(why_incomplete(report, "RING") == (why.empty() ? "" : before + why));
      report.is_truncated = true;
      CHECK(why_incomplete(report, "RING") == "the report ends inside a line");
      report = {};
      report.ranks_started = row.started;
      report.ranks_complete = row.complete;
      CHECK(why_incomplete(report, "RING") == "the report tells of no communicator");
    }
  }

  TEST_CASE("a ring's line that was cut is read for what another thread wrote behind it") {
    std::string text = text_of("a100_nvswitch");
    const int complete = parse_report(text).ranks_complete;
    const std::size_t ending = text.find("Init COMPLETE");
    REQUIRE(ending != std::string::npos);
    const std::size_t message = text.rfind("NCCL INFO ", ending) + std::string("NCCL INFO ").size();
    text.insert(message, "Ring 00 : 7 -> ");
    CHECK(parse_report(text).ranks_complete == complete);
    CHECK(parse_report(text).connections.size() ==
          parse_report(text_of("a100_nvswitch")).connections.size());
  }

  TEST_CASE("a hop of the ring that no line tells of makes the transport unknown") {
    std::string text = text_of("a100_nvswitch");
    const std::string hop = "Channel 01/0 : 3[3] -> 2[2] via P2P/direct pointer/read";
    REQUIRE(text.find(hop) != std::string::npos);
    replace_all(text, hop, "something else");
    CHECK(transport_seen(parse_report(text), "RING").why ==
          "the report tells of no connection on channel 1 from rank 3 to rank 2");
  }

  TEST_CASE("peers whose path is not told or NICs that are not named are unknown") {
    std::string text = text_of("h100_nvls");
    replace_all(text, "Pattern ", "Muster ");
    CHECK(transport_seen(parse_report(text), "RING").kind == "unknown");
    text = text_of("ib_gdr");
    replace_all(text, "NET/IB : Using", "NET/IB : ");
    CHECK(transport_seen(parse_report(text), "RING").kind == "unknown");
    CHECK(transport_seen(report_of("shm"), "NVLS").why ==
          "NVLS was used, the report tells of no NVLS channel");
  }

  TEST_CASE("timestamps and carriage returns change nothing") {
    std::string text = text_of("ib_gdr");
    replace_all(text, "node-a:", "[2026-11-23 10:11:12.5] node-a:");
    replace_all(text, "\n", "\r\n");
    CHECK(transport_seen(parse_report(text), "RING").kind == "ib_gdr+nvlink");
  }

  TEST_CASE("names of NICs are fit for a document whatever bytes they hold") {
    std::string text = text_of("socket");
    replace_all(text, "[0]eth0", "[0]et\xff\x01");
    const TransportSeen seen = transport_seen(parse_report(text), "RING");
    CHECK(seen.nics == Names{"et??", "eth1"});
  }
}
