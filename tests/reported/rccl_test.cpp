// The outputs of rccl-tests: its own columns and its files.
#include <doctest/doctest.h>

#include <algorithm>

#include "harness/core/document.h"
#include "harness/reported/import.h"
#include "harness/reported/nccl_output.h"
#include "tests/core/refusal.h"

namespace assay::reported {

namespace {

Source printed(const std::string& text) { return {"out", "out", text, "", std::nullopt}; }

double time_of(const Result& result, const std::string& id) {
  validate(to_json(result), DocumentKind::result, "imported");
  const auto found = std::find_if(result.measurements.begin(), result.measurements.end(),
                                  [&](const Measurement& one) { return one.id.str() == id; });
  REQUIRE_MESSAGE(found != result.measurements.end(), id);
  return found->metrics.at("time_s");
}

const std::string kInPlace = "all_reduce.f32.nccl_in_place/bytes1048576_ranks2";
const std::string kOutOfPlace = "all_reduce.f32.nccl/bytes1048576_ranks2";

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a table of rccl-tests of one side has the side that stands above its heading") {
    const std::string before =
        "# Collective test starting: all_reduce_perf\n"
        "rccl-tests: Version develop:5272cd1\n"
        "#  Rank  0 Group  0 Pid 864817 on n1 device  0 [0000:05:00] \n"
        "#  Rank  1 Group  0 Pid 864818 on n1 device  1 [0000:29:00] AMD Instinct MI300X\n"
        "RCCL version : 2.27.7-develop:abcdef\n";
    const std::string rows =
        "#  size  count  type  redop  root  time  algbw  busbw  #wrong  algo  proto  nchannels\n"
        "# Testing 1 cycle.\n"
        "  1048576  262144  float  sum  -1  40.20  26.08  26.08  0    RING    SIMPLE     32\n"
        "# Testing 2 cycle.\n"
        "  1048576  262144  float  sum  -1  40.40  25.95  25.95  0    RING    SIMPLE     32\n"
        "# Avg bus bandwidth    : 26\n";
    const Result in_place = import_nccl_tests(printed(before + "#      in-place     \n" + rows));
    REQUIRE(in_place.measurements.size() == 1);
    CHECK(time_of(in_place, kInPlace) == doctest::Approx(40.3e-6));
    CHECK(in_place.imported->version == "rccl-tests develop:5272cd1");
    CHECK(in_place.software.at("nccl") == "RCCL 2.27.7");
    CHECK(in_place.nodes.at(0).devices.at(0).name == "unstated");
    CHECK(in_place.nodes.at(0).devices.at(1).name == "AMD Instinct MI300X");
    const Result other = import_nccl_tests(printed(before + "#      out-of-place     \n" + rows));
    time_of(other, kOutOfPlace);
  }

  TEST_CASE("algorithms that rccl-tests prints after both sides are no figures of a side") {
    const Result result = import_nccl_tests(printed(
        "all_reduce_perf\n# rccl-tests version 2.17.9-abc rccl-headers=22707 "
        "rccl-library=22707\n"
        "#  Rank  0 Group  0 Pid 1 on n1 device  0 [0000:05:00] MI\n"
        "#  Rank  1 Group  0 Pid 1 on n1 device  1 [0000:29:00] MI\n"
        "#    out-of-place      in-place\n"
        "#  size  count  type  redop  root  time  hipevt algbw  busbw  #wrong  time  hipevt "
        "algbw  busbw  #wrong  algo  proto  nchannels  timestamp\n"
        "  1048576  262144  float  sum  -1  40.20  39.00 26.08  26.08  0  40.40  39.00 25.95 "
        "25.95  0    N/A    N/A    N/A  2026-10-01 10:00:00\n"
        "# Avg bus bandwidth    : 26\n"));
    CHECK(time_of(result, kOutOfPlace) == doctest::Approx(40.2e-6));
    CHECK(time_of(result, kInPlace) == doctest::Approx(40.4e-6));
    CHECK(result.software.at("nccl") == "RCCL 2.27.7");
  }

  TEST_CASE("a collective is known by every name that nccl-tests and rccl-tests have for it") {
    const std::string names[][3] = {
        {"all_reduce", "all_reduce", "AllReduce"},
        {"all_gather", "all_gather", "AllGather"},
        {"reduce_scatter", "reduce_scatter", "ReduceScatter"},
        {"all_to_all", "alltoall", "AlltoAll"},
        {"broadcast", "broadcast", "Broadcast"},
        {"reduce", "reduce", "Reduce"},
        {"send_recv", "sendrecv", "SendRecv"},
    };
    for (const auto& [workload, program, of_rccl] : names)
      for (const std::string& name : {workload, program, of_rccl}) {
        CAPTURE(name);
        const CollectiveFacts* known = collective_called(name);
        REQUIRE(known != nullptr);
        CHECK(known->workload == workload);
      }
    for (const char* other : {"alltoallv", "hypercube", "all", ""})
      CHECK(collective_called(other) == nullptr);
  }

  TEST_CASE("the files of rccl-tests give what its table does") {
    const std::string with_mpi =
        R"([
{"numCycle":0, "name":"AllReduce", "nodes":1, "ranks":1, "ranksPerNode":1, "gpusPerRank":2, "size":1048576, "type":"float", "redop":"sum", "inPlace":0, "time":40.200000, "algBw":26.083980, "busBw":26.083980, "wrong":"0"},
{"numCycle":0, "name":"AllReduce", "nodes":1, "ranks":1, "ranksPerNode":1, "gpusPerRank":2, "size":1048576, "type":"float", "redop":"sum", "inPlace":1, "time":40.400000, "algBw":25.954851, "busBw":25.954851, "wrong":"N/A"},
{"numCycle":1, "name":"AllReduce", "nodes":1, "ranks":1, "ranksPerNode":1, "gpusPerRank":2, "size":1048576, "type":"float", "redop":"sum", "inPlace":0, "time":41.200000, "algBw":25.450874, "busBw":25.450874, "wrong":"0"}
]
)";
    const std::string without_mpi =
        R"({"#wrong":"0","algBw":26.083980,"busBw":26.083980,"gpus":2,"inPlace":0,"name":"AllReduce","redop":"sum","size":1048576,"time":40.7,"type":"float"}
{"#wrong":"N/A","algBw":25.954851,"busBw":25.954851,"gpus":2,"inPlace":1,"name":"AllReduce","redop":"sum","size":1048576,"time":40.4,"type":"float"}
)";
    const std::string csv_with_mpi =
        "numCycle,collective,ranks,rankspernode,gpusperrank,size,type,redop,inplace,time,algbw,"
        "busbw,#wrong\n"
        "0,\"AllReduce\",1,1,1,2,1048576,\"float\",\"sum\",0,40.700000,25.763538,25.763538,\"0\"\n"
        "0,\"AllReduce\",1,1,1,2,1048576,\"float\",\"sum\",1,40.400000,25.954851,25.954851,"
        "\"N/A\"\n";
    for (const std::string& text : {with_mpi, without_mpi, csv_with_mpi}) {
      const Result result = import_nccl_tests(printed(text));
      CHECK(result.measurements.size() == 2);
      CHECK(time_of(result, kOutOfPlace) == doctest::Approx(40.7e-6));
      CHECK(time_of(result, kInPlace) == doctest::Approx(40.4e-6));
      CHECK(result.software.at("nccl") == "RCCL");
      CHECK(result.measurements.at(0).metrics.contains("wrong_elements"));
      CHECK_FALSE(result.measurements.at(1).metrics.contains("wrong_elements"));
    }
    CHECK(import_nccl_tests(printed(with_mpi)).measurements.at(0).metrics.at("repetitions") == 2);
    CHECK(test::refusal([&] {
            import_nccl_tests(printed(csv_with_mpi + "0,\"AllReduce\",1\n"));
          }) == "out: line 4: 3 cells where the heading has 13: the line is cut or damaged");
  }
}

}  // namespace assay::reported
