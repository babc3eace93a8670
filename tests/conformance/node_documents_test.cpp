// A copy of a node's document is not another node, whatever it is called.
#include "harness/conformance/node_documents.h"

#include <doctest/doctest.h>

#include "harness/core/error.h"
#include "tests/conformance/passing_result.h"

namespace assay::test {

namespace {

std::string refusal_of_all(std::vector<Result> results) {
  Profile profile = small_profile();
  try {
    judge({std::move(results), &profile, {}});
  } catch (const Error& error) {
    CHECK(error.code() == ExitCode::broken);
    return error.what();
  }
  return "";
}

Result document_of(const std::string& name) {
  Result result = passing_result(small_profile(), "cuda", 2, name);
  result.run.id = "run-1";
  result.run.world_size = 2;
  result.run.rank = name == "a" ? 0 : 1;
  return result;
}

Result renamed(Result result, const std::string& name) {
  result.nodes[0].name = name;
  return result;
}

/// The same node under new names, down to its devices.
Result disguised(Result result, const std::string& name) {
  for (DeviceFacts& device : result.nodes[0].devices) device.uuid += "-" + name;
  for (Measurement& one : result.measurements) one.scope.members[0] += "-" + name;
  return renamed(std::move(result), name);
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a UUID in other case or without its prefix is of the same device") {
    const auto with_uuid = [](const std::string& run, const std::string& uuid) {
      Result result = disguised(document_of("a"), run);
      result.run.id = run;
      const std::string before = result.nodes[0].devices[1].uuid;
      result.nodes[0].devices[1].uuid = uuid;
      for (Measurement& one : result.measurements)
        if (one.scope.members[0] == before) one.scope.members[0] = uuid;
      return result;
    };
    const Result known = with_uuid("x", "GPU-51ab0000-0000-0001");
    for (const char* uuid :
         {"GPU-51AB0000-0000-0001", "51ab0000-0000-0001", " gpu-51ab0000-0000-0001",
          "GPU-51ab0000-0000-\xe2\x80\x8b"
          "0001"})
      CHECK(refusal_of_all({known, with_uuid("y", uuid)}).find("both describe the device") !=
            std::string::npos);
    CHECK(refusal_of_all({known, with_uuid("y", "GPU-51ab0000-0000-0002")}) == "");
  }

  TEST_CASE("the nodes of one run are judged together") {
    CHECK(refusal_of_all({document_of("a"), document_of("b")}) == "");
  }

  TEST_CASE("two documents of one run and rank are refused by name") {
    const std::string message =
        refusal_of_all({document_of("a"), disguised(document_of("a"), "c")});
    CHECK(message.find("node a of run run-1") != std::string::npos);
    CHECK(message.find("node c of run run-1") != std::string::npos);
    CHECK(message.find("of the same process") != std::string::npos);
  }

  TEST_CASE("a run of one process has one document") {
    Result one = document_of("a");
    one.run.world_size = 1;
    one.run.rank.reset();
    CHECK(refusal_of_all({one, disguised(one, "c")}).find("same process") != std::string::npos);
    Result another = disguised(one, "c");
    another.run.id = "run-2";
    CHECK(refusal_of_all({one, another}) == "");
  }

  TEST_CASE("a device that two documents describe is named with both") {
    Result again = document_of("a");
    again.run.id = "run-2";
    const std::string message = refusal_of_all({document_of("a"), renamed(again, "c")});
    CHECK(message.find("node c of run run-2") != std::string::npos);
    CHECK(message.find("the device GPU-a-0") != std::string::npos);
    Result one_shared = document_of("b");
    one_shared.nodes[0].devices[1].uuid = "GPU-a-1";
    CHECK(refusal_of_all({document_of("a"), one_shared}).find("the device GPU-a-1") !=
          std::string::npos);
  }

  TEST_CASE("the places of both documents are told") {
    try {
      refuse_repeated_nodes({document_of("a"), document_of("b"), renamed(document_of("b"), "c")});
      FAIL("nothing was refused");
    } catch (const RepeatedNode& repeated) {
      CHECK(repeated.first() == 1);
      CHECK(repeated.second() == 2);
    }
  }

  TEST_CASE("ranks of one run on one host have its processors in common and GPUs have not") {
    Result first = document_of("a"), second = renamed(document_of("a"), "a (rank 1)");
    second.run.rank = 1;
    CHECK_THROWS_AS(refuse_repeated_nodes({first, second}), Error);
    first.run.backend = second.run.backend = "host";
    CHECK_NOTHROW(refuse_repeated_nodes({first, second}));
    second.run.id = "run-2";
    CHECK_THROWS_AS(refuse_repeated_nodes({first, second}), Error);
  }

  TEST_CASE("the document between the nodes is no node and stands once") {
    Result fabric = document_of("a");
    fabric.nodes.clear();
    fabric.run.rank.reset();
    fabric.fabric = FabricFacts{{"a", "b"}, {"", ""}};
    CHECK(refusal_of_all({document_of("a"), document_of("b"), fabric}) == "");
    CHECK(refusal_of_all({document_of("a"), document_of("b"), fabric, fabric})
              .find("the fabric document of run run-1") != std::string::npos);
  }

  TEST_CASE("documents that do not say their rank are told apart by their devices") {
    Result first = document_of("a"), second = document_of("b");
    first.run.rank.reset();
    second.run.rank.reset();
    CHECK(refusal_of_all({first, second}) == "");
    CHECK(refusal_of_all({first, first}).find("the device GPU-a-0") != std::string::npos);
  }
}

}  // namespace assay::test
